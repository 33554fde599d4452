#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# nsrun.sh COMMAND...: runs it where there is only loopback, so that fixed ports cannot clash and no byte leaves the
# machine. Where namespaces are not allowed it runs on the machine's own loopback, and says so.
set -u
in_namespace='ip link set lo up && exec "$@"'
if unshare -n true 2>/dev/null; then
  exec unshare -n bash -c "$in_namespace" _ "$@"
elif unshare -rn true 2>/dev/null; then
  exec unshare -rn bash -c "$in_namespace" _ "$@"
fi
echo "nsrun: no network namespaces here; ports 18080 and 5999 of 127.0.0.1 are used as they are" >&2
exec "$@"
