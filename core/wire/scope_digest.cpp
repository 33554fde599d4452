// SPDX-License-Identifier: Apache-2.0
#include "core/wire/scope_digest.hpp"

#include "core/base/ensure.hpp"
#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"

namespace daybook::wire {

Digest digest_of_row(const RecordRef& record, BytesView row) {
  CborWriter out;
  out.array(5)
      .text("daybook.row")
      .unsigned_integer(1)
      .text(record.collection)
      .bytes(record.id.view())
      .bytes(row);
  return sha256(out.out());
}

void ScopeSum::add(const Digest& row) {
  unsigned carry = 0;
  for (std::size_t i = Digest::kSize; i-- > 0;) {
    carry += unsigned{digest_.raw[i]} + row.raw[i];
    digest_.raw[i] = static_cast<std::uint8_t>(carry & 0xff);
    carry >>= 8;
  }
  ++records_;
}

void ScopeSum::remove(const Digest& row) {
  ensure(records_ > 0);
  unsigned borrow = 0;
  for (std::size_t i = Digest::kSize; i-- > 0;) {
    const unsigned difference = 0x100u + digest_.raw[i] - row.raw[i] - borrow;
    digest_.raw[i] = static_cast<std::uint8_t>(difference & 0xff);
    borrow = difference < 0x100u ? 1 : 0;
  }
  --records_;
}

}  // namespace daybook::wire
