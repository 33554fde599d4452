// SPDX-License-Identifier: Apache-2.0
// The office was restored from a backup: what it lost, the phone brings back.
#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct World {
  Phone phone;
  ScriptedOffice office;
  RecordRef visit = {"visit", {}}, other = {"visit", {}};
  std::vector<CommitResult> sets;

  World() {
    visit.id.raw.fill(0x41);
    other.id.raw.fill(0x42);
    // v5: both visits; v7: own work settled; v9: an office edit on the other visit.
    auto page = office.page(5);
    page.entries.push_back(office.entry(visit, 4, {{"notes", words("a")}}));
    page.entries.push_back(office.entry(other, 5, {{"notes", words("x")}}));
    pull(page);
    for (const char* word : {"b", "c"}) {
      sets.push_back(phone.edit(visit, "notes", words(word)));
      office.sync(phone);
    }
    auto settled = office.page(8);
    settled.entries.push_back(office.entry(visit, 8, {{"notes", words("c")}}));
    settled.receipts.push_back(office.receipt(sets[0], 7));
    settled.receipts.push_back(office.receipt(sets[1], 8));
    pull(settled);
    auto edited = office.page(9);
    edited.entries.push_back(office.entry(other, 9, {{"notes", words("y")}}));
    pull(edited);
  }
  void pull(wire::Page page) {
    office.queue(std::move(page));
    phone.core->sync_now();
    office.sync(phone);
  }
  // Back to what it was at v5, under a new epoch.
  void restore() {
    epoch_before = office.epoch;
    office.epoch.raw.fill(0xe2);
    office.version = 5;
    auto& chain = office.chains.begin()->second;
    chain.links.resize(1);
    chain.bodies.clear();
  }
  wire::SyncReply forking(const wire::SyncRequest& request) {
    auto reply = office.reply_to(request);
    reply.page.reset();
    reply.fork = wire::Fork{office.epoch, 0, request.ladder.empty()};
    for (const auto& rung : request.ladder) {
      if (rung.version <= 5 && rung.head == head_of(epoch_before, rung.version)) {
        reply.fork->fork_version = std::max(reply.fork->fork_version, rung.version);
      }
    }
    return reply;
  }
  void heal() {
    restore();
    phone.core->sync_now();
    const auto first = phone.ask();
    CHECK(first.cursor->version == 9);
    phone.hear(forking(first));
    const auto with_ladder = phone.ask();
    REQUIRE_FALSE(with_ladder.ladder.empty());
    CHECK(with_ladder.ladder.front().version == 9);
    phone.hear(forking(with_ladder));
  }
  EpochId epoch_before;
};

}  // namespace

TEST_CASE("restore: the ladder finds the fork, and the phone sends again what is lost",
          "[session]") {
  World world;
  const Bytes first_body = want(world.phone.store->find_set(world.sets[0].number))->body;
  world.heal();
  // The first answer already told that the sets are missing, so they went up again before the fork
  // point was known.
  const auto& requests = world.office.requests;
  bool sent_again = false;
  for (const auto& request : requests) {
    sent_again = sent_again || (!request.ladder.empty() && request.batch &&
                                request.batch->bodies[0] == first_body);
  }
  CHECK(sent_again);
  CHECK(world.phone.status().pending == 0);
  CHECK(world.phone.status().stored == 2);
  // The view shows what it showed; the work lies open again.
  CHECK(world.phone.value(world.visit, "notes") == words("c"));
  CHECK(world.phone.state(world.visit) == "pending");
  CHECK(want(world.phone.core->receipts_of(world.sets[0].set)).empty());
}

TEST_CASE("restore: what others wrote and the office lost is offered as witness, own work is not",
          "[session]") {
  World world;
  world.heal();
  const auto request = world.phone.ask();
  REQUIRE(request.witnesses.size() == 1);
  CHECK(request.witnesses[0].record == world.other);
  CHECK(request.witnesses[0].version == Base{world.epoch_before, 9});
  CHECK(request.witnesses[0].row == encode(Fields{{"notes", words("y")}}));
  CHECK(request.cursor->version == 5);
  CHECK(request.cursor->epoch == world.office.epoch);
  REQUIRE(request.positions.size() == 1);
  CHECK(request.positions[0].version == 5);
  // Kept until an answer came.
  world.phone.core->on_failure(failure(Errc::kCut));
  world.phone.core->sync_now();
  const auto again = world.phone.ask();
  CHECK(again.witnesses.size() == 1);
  auto page = world.office.page(5, false);
  world.office.queue(page);
  world.phone.hear(world.office.reply_to(again));
  CHECK(world.phone.ask().witnesses.empty());
}

