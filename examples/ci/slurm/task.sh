#!/usr/bin/env bash
# One shard of a hunt, as a task of a Slurm array (submit.sh submits it). The array's number and size are the
# shard's. What Slurm should do with a task is told by its exit code:
#   0 or 1  it is done; a violation is an answer, and what all shards found is told by merge.sh
#   2       what was asked for is wrong; the same again would be the same
#   others  the machine's fault: killed, out of memory, a disk that is full; once more, at most three times
#SBATCH --job-name=shootdown
#SBATCH --requeue
#SBATCH --open-mode=append
#SBATCH --time=01:00:00
set -u

# shootdown is a devDependency of your project, by the tarball that "npm pack" makes in a clone of it: it is in
# no registry. Hence "npx --no": run what is installed, fetch nothing.
SHOOTDOWN=${SHOOTDOWN:-npx --no shootdown}
HUNT=${HUNT:---variant 6.18,kvm,hypercall --budget 20m --seed 1}

# A task that is begun anew writes the same blob: it takes the place of one that was left half done.
$SHOOTDOWN hunt $HUNT --jobs "${SLURM_CPUS_PER_TASK:-1}" --shard auto --reporter blob --reporter-file "blobs/$SLURM_ARRAY_TASK_ID.json" &
hunt=$!
# Slurm ends a task with SIGTERM, and kills it later: a hunt that is told keeps what it has found.
trap 'kill -TERM "$hunt" 2>/dev/null' TERM
wait "$hunt"
code=$?
# A trap cuts the first wait short.
while kill -0 "$hunt" 2>/dev/null; do wait "$hunt"; code=$?; done

case $code in
  0 | 1) exit 0 ;;
  2) exit 2 ;;
esac
echo "shard $SLURM_ARRAY_TASK_ID ended with $code" >&2
if ((${SLURM_RESTART_COUNT:-0} < 3)); then
  # The task is no failed one then, and what depends on the array waits for it. Slurm ends this script itself.
  scontrol requeue "$SLURM_JOB_ID" && sleep 60
fi
exit "$code"
