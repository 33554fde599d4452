#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One round of the floor: floor/round.sh [SCENARIO...], default s1 s2 s3 s4 s5 s6 s7 s8. VISITS (1000) is the size for
# s1 to s4 and s8. Prints one JSON line per measurement. Ends only the servers it started.
set -u
cd "$(dirname "$0")"
export PEERS=${PEERS:-$HOME/.cache/daybook-peers}
if [ -z "${FLOOR_IN_NAMESPACE:-}" ]; then
  FLOOR_IN_NAMESPACE=1 exec ../nsrun.sh "$PWD/$(basename "$0")" "$@"
fi
[ $# -gt 0 ] || set -- s1 s2 s3 s4 s5 s6 s7 s8
floor=$PEERS/floor
data=$PEERS/data
work=$PEERS/fl
visits=${VISITS:-1000}
port=18080
batch=1048576
mkdir -p "$work"
trap '[ -z "${server:-}" ] || kill "$server" 2>/dev/null' EXIT

wait_for_server() {
  for _ in $(seq 500); do
    curl -s -o /dev/null "http://127.0.0.1:$port/ping" && return
    sleep 0.01
  done
  echo "floor: the server does not answer" >&2
  exit 1
}
start() { # [fresh]
  [ $# -eq 0 ] || rm -f "$work"/srv.db*
  "$floor" server $port "$work/srv.db" FULL &
  server=$!
  wait_for_server
}
stop() {
  kill "$server"
  wait "$server" 2>/dev/null
  server=
}
prepare() { # a client with VISITS visits in its outbox
  [ -f "$work/prepared-$visits" ] && return
  rm -f "$work"/prepared-*
  "$floor" prep "$work" "$data/w$visits.ndjson" && touch "$work/prepared-$visits"
}
# A server that holds the whole set, as s2 leaves it.
start_full() {
  prepare
  start fresh
  "$floor" s2 $port "$work" zstd $batch >/dev/null
}

for scenario in "$@"; do
  case $scenario in
    s1)
      "$floor" s1 "$work" "$data/w$visits.ndjson" FULL 0 1
      "$floor" s1 "$work" "$data/w$visits.ndjson" FULL 1 1
      ;;
    s2)
      prepare
      for variant in raw zstd; do
        start fresh
        "$floor" s2 $port "$work" $variant $batch
        stop
      done
      ;;
    s3)
      start_full
      stop
      for variant in raw zstd; do
        start
        "$floor" s3 $port "$work" $variant $batch
        stop
      done
      ;;
    s4)
      start_full
      "$floor" s4 $port "$work" "${CHANGES:-300}"
      stop
      ;;
    s5)
      start_full
      "$floor" s5 $port "$work" "$data/cA.ndjson" "$data/cB.ndjson"
      stop
      ;;
    s6)
      for devices in 10 100 1000; do
        start fresh
        "$floor" s6 $port "$work" "$data/w100.ndjson" $devices
        stop
      done
      ;;
    s7)
      start fresh
      "$floor" s7 $port "$work" "$data/photos" 100
      stop
      ;;
    s8)
      prepare
      start fresh
      "$floor" s8 $port "$work" 65536 "${KILL_MS:-100}" "$server" \
        "\"$floor\" server $port \"$work/srv.db\" FULL & echo \$! >\"$work/srv.pid\""
      wait "$server" 2>/dev/null
      server=$(cat "$work/srv.pid")
      "$floor" count "$work/srv.db"
      kill "$server"
      server=
      ;;
    *)
      echo "floor/round.sh: no scenario $scenario" >&2
      exit 2
      ;;
  esac
done