TEST_CASE("restore: the scopes are read again, the old state stays in view until it is complete",
          "[session]") {
  World world;
  world.heal();
  const auto lost = world.phone.visit();
  auto page = world.office.page(5, false);
  page.entries.push_back(world.office.entry(world.visit, 4, {{"notes", words("a")}}));
  world.office.queue(page);
  world.phone.hear(world.office.reply_to(world.phone.ask()));
  CHECK(world.phone.value(world.other, "notes") == words("y"));
  // What is captured now names the epoch in which the view was served.
  const Body body = world.phone.body_of(world.phone.edit(world.other, "address", words("here")));
  CHECK(body.changes[0].edits[0].base == Base{world.epoch_before, 9});

  auto last = world.office.page(7);
  last.entries.push_back(world.office.entry(world.visit, 7, {{"notes", words("c")}}));
  last.entries.push_back(world.office.entry(world.other, 5, {{"notes", words("x")}}));
  last.receipts.push_back(world.office.receipt(world.sets[0], 6));
  last.receipts.push_back(world.office.receipt(world.sets[1], 7));
  world.office.queue(last);
  world.phone.core->sync_now();
  world.office.sync(world.phone);
  CHECK(world.phone.value(world.visit, "notes") == words("c"));
  CHECK(world.phone.state(world.visit).empty());
  CHECK(world.phone.value(world.other, "notes") == words("x"));
  CHECK(world.phone.value(world.other, "address") == words("here"));
  CHECK(want(world.phone.core->receipts_of(world.sets[0].set)).size() == 1);
  const Body next = world.phone.body_of(world.phone.edit(world.visit, "notes", words("d")));
  CHECK(next.changes[0].edits[0].base == Base{world.office.epoch, 7});
  static_cast<void>(lost);
}

TEST_CASE("restore: sets that were released are declared as a gap and the queue goes on",
          "[session]") {
  World world;
  world.office.safe = ChainPosition{world.sets[0].incarnation, 1, {}};
  world.phone.core->sync_now();
  world.office.sync(world.phone);
  world.office.safe.reset();
  CHECK_FALSE(want(world.phone.core->find_set(world.sets[0].set)));
  world.heal();
  bool declared = false;
  for (const auto& request : world.office.requests) {
    if (!request.gap) continue;
    declared = true;
    CHECK(request.gap->first_seq == 1);
    CHECK(request.gap->last_seq == 1);
    REQUIRE(request.batch);
    CHECK(request.batch->first_seq == 2);
  }
  CHECK(declared);
}

TEST_CASE("restore: a first fill that meets a fork starts anew and keeps own work", "[session]") {
  Phone phone;
  ScriptedOffice office;
  const auto mine = phone.visit(), theirs = phone.visit();
  phone.create(mine, {{"notes", words("own")}});
  auto page = office.page(4, false);
  page.entries.push_back(office.entry(theirs, 4, {{"notes", words("x")}}));
  office.queue(page);
  phone.hear(office.reply_to(phone.ask()));
  CHECK(phone.row(theirs));
  const auto request = phone.ask();
  auto reply = office.reply_to(request);
  reply.page.reset();
  reply.fork = wire::Fork{office.epoch, 2, false};
  phone.hear(reply);
  CHECK_FALSE(phone.row(theirs));
  CHECK(phone.value(mine, "notes") == words("own"));
  phone.core->sync_now();
  for (const auto& position : phone.ask().positions) CHECK(position.version <= 2);
}

// Found by photos in the simulated world (seed 100063): the phone's pages ended before the point to
// which the office was put back, so there was no fork to tell it of.
TEST_CASE("restore: a phone that is told of no fork offers its photos again all the same",
          "[session]") {
  World world;
  auto& core = *world.phone.core;
  const Digest photo = sha256(view_of("photo"));
  want(core.contents().added(photo, 5, std::nullopt));
  CommitInput input;
  input.changes.push_back({world.visit, Change::Kind::kEdit, Fields{{"notes", words("photo")}}});
  input.attachments.push_back({photo, 5, "image/jpeg", "evidence", world.visit});
  const auto promised = want(core.commit(input));
  world.office.sync(world.phone);
  auto settled = world.office.page(10);
  settled.receipts.push_back(world.office.receipt(promised, 10));
  world.pull(settled);
  REQUIRE(want(core.next_content(false)));
  want(core.contents().carried(photo, 5, {5, std::nullopt}));
  REQUIRE_FALSE(want(core.next_content(false)));

  // Put back to where this phone stands: everything that it was told is still there.
  world.office.epoch.raw.fill(0xe2);
  world.pull(world.office.page(10));
  const auto again = want(core.next_content(false));
  REQUIRE(again);
  CHECK(again->digest == photo);
  CHECK(again->state == ContentState::kWaiting);
}
