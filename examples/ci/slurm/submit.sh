#!/usr/bin/env bash
# Submits a hunt in eight shards, and the merge that waits for all of them, from the directory of your project:
#   bash submit.sh
# Prints the numbers of both jobs.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mkdir -p blobs
hunt=$(sbatch --parsable --array=0-7 "$here/task.sh")
# A task that was done again counts by how it ended then.
merge=$(sbatch --parsable --dependency="afterok:$hunt" --kill-on-invalid-dep=yes "$here/merge.sh")
echo "$hunt $merge"
