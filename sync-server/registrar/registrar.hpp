// SPDX-License-Identifier: Apache-2.0
// Headquarters' registrar: whatever a customer signed gets its receipt at first contact with its
// hash, signed by headquarters' own key, and a service form its official number, once, in the order
// of reception. It reads the log behind the commits and writes through the write door like a person
// at a desk, as the actor "registrar", so that phones, stories and backups see it like any other
// work; in the group that brought the set. Core thread only. Decided in
// docs/adr/0014-a-hash-is-anchored-in-the-group-that-brings-it.md.
#pragma once

#include <memory>
#include <optional>

#include "core/crypto/device_key.hpp"
#include "sync-server/registrar/seals.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class Registrar final : public GroupEnd {
 public:
  explicit Registrar(std::unique_ptr<Signer> key) : key_(std::move(key)) {}

  // Goes on in the log, a few hundred commits at most, and writes what is due.
  Result<void> finish(ServerCore& core) override;
  void group_undone() override { through_.reset(); }
  // Whether there was more to read than one group takes: a book from before there was a registrar.
  bool is_behind() const { return behind_; }

 private:
  Result<void> read_commit(ServerCore& core, const CommitRow& row);
  Result<void> register_seal(ServerCore& core, const Seal& seal, const CommitRow& first);
  // A row of numbers, and how many of it were given.
  struct Row {
    std::string name;
    std::uint64_t given = 0;
  };
  Result<Row> row_for(ServerCore& core, const RecordState& visit, std::int64_t received_ms);
  Result<std::string> branch_of(ServerCore& core, const RecordState& visit);

  std::unique_ptr<Signer> key_;
  std::optional<Version> through_;  // read up to here
  Version kept_ = 0;                // as the store has it
  bool wrote_ = false;
  bool behind_ = false;
};

// The record of the receipt for a hash: one for each, wherever it is written.
Uuid anchor_id_of(const Digest& content_hash);

}  // namespace daybook
