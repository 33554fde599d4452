// SPDX-License-Identifier: Apache-2.0
// Every limit of limits.hpp from both sides: one less and the limit itself are read, one more is
// refused by name.
#include "core/wire/limits.hpp"

#include <functional>

#include "core/model/limits.hpp"
#include "core/wire/message.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/samples.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

// `decoded(n)` reads a message in which something is n large.
template <class Decoded>
void check_limit(std::size_t limit, const std::string& place, Decoded decoded) {
  CAPTURE(place);
  CHECK(decoded(limit - 1).ok());
  CHECK(decoded(limit).ok());
  const auto refused = decoded(limit + 1);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::kTooLarge);
  CHECK(refused.error().field == place);
}

using ChangeRequest = std::function<void(wire::SyncRequest&, std::size_t)>;
using ChangeReply = std::function<void(wire::SyncReply&, std::size_t)>;

void check_request_limit(std::size_t limit, const std::string& place, const ChangeRequest& change) {
  check_limit(limit, place, [&](std::size_t n) {
    auto request = full_sync_request();
    change(request, n);
    return wire::decode_sync_request(encode(request));
  });
}

void check_reply_limit(std::size_t limit, const std::string& place, const ChangeReply& change) {
  check_limit(limit, place, [&](std::size_t n) {
    auto reply = full_sync_reply();
    change(reply, n);
    return wire::decode_sync_reply(encode(reply));
  });
}

std::vector<std::string> scope_names(std::size_t count) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < count; ++i) names.push_back("user:" + std::to_string(i));
  return names;
}

std::vector<wire::ScopePosition> positions(std::size_t count) {
  std::vector<wire::ScopePosition> all;
  for (const auto& name : scope_names(count)) all.push_back({name, 7, std::nullopt, 0});
  return all;
}

}  // namespace

TEST_CASE("wire: the lists of a sync request are limited") {
  check_request_limit(wire::kBatchSetsMax, "sync.batch.bodies", [](auto& request, std::size_t n) {
    request.batch->bodies.assign(n, Bytes{1});
  });
  check_request_limit(wire::kBeginsMax, "sync.begins",
                      [](auto& request, std::size_t n) { request.begins.resize(n); });
  check_request_limit(wire::kLadderMax, "sync.ladder",
                      [](auto& request, std::size_t n) { request.ladder.resize(n); });
  check_request_limit(wire::kWitnessesMax, "sync.witnesses",
                      [](auto& request, std::size_t n) { request.witnesses.resize(n); });
  check_request_limit(wire::kScopesMax, "sync.positions",
                      [](auto& request, std::size_t n) { request.positions = positions(n); });
}

TEST_CASE("wire: the sizes of a sync request are limited") {
  check_request_limit(kBodySizeMax, "sync.batch.bodies[0]",
                      [](auto& request, std::size_t n) { request.batch->bodies = {Bytes(n, 1)}; });
  check_request_limit(wire::kBatchSizeMax, "sync.batch.bodies[4]",
                      [](auto& request, std::size_t n) {
                        request.batch->bodies.assign(3, Bytes(kBodySizeMax, 1));
                        request.batch->bodies.push_back(Bytes(kBodySizeMax - 10, 1));
                        request.batch->bodies.push_back(Bytes(n - 4 * kBodySizeMax + 10, 1));
                      });
  check_request_limit(wire::kRowSizeMax, "sync.witnesses[0].row",
                      [](auto& request, std::size_t n) { request.witnesses[0].row = Bytes(n, 1); });
  check_request_limit(
      wire::kScopeNameSizeMax, "sync.positions[0].scope",
      [](auto& request, std::size_t n) { request.positions[0].scope = std::string(n, 's'); });
  check_request_limit(kNameSizeMax, "sync.witnesses[0].collection",
                      [](auto& request, std::size_t n) {
                        request.witnesses[0].record.collection = std::string(n, 'c');
                      });
}

TEST_CASE("wire: a whole sync request is limited") {
  check_limit(wire::kRequestSizeMax, "sync", [](std::size_t n) {
    auto request = full_sync_request();
    request.witnesses.assign(3, request.witnesses[0]);
    for (auto& witness : request.witnesses) witness.row = Bytes(1 << 20, 1);
    const auto left = n - encode(request).size();
    request.batch->bodies.push_back(Bytes(kBodySizeMax, 1));
    request.batch->bodies.push_back(Bytes(left - kBodySizeMax - 10, 1));
    const auto bytes = encode(request);
    REQUIRE(bytes.size() == n);
    return wire::decode_sync_request(bytes);
  });
}

