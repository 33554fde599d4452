#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# Builds the floor and the disk probe into $PEERS, unless they are newer than their sources.
# Needs g++, libsqlite3-dev, libzstd-dev and a Boost of 1.81 or later.
set -eu
cd "$(dirname "$0")"
PEERS=${PEERS:-$HOME/.cache/daybook-peers}
mkdir -p "$PEERS"
if [ ! -x "$PEERS/floor" ] || [ -n "$(find . -name '*.[ch]pp' -newer "$PEERS/floor")" ]; then
  g++ -std=c++20 -O2 -Wall -Wextra -Wshadow main.cpp client.cpp server.cpp rows.cpp -o "$PEERS/floor" \
    -lsqlite3 -lzstd -lpthread
fi
if [ ! -x "$PEERS/disk_probe" ] || [ disk_probe.cpp -nt "$PEERS/disk_probe" ]; then
  g++ -std=c++20 -O2 -Wall -Wextra -Wshadow disk_probe.cpp -o "$PEERS/disk_probe"
fi
