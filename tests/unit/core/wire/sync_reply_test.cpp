// SPDX-License-Identifier: Apache-2.0
// The sync reply and its page as bytes: round trips, refusals with the name of the place.
#include <algorithm>

#include "core/model/cbor.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/bytes_laws.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;
using wire::decode_sync_reply;
using wire::SyncReply;

namespace {

std::string refusal_of(const SyncReply& reply) {
  const auto decoded = decode_sync_reply(encode(reply));
  return decoded.ok() ? "accepted" : to_string(decoded.error());
}

}  // namespace

TEST_CASE("wire: a sync reply comes back as it was sent") {
  check_laws_of(full_sync_reply(), decode_sync_reply);
  check_laws_of(bare_sync_reply(), decode_sync_reply);
}

TEST_CASE("wire: a sync reply comes back with each part present or absent") {
  for (unsigned absent = 0; absent < 512; ++absent) {
    auto reply = full_sync_reply();
    const auto without = [absent](unsigned bit) { return (absent & (1u << bit)) != 0; };
    if (without(0)) reply.fork.reset();
    if (without(1)) reply.safe.reset();
    if (without(2)) reply.schema.reset();
    if (without(3)) reply.page->entries.clear();
    if (without(4)) reply.page->left.clear();
    if (without(5)) reply.page->receipts.clear();
    if (without(6)) reply.page->digests.clear();
    if (without(7)) reply.page->scopes_left.clear();
    if (without(8)) reply.page.reset();
    const auto decoded = decode_sync_reply(encode(reply));
    CAPTURE(absent);
    REQUIRE(decoded.ok());
    CHECK(*decoded == reply);
  }
}

TEST_CASE("wire: a page may name a run of the phone's own sets") {
  auto reply = full_sync_reply();
  wire::OwnRun run;
  run.incarnation.raw.fill(0x22);
  run.first_seq = 3;
  run.last_seq = 9;
  run.first_commit = 40;
  run.rules_version = 1;
  run.scopes = {0};
  run.records = 4;
  run.digest.raw.fill(0xdd);
  reply.page->own = run;
  check_laws_of(reply, decode_sync_reply);
  check_one_form_of(reply, decode_sync_reply);
  const auto refused = [&](auto change) {
    auto wrong = reply;
    change(*wrong.page->own);
    return decode_sync_reply(encode(wrong)).error().field;
  };
  CHECK(refused([](wire::OwnRun& own) { own.first_seq = 0; }) == "reply.page.own.last_seq");
  CHECK(refused([](wire::OwnRun& own) { own.last_seq = 2; }) == "reply.page.own.last_seq");
  CHECK(refused([](wire::OwnRun& own) { own.last_seq = 5000; }) == "reply.page.own.last_seq");
  CHECK(refused([](wire::OwnRun& own) { own.first_commit = 0; }) == "reply.page.own.last_seq");
  CHECK(refused([](wire::OwnRun& own) { own.scopes = {}; }) == "reply.page.own.scopes");
}

TEST_CASE("wire: no two byte strings are the same sync reply") {
  check_one_form_of(full_sync_reply(), decode_sync_reply);
}

TEST_CASE("wire: every push status and verdict comes back") {
  for (std::uint8_t status = 0; status <= static_cast<std::uint8_t>(wire::PushStatus::kHeld);
       ++status) {
    auto reply = bare_sync_reply();
    reply.push = static_cast<wire::PushStatus>(status);
    CHECK(decode_sync_reply(encode(reply))->push == reply.push);
  }
  for (std::uint8_t verdict = 0; verdict <= static_cast<std::uint8_t>(Verdict::kDiscarded);
       ++verdict) {
    auto reply = full_sync_reply();
    reply.page->receipts[0].verdict = static_cast<Verdict>(verdict);
    CHECK(decode_sync_reply(encode(reply))->page->receipts[0].verdict ==
          reply.page->receipts[0].verdict);
  }
}

