// SPDX-License-Identifier: Apache-2.0
// Batches, lost replies, foreign answers, held devices and the safe point.
#include "core/crypto/device_key.hpp"
#include "core/wire/frame.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE(
    "session: the first request begins the incarnation and signs the newest link of its batch",
    "[session]") {
  Phone phone;
  const auto visit = phone.visit();
  phone.create(visit, {{"notes", words("a")}});
  phone.edit(visit, "notes", words("b"));
  const auto request = phone.ask();
  CHECK(request.device == phone_device());
  CHECK(request.newest.seq == 2);
  REQUIRE(request.begins.size() == 1);
  CHECK(request.begins[0].incarnation == request.newest.incarnation);
  REQUIRE(request.batch);
  CHECK(request.batch->first_seq == 1);
  CHECK(request.batch->bodies.size() == 2);
  CHECK(request.unsent.sets == 2);
  CHECK(request.pull);
  CHECK_FALSE(request.cursor);
  CHECK(verify(phone.core->signer()->public_key(),
               batch_signing_bytes(request.device, request.newest), request.batch->signature)
            .ok());
}

TEST_CASE("session: one request at a time, and none before it is due", "[session]") {
  Phone phone;
  ScriptedOffice office;
  const auto request = phone.ask();
  CHECK(phone.idle() == -1);
  CHECK_FALSE(want(phone.core->next_request()));
  phone.create(phone.visit(), {{"notes", words("a")}});
  phone.hear(office.reply_to(request));
  // What was captured meanwhile goes at once.
  CHECK(phone.idle() == 0);
  office.sync(phone);
  CHECK(phone.idle() == 300'000);
  phone.clock.advance(300'000);
  CHECK(phone.idle() == 0);
  CHECK_FALSE(phone.ask().batch);
}

TEST_CASE("session: a lost reply means the same bytes again", "[session]") {
  Phone phone;
  ScriptedOffice office;
  phone.create(phone.visit(), {{"notes", words("a")}});
  const auto first = phone.ask();
  static_cast<void>(office.reply_to(first));
  phone.core->on_failure(failure(Errc::kCut));
  CHECK(phone.status().pending == 1);
  CHECK(phone.status().last_error->code == Errc::kCut);
  CHECK(phone.idle() <= 1000);
  phone.core->sync_now();
  const auto again = phone.ask();
  REQUIRE(again.batch);
  CHECK(again.batch->bodies == first.batch->bodies);
  CHECK(again.batch->previous_link == first.batch->previous_link);
  CHECK_FALSE(again.request == first.request);
  phone.hear(office.reply_to(again));
  CHECK(phone.status().pending == 0);
  CHECK(phone.status().stored == 1);
  CHECK_FALSE(phone.status().last_error);
}

TEST_CASE("session: stored sets stay in the file and under the view until their receipt",
          "[session]") {
  TemporaryPhoneFolder folder;
  Phone phone(folder.file("phone.db"));
  ScriptedOffice office;
  const auto visit = phone.visit();
  phone.create(visit, {{"notes", words("a")}});
  office.sync(phone);
  CHECK(phone.state(visit) == "pending");
  phone.restart();
  CHECK(phone.state(visit) == "pending");
  CHECK(phone.status().pending == 0);
  CHECK(phone.status().stored == 1);
  const auto request = phone.ask();
  CHECK_FALSE(request.batch);
  CHECK(request.newest.seq == 1);
  CHECK(request.begins.empty());
}

TEST_CASE("session: a large outbox goes in batches, and pages come with every one of them",
          "[session]") {
  Phone phone;
  ScriptedOffice office;
  for (int i = 0; i < 20; ++i)
    phone.create(phone.visit(), {{"notes", words(std::string(60'000, 'x'))}});
  office.sync(phone);
  CHECK(phone.status().pending == 0);
  REQUIRE(office.requests.size() >= 2);
  std::size_t sent = 0;
  for (const auto& request : office.requests) {
    CHECK(request.pull);
    if (!request.batch) continue;
    std::size_t size = 0;
    for (const auto& body : request.batch->bodies) size += body.size();
    CHECK(size <= (1 << 20));
    sent += request.batch->bodies.size();
  }
  CHECK(sent == 20);
}

TEST_CASE("session: a line that cuts every batch still lets pages through", "[session]") {
  Phone phone;
  for (int i = 0; i < 5; ++i)
    phone.create(phone.visit(), {{"notes", words(std::string(60'000, 'x'))}});
  std::size_t smallest = SIZE_MAX;
  bool bare_pull = false;
  for (int i = 0; i < 20 && !bare_pull; ++i) {
    phone.core->sync_now();
    const auto request = phone.ask();
    bare_pull = !request.batch;
    if (request.batch) smallest = std::min(smallest, request.batch->bodies.size());
    phone.core->on_failure(failure(Errc::kCut));
  }
  CHECK(smallest == 1);
  CHECK(bare_pull);
}

TEST_CASE("session: an answer that is not to this question acknowledges nothing", "[session]") {
  Phone phone;
  ScriptedOffice office;
  phone.create(phone.visit(), {{"notes", words("a")}});
  auto request = phone.ask();
  auto reply = office.reply_to(request);
  reply.request.raw[0] ^= 1;
  const auto foreign = phone.try_hear(reply);
  REQUIRE_FALSE(foreign.ok());
  CHECK(foreign.error().code == Errc::kUntrusted);
  CHECK(phone.status().pending == 1);
  CHECK(phone.status().last_contact_ms == 0);

  phone.core->sync_now();
  request = phone.ask();
  const std::string portal = "<html><body>Please log in to the hotel network</body></html>";
  const auto page = phone.core->on_reply(view_of(portal));
  REQUIRE_FALSE(page.ok());
  CHECK(page.error().code == Errc::kUntrusted);
  CHECK(phone.status().pending == 1);
  CHECK_FALSE(phone.core->on_reply(view_of(portal)).ok());  // nothing was asked
  phone.core->sync_now();
  office.sync(phone);
  CHECK(phone.status().pending == 0);
}

TEST_CASE("session: a stored position that names links that are not ours is not believed",
          "[session]") {
  Phone phone;
  ScriptedOffice office;
  phone.create(phone.visit(), {{"notes", words("a")}});
  const auto request = phone.ask();
  auto reply = office.reply_to(request);
  reply.stored.incarnation.raw[0] ^= 1;
  CHECK_FALSE(phone.try_hear(reply).ok());
  CHECK(phone.status().pending == 1);
}

TEST_CASE("session: a held device loses nothing and asks again later", "[session]") {
  Phone phone;
  phone.create(phone.visit(), {{"notes", words("a")}});
  const auto request = phone.ask();
  wire::SyncReply reply;
  reply.request = request.request;
  reply.push = wire::PushStatus::kHeld;
  phone.hear(reply);
  const auto status = phone.status();
  CHECK(status.held);
  CHECK(status.pending == 1);
  CHECK(status.last_error->code == Errc::kForbidden);
  CHECK(phone.idle() <= 1000);
}

TEST_CASE("session: an unknown incarnation is introduced again", "[session]") {
  Phone phone;
  ScriptedOffice office;
  office.sync(phone);
  office.chains.clear();
  phone.create(phone.visit(), {{"notes", words("a")}});
  CHECK(phone.ask().begins.empty());
  phone.core->on_failure(failure(Errc::kOffline));
  phone.core->sync_now();
  office.sync(phone);
  CHECK(phone.status().pending == 0);
}

TEST_CASE("session: what every registered backup holds is released, and only that", "[session]") {
  TemporaryPhoneFolder folder;
  Phone phone(folder.file("phone.db"));
  ScriptedOffice office;
  std::vector<CommitResult> sets;
  for (int i = 0; i < 3; ++i) sets.push_back(phone.create(phone.visit(), {{"notes", words("a")}}));
  office.sync(phone);
  auto page = office.page(7);
  for (const auto& set : sets) page.receipts.push_back(office.receipt(set, 7));
  office.queue(page);
  office.safe = ChainPosition{sets[0].incarnation, 0, {}};
  phone.core->sync_now();
  office.sync(phone);
  CHECK(want(phone.core->find_set(sets[0].set)));
  office.safe = ChainPosition{sets[1].incarnation, sets[1].seq, {}};
  phone.core->sync_now();
  office.sync(phone);
  CHECK_FALSE(want(phone.core->find_set(sets[0].set)));
  CHECK_FALSE(want(phone.core->find_set(sets[1].set)));
  CHECK(want(phone.core->find_set(sets[2].set)));
  phone.restart();
  CHECK(phone.create(phone.visit(), {{"notes", words("a")}}).seq == 4);
  office.sync(phone);
  CHECK(phone.status().pending == 0);
}
