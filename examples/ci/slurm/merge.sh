#!/usr/bin/env bash
# What all tasks of task.sh found: each bug once, with its shortest witness. It fails where there is a violation
# that known.json does not name, and where a shard is missing.
#SBATCH --job-name=shootdown-merge
#SBATCH --time=00:15:00
set -eu
${SHOOTDOWN:-npx --no shootdown} merge blobs --reporter default,junit --reporter-file junit=junit.xml
