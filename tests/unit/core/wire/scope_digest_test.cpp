// SPDX-License-Identifier: Apache-2.0
// The digest of a scope: independent of order, and a sum in the sense of the book.
#include "core/wire/scope_digest.hpp"

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;
using wire::digest_of_row;
using wire::ScopeSum;

TEST_CASE("wire: the digest of a row hashes collection, id and row under a tag") {
  const RecordRef record{"visit", uuid_of(0x61)};
  const Bytes row{0xa0};
  const auto by_hand =
      *from_hex("856b" + to_hex(view_of("daybook.row")) + "0165" + to_hex(view_of("visit")) + "50" +
                to_hex(record.id.view()) + "41a0");
  CHECK(digest_of_row(record, row) == sha256(by_hand));
  CHECK(digest_of_row(record, row) != digest_of_row({"visit", uuid_of(0x62)}, row));
  CHECK(digest_of_row(record, row) != digest_of_row({"visits", uuid_of(0x61)}, row));
  CHECK(digest_of_row(record, row) != digest_of_row(record, Bytes{0xa1}));
}

TEST_CASE("wire: a scope's digest does not depend on order and forgets what was removed") {
  std::vector<Digest> rows;
  for (std::uint8_t i = 0; i < 100; ++i)
    rows.push_back(digest_of_row({"visit", uuid_of(i)}, Bytes{0xa0}));
  ScopeSum forwards, backwards;
  for (const auto& row : rows) forwards.add(row);
  for (auto row = rows.rbegin(); row != rows.rend(); ++row) backwards.add(*row);
  CHECK(forwards == backwards);
  CHECK(forwards.records() == 100);
  for (std::size_t i = 50; i < 100; ++i) forwards.remove(rows[i]);
  ScopeSum half;
  for (std::size_t i = 0; i < 50; ++i) half.add(rows[i]);
  CHECK(forwards == half);
  CHECK(ScopeSum(half.records(), half.digest()) == half);
  for (std::size_t i = 0; i < 50; ++i) forwards.remove(rows[i]);
  CHECK(forwards == ScopeSum());
  CHECK(forwards.digest().is_zero());
}

TEST_CASE("wire: a scope's digest carries over and wraps at 2^256") {
  Digest one;
  one.raw[31] = 1;
  ScopeSum sum(1, digest_of(0xff));
  sum.add(one);
  CHECK(sum.digest().is_zero());
  sum.remove(one);
  CHECK(sum.digest() == digest_of(0xff));
  ScopeSum low(0, Digest{});
  Digest almost;
  almost.raw[31] = 0xff;
  low.add(almost);
  low.add(one);
  CHECK(to_hex(low.digest().view()) == std::string(60, '0') + "0100");
}

TEST_CASE("wire: nothing can be taken from an empty scope") {
  CHECK_THROWS_AS(ScopeSum().remove(Digest{}), BrokenInvariant);
}
