#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Interleaved rounds of the floor and PouchDB, so that the noise of the machine hits both alike; then their medians.
#   run.sh [SCENARIO...]     default s1 s2 s3 s4 s8
# R rounds (3); BIG=1 adds s2 and s3 with 10,000 visits. Lines go to $OUT, default $PEERS/results/run.ndjson.
set -u
cd "$(dirname "$0")"
export PEERS=${PEERS:-$HOME/.cache/daybook-peers}
out=${OUT:-$PEERS/results/run.ndjson}
[ $# -gt 0 ] || set -- s1 s2 s3 s4 s8
mkdir -p "$PEERS/results"
./setup.sh || exit 1
: >"$out"
for round in $(seq "${R:-3}"); do
  echo "{\"round\":$round,\"load\":\"$(cut -d' ' -f1-3 /proc/loadavg)\"}"
  "$PEERS/disk_probe" "$PEERS" 1000
  floor/round.sh "$@"
  pouch/round.sh "$@"
  if [ -n "${BIG:-}" ]; then
    VISITS=10000 floor/round.sh s2 s3
    VISITS=10000 pouch/round.sh s2 s3
  fi
done | tee -a "$out" >&2
python3 medians.py "$out"
