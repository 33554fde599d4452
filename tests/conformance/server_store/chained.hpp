// SPDX-License-Identifier: Apache-2.0
// Commits whose heads really chain, for tests of verification, backups and crashes.
#pragma once

#include "core/crypto/sha256.hpp"
#include "sync-server/store/verify.hpp"
#include "tests/conformance/server_store/samples.hpp"

namespace daybook::test {

// `row` as the next commit of the store: version, body hash and head are filled in.
inline CommitRow chained(ServerStore& store, CommitRow row) {
  const auto head = good(store.head());
  row.version = head.version + 1;
  row.body_hash = hash_of_body(row.body);
  row.head = head_after(leaf_of(head.epoch, head.head, row));
  return row;
}

// One set as ingest writes it: the commit with its history, a record, its membership.
inline void put_chained_set(ServerStore& store, std::uint64_t number, const std::string& note) {
  const auto record = record_number("visit", number);
  CommitRow row = commit_of(0, 3, number);
  row.set = uuid_number(100'000 + number);
  row.records = {record};
  row = chained(store, std::move(row));
  good(store.put_commit(row));
  good(store.put_record(state_of(record, row.version, note), std::nullopt));
  good(store.put_member(member_of("user:wang", record, row.version)));
}

inline void start_epoch(ServerStore& store, std::uint64_t number) {
  const auto head = good(store.head());
  good(store.append_epoch({uuid_number(number), head.epoch, head.version, head.head}));
}

}  // namespace daybook::test