TEST_CASE("wire: a refused sync reply names the place") {
  auto reply = bare_sync_reply();
  reply.push = static_cast<wire::PushStatus>(7);
  CHECK_THAT(refusal_of(reply), contains("too_large at reply.push"));

  reply = bare_sync_reply();
  reply.protocol = 2;
  CHECK_THAT(refusal_of(reply), contains("not_supported at reply.protocol"));

  reply = full_sync_reply();
  reply.page->receipts[0].verdict = static_cast<Verdict>(7);
  CHECK_THAT(refusal_of(reply), contains("too_large at reply.page.receipts[0].verdict"));

  reply = full_sync_reply();
  reply.page->receipts[0].fields[1].outcome = static_cast<FieldOutcome>(8);
  CHECK_THAT(refusal_of(reply), contains("at reply.page.receipts[0].outcome."));

  reply = full_sync_reply();
  reply.page->digests[0].records = UINT64_MAX;
  CHECK_THAT(refusal_of(reply), contains("too_large at reply.page.digests[0].records"));

  reply = full_sync_reply();
  reply.page->complete = false;
  CHECK_THAT(refusal_of(reply),
             contains("invalid at reply.page.digests: only with a complete page"));

  reply = full_sync_reply();
  reply.schema = "\xc3";
  CHECK_THAT(refusal_of(reply), contains("invalid at reply.schema: not UTF-8"));
}

TEST_CASE("wire: a page's records lie in scopes that the page names") {
  auto reply = full_sync_reply();
  reply.page->entries[1].scopes = {0, 2};
  CHECK_THAT(refusal_of(reply),
             contains("invalid at reply.page.entries[1].scopes[1].scope: index 2 of 2"));
  reply.page->entries[1].scopes = {1, 0};
  CHECK_THAT(refusal_of(reply), contains("invalid at reply.page.entries[1].scopes: not ascending"));
  reply.page->entries[1].scopes = {1, 1};
  CHECK_THAT(refusal_of(reply), contains("not ascending"));
  reply.page->entries[1].scopes = {};
  CHECK_THAT(refusal_of(reply),
             contains("invalid at reply.page.entries[1].scopes: expected at least 1"));

  reply = full_sync_reply();
  reply.page->left[0].scope = 2;
  CHECK_THAT(refusal_of(reply), contains("invalid at reply.page.left[0].scope: index 2 of 2"));

  reply = full_sync_reply();
  reply.page->scopes.push_back("shared");
  CHECK_THAT(refusal_of(reply), contains("invalid at reply.page.scopes: named twice: shared"));
}

TEST_CASE("wire: a reply nested without end is refused before it is followed") {
  CborWriter out;
  out.array(13).text("daybook.sync-reply").unsigned_integer(1).bytes(uuid_of(1).view());
  out.unsigned_integer(1).integer(0).unsigned_integer(0);
  for (int depth = 0; depth < 100000; ++depth) out.array(3);
  const auto decoded = decode_sync_reply(out.take());
  REQUIRE_FALSE(decoded.ok());
  CHECK_THAT(to_string(decoded.error()), contains("wrong_type at reply.stored.incarnation"));
}

TEST_CASE("wire: a short reply that claims a long list costs no memory") {
  const auto bytes = encode(full_sync_reply());
  // The page's entries: find the array of 2 that begins with the part_type entry and claim 20,000.
  const auto entry = CborWriter().array(6).text("part_type").take();
  auto at = std::search(bytes.begin(), bytes.end(), entry.begin(), entry.end());
  REQUIRE(at != bytes.end());
  Bytes longer(bytes.begin(), at - 1);
  const auto claim = CborWriter().array(20000).take();
  longer.insert(longer.end(), claim.begin(), claim.end());
  longer.insert(longer.end(), at, bytes.end());
  const auto decoded = decode_sync_reply(longer);
  REQUIRE_FALSE(decoded.ok());
  CHECK_THAT(to_string(decoded.error()), contains("invalid at reply.page.entries: ends too early"));
}
