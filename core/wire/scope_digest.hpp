// SPDX-License-Identifier: Apache-2.0
// The digest of a scope: a sum over its records that does not depend on their order, so that both
// sides keep it up to date record by record and compare it when a page was complete. Finds drift,
// not attackers: the line is authenticated already. Used by the server's feed and by the phone.
// Pure; one thread at a time.
#pragma once

#include <cstdint>

#include "core/model/ids.hpp"

namespace daybook::wire {

// SHA-256 of the canonical ["daybook.row", 1, collection, id, row]; `row` as served.
Digest digest_of_row(const RecordRef& record, BytesView row);

// The sum of such digests as 32-byte big-endian numbers modulo 2^256.
class ScopeSum {
 public:
  ScopeSum() = default;
  // Goes on from a sum that was kept.
  ScopeSum(std::uint64_t records, const Digest& digest) : records_(records), digest_(digest) {}

  void add(const Digest& row);
  void remove(const Digest& row);  // REQUIRES: `row` was added

  std::uint64_t records() const { return records_; }
  const Digest& digest() const { return digest_; }
  bool operator==(const ScopeSum&) const = default;

 private:
  std::uint64_t records_ = 0;
  Digest digest_;
};

}  // namespace daybook::wire
