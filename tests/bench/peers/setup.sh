#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the floor, writes the workload, installs PouchDB. May be run again; does only what is missing.
# Packages: g++ libsqlite3-dev libzstd-dev libboost-dev (1.81 or later) nodejs npm curl iproute2 python3.
set -eu
cd "$(dirname "$0")"
export PEERS=${PEERS:-$HOME/.cache/daybook-peers}
mkdir -p "$PEERS/data" "$PEERS/results"
floor/build.sh

# Written beside and moved into place, so that an interrupted run leaves no half file behind.
generate() {
  local file=$PEERS/data/$1
  shift
  [ -f "$file" ] && return
  node gen.js "$@" >"$file.new"
  mv "$file.new" "$file"
}
if ! command -v node >/dev/null; then
  echo "setup: no node (package nodejs): without it there is no workload, so neither the floor nor PouchDB runs" >&2
  exit 1
fi
for visits in 100 1000 10000; do generate "w$visits.ndjson" --visits $visits; done
for side in A B; do generate "c$side.ndjson" --conflict $side --visits 1000; done
if [ ! -f "$PEERS/data/photos/index.ndjson" ]; then
  node gen.js --photos 100 --out "$PEERS/data/photos"
fi
(cd "$PEERS/data" && sha256sum --quiet --check -) <workload.sha256

if ! command -v npm >/dev/null; then
  echo "setup: no npm (package npm): PouchDB is NOT installed and will be left out of every comparison" >&2
  exit 0
fi
mkdir -p "$PEERS/pouch"
if ! cmp -s pouch/package.json "$PEERS/pouch/package.json" || [ ! -d "$PEERS/pouch/node_modules/pouchdb" ]; then
  cp pouch/package.json "$PEERS/pouch/package.json"
  (cd "$PEERS/pouch" && npm install --no-audit --no-fund --no-package-lock)
fi