TEST_CASE("wire: the lists of a sync reply are limited") {
  check_reply_limit(wire::kPageEntriesMax, "reply.page.entries", [](auto& reply, std::size_t n) {
    reply.page->entries.assign(n, reply.page->entries[0]);
  });
  check_reply_limit(wire::kPageEntriesMax, "reply.page.left", [](auto& reply, std::size_t n) {
    reply.page->left.assign(n, reply.page->left[0]);
  });
  check_reply_limit(
      wire::kReceiptsPerPageMax, "reply.page.receipts",
      [](auto& reply, std::size_t n) { reply.page->receipts.assign(n, reply.page->receipts[1]); });
  check_reply_limit(wire::kScopesMax, "reply.page.scopes",
                    [](auto& reply, std::size_t n) { reply.page->scopes = scope_names(n); });
  check_reply_limit(wire::kScopesMax, "reply.page.scopes_left",
                    [](auto& reply, std::size_t n) { reply.page->scopes_left = scope_names(n); });
  check_reply_limit(wire::kScopesMax, "reply.page.positions",
                    [](auto& reply, std::size_t n) { reply.page->positions = positions(n); });
  check_reply_limit(wire::kScopesMax, "reply.page.digests",
                    [](auto& reply, std::size_t n) { reply.page->digests.resize(n); });
}

TEST_CASE("wire: the sizes of a sync reply are limited") {
  check_reply_limit(wire::kRowSizeMax, "reply.page.entries[1].row",
                    [](auto& reply, std::size_t n) { reply.page->entries[1].row = Bytes(n, 1); });
  check_reply_limit(wire::kSchemaSizeMax, "reply.schema",
                    [](auto& reply, std::size_t n) { reply.schema = std::string(n, ' '); });
  check_reply_limit(wire::kOutcomeSizeMax, "reply.page.receipts[0].outcome",
                    [](auto& reply, std::size_t n) {
                      auto& receipt = reply.page->receipts[0];
                      receipt.detail.clear();
                      receipt.detail = std::string(n - encode_outcome(receipt).size() - 4, 'd');
                      REQUIRE(encode_outcome(receipt).size() == n);
                    });
  check_limit(wire::kReplySizeMax, "reply", [](std::size_t n) {
    auto reply = full_sync_reply();
    reply.page->entries.assign(3, reply.page->entries[1]);
    reply.page->entries[0].row = Bytes(wire::kRowSizeMax, 1);
    reply.page->entries[1].row = Bytes(wire::kRowSizeMax, 1);
    reply.page->entries[2].row = Bytes(70000, 1);
    reply.page->entries[2].row = Bytes(n - encode(reply).size() + 70000, 1);
    const auto bytes = encode(reply);
    REQUIRE(bytes.size() == n);
    return wire::decode_sync_reply(bytes);
  });
}

TEST_CASE("wire: the parts of enrolment and session messages are limited") {
  check_limit(wire::kEnrolCodeSizeMax, "enrol.code", [](std::size_t n) {
    auto request = sample_enrol_request();
    request.code = Bytes(n, 1);
    return wire::decode_enrol_request(encode(request));
  });
  auto short_code = sample_enrol_request();
  short_code.code = Bytes(wire::kEnrolCodeSizeMin, 1);
  CHECK(wire::decode_enrol_request(encode(short_code)).ok());
  short_code.code.pop_back();
  CHECK(wire::decode_enrol_request(encode(short_code)).error().field == "enrol.code");
  check_limit(wire::kDeviceTextSizeMax, "enrol.device_name", [](std::size_t n) {
    auto request = sample_enrol_request();
    request.device_name = std::string(n, 'n');
    return wire::decode_enrol_request(encode(request));
  });
  check_limit(wire::kDeviceTextSizeMax, "enrol.platform", [](std::size_t n) {
    auto request = sample_enrol_request();
    request.platform = std::string(n, 'p');
    return wire::decode_enrol_request(encode(request));
  });
  check_limit(kNameSizeMax, "enrol_reply.actor", [](std::size_t n) {
    auto reply = sample_enrol_reply();
    reply.actor = std::string(n, 'a');
    return wire::decode_enrol_reply(encode(reply));
  });
  check_limit(wire::kSchemaSizeMax, "enrol_reply.schema", [](std::size_t n) {
    auto reply = sample_enrol_reply();
    reply.schema = std::string(n, ' ');
    return wire::decode_enrol_reply(encode(reply));
  });
  check_limit(wire::kNonceSizeMax, "session.nonce", [](std::size_t n) {
    auto request = proving_session_request();
    request.nonce = Bytes(n, 1);
    return wire::decode_session_request(encode(request));
  });
  check_limit(wire::kNonceSizeMax, "session_reply.nonce", [](std::size_t n) {
    return wire::decode_session_reply(encode(wire::SessionReply{Bytes(n, 1), {}, 0, 0}));
  });
  check_limit(wire::kTokenSizeMax, "session_reply.token", [](std::size_t n) {
    return wire::decode_session_reply(encode(wire::SessionReply{{}, Bytes(n, 1), 9, 0}));
  });
}
