#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# One round of PouchDB: pouch/round.sh [SCENARIO...], default s1 s2 s3 s4 s5 s6 s7 s8. VISITS (1000) is the size
# for s1 to s3. Prints one JSON line per measurement. Without npm's packages it says so and leaves with 77.
set -u
cd "$(dirname "$0")"
export PEERS=${PEERS:-$HOME/.cache/daybook-peers}
if [ ! -d "$PEERS/pouch/node_modules/pouchdb" ]; then
  echo "pouch: NOT MEASURED: PouchDB is not installed (node and npm, then setup.sh)" >&2
  exit 77
fi
[ $# -gt 0 ] || set -- s1 s2 s3 s4 s5 s6 s7 s8
visits=${VISITS:-1000}
failed=0
bench() {
  OUT='' timeout "${PATIENCE_S:-300}" ../nsrun.sh node bench.js "$@" || {
    echo "pouch: $* failed" >&2
    failed=1
  }
}
need() { # the client's files for a size, and the server's as s2 leaves them
  [ -d "$PEERS/pw/c$1" ] || bench prep "$1"
  [ -z "${2:-}" ] || [ -d "$PEERS/pw/base$1" ] || bench s2 "$1" >/dev/null
}
for scenario in "$@"; do
  case $scenario in
    s1)
      bench s1 "$visits"
      SYNC=1 bench s1 "$visits"
      ;;
    s2) need "$visits" && bench s2 "$visits" ;;
    s3) need "$visits" base && bench s3 "$visits" ;;
    s4) need 1000 base && bench s4 "${CHANGES:-200}" ;;
    s5) need 1000 base && bench s5 ;;
    s6) bench s6 10 && bench s6 100 ;;
    s7) bench s7 ;;
    # Small batches, so that the kill finds part of the set at the server.
    s8) need 1000 && BATCH=100 bench s8 ;;
    *)
      echo "pouch/round.sh: no scenario $scenario" >&2
      exit 2
      ;;
  esac
done
exit $failed
