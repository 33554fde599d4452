// SPDX-License-Identifier: Apache-2.0
// The two calls that delete: discard of a named set, and wipe.
#include "core/crypto/sha256.hpp"
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

TEST_CASE("discard: only a named set goes, the others keep their place in the queue", "[session]") {
  TemporaryPhoneFolder folder;
  Phone phone(folder.file("phone.db"));
  ScriptedOffice office;
  const auto held = phone.create(phone.visit(), {{"notes", words("held")}});
  office.sync(phone);
  const auto wrong = phone.visit(), right = phone.visit();
  const auto doomed = phone.create(wrong, {{"notes", words("wrong")}});
  const auto kept = phone.create(right, {{"notes", words("right")}});
  phone.edit(right, "address", words("here"));
  want(phone.core->discard_set(doomed.set, false));
  CHECK(phone.state(wrong) == "(none)");
  CHECK(phone.value(right, "address") == words("here"));
  CHECK(phone.status().pending == 2);
  phone.restart();
  CHECK(phone.status().pending == 2);
  CHECK(phone.edit(right, "notes", words("righter")).seq == 3);
  office.sync(phone);
  CHECK(phone.status().pending == 0);
  std::size_t bodies = 0;
  for (const auto& [incarnation, chain] : office.chains) bodies += chain.bodies.size();
  CHECK(bodies == 4);
  // The queue goes on settling under the new names.
  auto page = office.page(9);
  page.entries.push_back(
      office.entry(right, 9, {{"notes", words("righter")}, {"address", words("here")}}));
  for (const auto& set : want(phone.core->unsettled_sets())) {
    CommitResult named;
    named.set = set.id;
    named.incarnation = held.incarnation;
    page.receipts.push_back(office.receipt(named, 9));
  }
  office.queue(page);
  phone.core->sync_now();
  office.sync(phone);
  CHECK(phone.state(right).empty());
  CHECK(want(phone.core->unsettled_sets()).empty());
  static_cast<void>(kept);
}

TEST_CASE("discard: photos of the sets behind it go with them, and do not wait for another set",
          "[session]") {
  Phone phone;
  ScriptedOffice office;
  phone.create(phone.visit(), {{"notes", words("held")}});
  office.sync(phone);
  const auto doomed = phone.create(phone.visit(), {{"notes", words("wrong")}});
  const Digest photo = sha256(view_of("photo"));
  want(phone.core->contents().added(photo, 5, std::nullopt));
  CommitInput input;
  const auto visit = phone.visit();
  input.changes.push_back({visit, Change::Kind::kCreate, Fields{{"notes", words("right")}}});
  input.attachments.push_back({photo, 5, "image/jpeg", "evidence", visit});
  want(phone.core->commit(input));
  want(phone.core->discard_set(doomed.set, false));
  REQUIRE_FALSE(want(phone.core->next_content(false)));
  office.sync(phone);
  const auto next = want(phone.core->next_content(false));
  REQUIRE(next);
  CHECK(next->digest == photo);
}

TEST_CASE("discard: what builds upon it goes only when that was said", "[session]") {
  Phone phone;
  const RecordRef customer{"customer", phone.core->new_id()};
  const auto visit = phone.visit(), other = phone.visit();
  const auto first = phone.create(customer, {{"name", words("王")}});
  phone.create(visit, {{"customer", refer(customer.id)}});
  phone.create(other, {{"notes", words("a")}});
  phone.edit(visit, "notes", words("b"));
  const auto refused = phone.core->discard_set(first.set, false);
  REQUIRE_FALSE(refused.ok());
  CHECK(refused.error().code == Errc::kInvalid);
  CHECK_THAT(refused.error().detail, contains("2 later sets"));
  want(phone.core->discard_set(first.set, true));
  CHECK(phone.status().pending == 1);
  CHECK(phone.state(customer) == "(none)");
  CHECK(phone.state(visit) == "(none)");
  CHECK(phone.state(other) == "pending");
}

TEST_CASE("discard: what the office holds, what is on its way and what is not ours stays",
          "[session]") {
  Phone phone;
  ScriptedOffice office;
  const auto held = phone.create(phone.visit(), {{"notes", words("a")}});
  office.sync(phone);
  CHECK(phone.core->discard_set(held.set, true).error().code == Errc::kForbidden);
  CHECK(phone.core->discard_set(SetId{}, true).error().code == Errc::kNotFound);
  const auto going = phone.create(phone.visit(), {{"notes", words("b")}});
  static_cast<void>(phone.ask());
  CHECK(phone.core->discard_set(going.set, true).error().code == Errc::kBusy);
  CHECK(phone.status().pending == 1);
}

TEST_CASE("wipe: everything goes and the phone may be enrolled anew", "[session]") {
  Phone phone;
  const auto visit = phone.visit();
  phone.create(visit, {{"notes", words("a")}});
  Enrolment other;
  other.device.raw.fill(0x99);
  other.actor = "li";
  other.key_seed = Bytes(32, 6);
  other.schema = kPhoneSchema;
  CHECK(phone.core->enrol(other).error().code == Errc::kAlreadyExists);
  want(phone.core->wipe());
  CHECK_FALSE(phone.status().enrolled);
  CHECK(phone.idle() == -1);
  want(phone.core->enrol(other));
  CHECK(phone.status().pending == 0);
  CHECK(phone.state(visit) == "(none)");
  CHECK(phone.create(visit, {{"notes", words("b")}}).seq == 1);
}
