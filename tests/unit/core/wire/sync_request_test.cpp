// SPDX-License-Identifier: Apache-2.0
// The sync request as bytes: round trips, refusals with the name of the place, versions.
#include "core/model/cbor.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message.hpp"
#include "core/wire/protocol_version.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/bytes_laws.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;
using wire::decode_sync_request;
using wire::SyncRequest;

namespace {

std::string refusal_of(const SyncRequest& request) {
  const auto decoded = decode_sync_request(encode(request));
  return decoded.ok() ? "accepted" : to_string(decoded.error());
}

// A request of a format to come: the first five items, then whatever.
Bytes newer_request(std::uint64_t format, std::uint64_t lowest, std::uint64_t highest) {
  CborWriter out;
  out.array(6).text("daybook.sync").unsigned_integer(format).bytes(uuid_of(0xa1).view());
  out.unsigned_integer(lowest).unsigned_integer(highest).map(1).text("new").boolean(true);
  return out.take();
}

}  // namespace

TEST_CASE("wire: a sync request comes back as it was sent") {
  check_laws_of(full_sync_request(), decode_sync_request);
  check_laws_of(bare_sync_request(), decode_sync_request);
}

TEST_CASE("wire: a sync request comes back with each part present or absent") {
  // Each bit leaves one part out of the full request.
  for (unsigned absent = 0; absent < 256; ++absent) {
    auto request = full_sync_request();
    const auto without = [absent](unsigned bit) { return (absent & (1u << bit)) != 0; };
    if (without(0)) request.cursor.reset();
    if (without(1)) request.batch.reset();
    if (without(2)) request.gap.reset();
    if (without(3)) request.ladder.clear();
    if (without(4)) request.positions.clear();
    if (without(5)) request.witnesses.clear();
    if (without(6)) request.begins.clear();
    if (without(7)) request.pull = false;
    const auto decoded = decode_sync_request(encode(request));
    CAPTURE(absent);
    REQUIRE(decoded.ok());
    CHECK(*decoded == request);
  }
}

TEST_CASE("wire: no two byte strings are the same sync request") {
  check_one_form_of(full_sync_request(), decode_sync_request);
}

TEST_CASE("wire: a sync request's batch verifies under the device key") {
  const auto decoded = decode_sync_request(encode(full_sync_request()));
  REQUIRE(decoded.ok());
  const auto& batch = *decoded->batch;
  const auto link = next_link(decoded->device, batch.incarnation, batch.first_seq,
                              batch.previous_link, hash_of_body(batch.bodies[0]));
  CHECK(link == decoded->newest.link);
  const auto signed_bytes =
      batch_signing_bytes(decoded->device, {batch.incarnation, batch.first_seq, link});
  CHECK(verify(sample_signer()->public_key(), signed_bytes, batch.signature).ok());
}

TEST_CASE("wire: numbers of a sync request reach the ends of their range") {
  auto request = full_sync_request();
  request.schema_version = INT64_MAX;
  request.wall_ms = INT64_MIN;
  request.unsent = {INT64_MAX, INT64_MAX, INT64_MAX, INT64_MIN};
  request.gap = wire::Gap{1, INT64_MAX};
  request.cursor->version = INT64_MAX;
  const auto decoded = decode_sync_request(encode(request));
  REQUIRE(decoded.ok());
  CHECK(*decoded == request);
}

TEST_CASE("wire: a refused sync request names the place") {
  auto request = full_sync_request();
  request.schema_version = static_cast<std::uint64_t>(INT64_MAX) + 1;
  CHECK_THAT(refusal_of(request), contains("too_large at sync.schema_version"));

  request = full_sync_request();
  request.batch->first_seq = 0;
  CHECK_THAT(refusal_of(request), contains("invalid at sync.batch.first_seq"));

  request = full_sync_request();
  request.batch->bodies.emplace_back();
  CHECK_THAT(refusal_of(request), contains("invalid at sync.batch.bodies[1]"));

  request = full_sync_request();
  request.batch->bodies.clear();
  CHECK_THAT(refusal_of(request), contains("invalid at sync.batch.bodies"));

  request = full_sync_request();
  request.batch->signature.raw.pop_back();
  CHECK_THAT(refusal_of(request), contains("invalid at sync.batch.signature"));

  request = full_sync_request();
  request.batch->signature.alg = static_cast<KeyAlg>(3);
  CHECK_THAT(refusal_of(request), contains("not_supported at sync.batch.signature"));

  request = es256_sync_request();
  request.batch->signature.raw.push_back(0);
  CHECK_THAT(refusal_of(request), contains("invalid at sync.batch.signature: 66 bytes"));

  request = full_sync_request();
  request.gap = wire::Gap{9, 5};
  CHECK_THAT(refusal_of(request), contains("invalid at sync.gap.last_seq"));

  request = full_sync_request();
  request.positions.push_back(request.positions[0]);
  CHECK_THAT(refusal_of(request), contains("invalid at sync.positions: named twice: shared"));

  request = full_sync_request();
  request.positions[1].within->collection = std::string(65, 'x');
  CHECK_THAT(refusal_of(request), contains("too_large at sync.positions[1].within.collection"));

  request = full_sync_request();
  request.begins[1].parent_seq = UINT64_MAX;
  CHECK_THAT(refusal_of(request), contains("too_large at sync.begins[1].parent_seq"));

  request = full_sync_request();
  request.positions[0].scope = "\xff";
  CHECK_THAT(refusal_of(request), contains("invalid at sync.positions[0].scope: not UTF-8"));
}

TEST_CASE("wire: a message of another kind is refused by its tag") {
  const auto decoded = decode_sync_request(encode(full_sync_reply()));
  REQUIRE_FALSE(decoded.ok());
  CHECK(to_string(decoded.error()) == "invalid at sync.tag: expected daybook.sync");
}

TEST_CASE("wire: a protocol range must be one") {
  auto request = bare_sync_request();
  request.protocol_min = 0;
  CHECK_THAT(refusal_of(request), contains("invalid at sync.protocol_min"));
  request.protocol_min = 3;
  request.protocol_max = 2;
  CHECK_THAT(refusal_of(request), contains("invalid at sync.protocol_max"));
  // A range this build does not meet can be read all the same: the session refuses it by
  // choose_protocol().
  request.protocol_max = 4;
  CHECK(refusal_of(request) == "accepted");
}

TEST_CASE("wire: the highest protocol that both know is chosen") {
  CHECK(wire::choose_protocol(1, 1).value() == 1);
  CHECK(wire::choose_protocol(1, 7).value() == 1);
  const auto none = wire::choose_protocol(2, 7);
  REQUIRE_FALSE(none.ok());
  CHECK(to_string(none.error()) == "not_supported at sync.protocol: request 2..7, server 1..1");
}

TEST_CASE("wire: a request in a format to come learns which protocols are spoken here") {
  const auto decoded = decode_sync_request(newer_request(2, 2, 3));
  REQUIRE_FALSE(decoded.ok());
  CHECK(to_string(decoded.error()) == "not_supported at sync.protocol: request 2..3, server 1..1");
  // Without its first five items it is only an unknown format.
  CborWriter out;
  out.array(2).text("daybook.sync").unsigned_integer(2);
  const auto shorter = decode_sync_request(out.take());
  REQUIRE_FALSE(shorter.ok());
  CHECK_THAT(to_string(shorter.error()), contains("not_supported at sync.format"));
}

TEST_CASE("wire: a request may take a run of its own sets for their rows") {
  auto request = full_sync_request();
  request.takes_own_run = true;
  check_laws_of(request, decode_sync_request);
  check_one_form_of(request, decode_sync_request);
}
