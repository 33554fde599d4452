// SPDX-License-Identifier: Apache-2.0
// The phone's core against the real server core, in one process and without a line: the two halves
// mean the same.
#include "core/wire/frame.hpp"
#include "core/wire/limits.hpp"
#include "core/wire/live_page.hpp"
#include "tests/support/phone_world.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

struct Field {
  ServerWorld server;
  SeededRng rng{11};
  NoTrace trace;
  ClientOptions options;
  std::unique_ptr<ClientCore> phone;
  LocalStore* store = nullptr;
  std::function<void(wire::SyncReply&)> change_reply;
  wire::SyncRequest asked;  // the last exchange
  wire::SyncReply told;

  explicit Field(std::size_t page_size_max = 1 << 20, KeyAlg alg = KeyAlg::kEd25519,
                 ClientOptions chosen = comparing_digests()) {
    options = std::move(chosen);
    options.page_size_max = page_size_max;
    auto file = want(open_sqlite_local_store({}));
    store = file.get();
    phone = want(ClientCore::open(std::move(file), server.clock, rng, trace, options));
    Enrolment enrolment;
    enrolment.device = rng.draw<DeviceId>();
    enrolment.actor = "zhang";
    enrolment.role = "technician";
    enrolment.key_seed = Bytes(32, 9);
    enrolment.key_alg = alg;
    enrolment.schema = server.schema.source;
    want(phone->enrol(enrolment));
    server.within([&] {
      want(server.store.put_user({"zhang", "zhang", "technician", "", true}));
      DeviceRow row;
      row.device = enrolment.device;
      row.actor = "zhang";
      row.role = "technician";
      row.key = phone->signer()->public_key();
      want(server.store.put_device(row));
      return 0;
    });
  }
  void exchange() {
    const auto outgoing = want(phone->next_request());
    REQUIRE(outgoing);
    const auto request = want(wire::decode_sync_request(outgoing->message));
    auto reply = server.within([&] { return want(server.core->sync(request)); });
    if (change_reply) change_reply(reply);
    asked = request;
    told = reply;
    want(phone->on_reply(wire::pack(wire::encode(reply))));
  }
  static ClientOptions comparing_digests() {
    ClientOptions options;
    options.digest_interval_ms = 0;
    return options;
  }
  // A phone whose sets go up one by one.
  static Field sending_one_by_one() {
    ClientOptions options;
    options.batch_size_min = options.batch_size_start = options.batch_size_max = 1;
    return Field(1 << 20, KeyAlg::kEd25519, options);
  }
  void sync() {
    phone->sync_now();
    int rounds = 0;
    for (; rounds < 200 && phone->idle_ms() == 0; ++rounds) exchange();
    REQUIRE(rounds < 200);
    INFO(want(phone->status()).last_error.value_or(Error{Errc::kOk, {}, {}}).detail);
    REQUIRE_FALSE(want(phone->status()).last_error);
  }
  // What the office calls out to this phone now; empty when it is no page.
  Bytes call() {
    const auto calls = server.core->calls_for({phone->enrolment()->device});
    return calls.front().value_or(Bytes());
  }
  CommitResult commit(const RecordRef& record, Change::Kind kind, Fields fields) {
    CommitInput input;
    input.changes.push_back({record, kind, std::move(fields)});
    return want(phone->commit(input));
  }
  Value value(const RecordRef& record, const std::string& field) {
    const auto row = want(phone->find_row(record));
    const Value* found = row ? row->values.find(field) : nullptr;
    return found ? *found : words("(absent)");
  }
};

}  // namespace

TEST_CASE("phone and office: an edit goes up, an edit comes down, and the phone settles",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(
      visit, {{"technician", words("zhang")}, {"address", words("cellar")}, {"notes", words("a")}});
  field.sync();
  CHECK(field.value(visit, "address") == words("cellar"));
  const auto set = field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.server.office_edit(visit, "priority", count(2));
  field.sync();
  CHECK(field.server.value(visit, "cause") == words("cable"));
  CHECK(field.value(visit, "priority") == count(2));
  CHECK(field.value(visit, "cause") == words("cable"));
  CHECK(want(field.phone->find_row(visit))->state == RowState::kOffice);
  const auto receipts = want(field.phone->receipts_of(set.set));
  REQUIRE(receipts.size() == 1);
  CHECK(receipts[0].verdict == Verdict::kAccepted);
  CHECK(want(field.phone->status()).stored == 0);
}

TEST_CASE("phone and office: a phone with an ES256 key sends and settles like any other",
          "[session]") {
  Field field(1 << 20, KeyAlg::kEs256);
  CHECK(field.phone->signer()->public_key().alg == KeyAlg::kEs256);
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}});
  field.sync();
  const auto set = field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.sync();
  CHECK(field.server.value(visit, "cause") == words("cable"));
  const auto receipts = want(field.phone->receipts_of(set.set));
  REQUIRE(receipts.size() == 1);
  CHECK(receipts[0].verdict == Verdict::kAccepted);
}

TEST_CASE(
    "phone and office: a batch signed under another algorithm than the device's is not stored",
    "[session]") {
  Field field(1 << 20, KeyAlg::kEs256);
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}});
  field.sync();
  field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.phone->sync_now();
  const auto outgoing = want(field.phone->next_request());
  REQUIRE(outgoing);
  auto request = want(wire::decode_sync_request(outgoing->message));
  REQUIRE(request.batch);
  const auto answer = [&] {
    return field.server.within([&] { return want(field.server.core->sync(request)); });
  };
  const wire::Batch good = *request.batch;
  const auto other = want(ed25519_signer(Bytes(32, 9)));
  request.batch->signature = want(other->sign(batch_signing_bytes(request.device, request.newest)));
  CHECK(answer().push == wire::PushStatus::kWrongSignature);
  // The very bytes, under the other number.
  request.batch->signature = {KeyAlg::kEd25519, good.signature.raw};
  CHECK(answer().push == wire::PushStatus::kWrongSignature);
  CHECK(field.server.value(visit, "cause") != words("cable"));
  request.batch = good;
  CHECK(answer().push == wire::PushStatus::kStored);
  CHECK(field.server.value(visit, "cause") == words("cable"));
}

TEST_CASE("phone and office: a departure that was not seen takes the address it left for",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"address", words("cellar")}});
  field.sync();
  field.server.office_edit(visit, "address", words("attic"));
  field.commit({"visit_event", field.phone->new_id()}, Change::Kind::kCreate,
               {{"visit", refer(visit.id)}, {"kind", words("departed")}});
  CHECK(field.value(visit, "address") == words("cellar"));
  field.sync();
  CHECK(field.server.value(visit, "address") == words("cellar"));
  CHECK(field.value(visit, "address") == words("cellar"));
  CHECK(want(field.phone->find_row(visit))->state == RowState::kOffice);
}

TEST_CASE("phone and office: keep-both keeps both, also through a second edit that saw neither",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"notes", words("a")}});
  field.sync();
  field.commit(visit, Change::Kind::kEdit, {{"notes", words("a from the cellar")}});
  field.server.office_edit(visit, "notes", words("a from the desk"));
  field.sync();
  const std::string merged = field.value(visit, "notes").as_text();
  CHECK_THAT(merged, contains("cellar"));
  CHECK_THAT(merged, contains("desk"));
  CHECK(field.value(visit, "notes") == field.server.value(visit, "notes"));
}

TEST_CASE("phone and office: small pages gather and flip; digests agree; reassigned visits leave",
          "[session]") {
  Field field(1);
  std::vector<RecordRef> visits;
  for (int i = 0; i < 20; ++i) {
    visits.push_back(field.server.visit());
    field.server.office_create(
        visits.back(), {{"technician", words("zhang")}, {"notes", words(std::to_string(i))}});
  }
  field.sync();
  for (const auto& visit : visits) CHECK(want(field.phone->find_row(visit)));
  field.server.office_edit(visits[3], "technician", words("li"));
  for (int i = 4; i < 9; ++i)
    field.server.office_edit(visits[static_cast<std::size_t>(i)], "priority", count(i));
  field.sync();
  CHECK_FALSE(want(field.phone->find_row(visits[3])));
  CHECK(field.value(visits[8], "priority") == count(8));
  CHECK(want(field.phone->status()).complete_version == field.server.version());
}

TEST_CASE(
    "phone and office: own work on a visit that was given away is taken for review and then gone",
    "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"notes", words("a")}});
  field.sync();
  field.server.office_edit(visit, "technician", words("li"));
  const auto set = field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.sync();
  CHECK_FALSE(want(field.phone->find_row(visit)));
  CHECK(want(field.phone->receipts_of(set.set)).size() == 1);
  CHECK(want(field.phone->status()).pending == 0);
}

TEST_CASE("phone and office: created documents and facts come back as the office's own rows",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}});
  field.sync();
  const RecordRef event{"visit_event", field.phone->new_id()};
  CommitInput input;
  input.changes.push_back(
      {event, Change::Kind::kCreate, {{"visit", refer(visit.id)}, {"kind", words("arrived")}}});
  input.changes.push_back({visit, Change::Kind::kEdit, {{"meter", count(7)}}});
  const auto set = want(field.phone->commit(input));
  field.sync();
  CHECK(want(field.phone->find_row(event))->state == RowState::kOffice);
  CHECK(want(field.phone->find_row(event))->version ==
        want(field.phone->receipts_of(set.set))[0].commit);
  CHECK(field.server.value(visit, "meter") == count(7));
  CHECK(want(field.phone->find_row(visit))->foreign < want(field.phone->find_row(visit))->version);
}

TEST_CASE("phone and office: plainly accepted work is named and not sent back", "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"notes", words("a")}});
  field.sync();
  const auto mine = field.server.visit();
  std::vector<SetId> sets;
  sets.push_back(field
                     .commit(mine, Change::Kind::kCreate,
                             {{"technician", words("zhang")}, {"meter", count(1)}})
                     .set);
  sets.push_back(field.commit(mine, Change::Kind::kEdit, {{"cause", words("cable")}}).set);
  sets.push_back(field.commit(visit, Change::Kind::kEdit, {{"cause", words("plug")}}).set);
  field.phone->sync_now();
  field.exchange();
  CHECK(field.asked.takes_own_run);
  REQUIRE(field.told.page->own);
  CHECK(field.told.page->own->records == 2);
  CHECK(field.told.page->entries.empty());
  CHECK(field.told.page->receipts.empty());
  // As if it had been sent: the same rows, versions and receipts, and digests agree.
  CHECK(field.value(mine, "cause") == words("cable"));
  CHECK(field.value(mine, "meter") == count(1));
  for (const auto& record : {mine, visit}) {
    const auto row = want(field.phone->find_row(record));
    CHECK(row->state == RowState::kOffice);
    CHECK(row->version == want(field.server.store.find_record(record))->version);
    CHECK(row->values == want(field.server.store.find_record(record))->values());
  }
  for (const auto& set : sets) {
    const auto receipts = want(field.phone->receipts_of(set));
    REQUIRE(receipts.size() == 1);
    CHECK(receipts[0].verdict == Verdict::kAccepted);
  }
  CHECK(want(field.phone->status()).stored == 0);
  field.sync();
  CHECK(field.told.page->complete);
  CHECK_FALSE(field.told.page->digests.empty());
}

TEST_CASE("phone and office: what somebody else touched too is sent back whole", "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"notes", words("a")}});
  field.sync();
  // The office wrote another field meanwhile: its row is more than the phone can make.
  field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.server.office_edit(visit, "priority", count(2));
  field.phone->sync_now();
  field.exchange();
  REQUIRE(field.told.page->own);
  CHECK(field.value(visit, "priority") == words("(absent)"));
  CHECK(field.phone->idle_ms() == 0);  // asked again at once
  field.exchange();
  CHECK_FALSE(field.told.page->own);
  CHECK(field.value(visit, "priority") == count(2));
  CHECK(field.value(visit, "cause") == words("cable"));
  // A merged set is told with its outcome.
  const auto set = field.commit(visit, Change::Kind::kEdit, {{"notes", words("phone")}});
  field.server.office_edit(visit, "notes", words("office"));
  field.phone->sync_now();
  field.exchange();
  CHECK_FALSE(field.told.page->own);
  REQUIRE(field.told.page->receipts.size() == 1);
  CHECK(want(field.phone->receipts_of(set.set)).size() == 1);
}

TEST_CASE("phone and office: what is parked or merged is a hole in the work that is named",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  const auto other = field.server.visit();
  for (const auto& record : {visit, other})
    field.server.office_create(record, {{"technician", words("zhang")}, {"notes", words("a")}});
  field.sync();
  const auto mine = field.server.visit();
  const auto first = field.commit(mine, Change::Kind::kCreate, {{"technician", words("zhang")}});
  // Refers to what the office does not know, and the next one builds upon it.
  const RecordRef event{"visit_event", field.phone->new_id()};
  CommitInput both;
  both.changes.push_back({event,
                          Change::Kind::kCreate,
                          {{"visit", refer(field.phone->new_id())}, {"kind", words("arrived")}}});
  both.changes.push_back({mine, Change::Kind::kEdit, {{"meter", count(7)}}});
  const auto astray = want(field.phone->commit(both));
  const auto waits = field.commit(mine, Change::Kind::kEdit, {{"meter", count(9)}});
  // Merged, and a plain one over it.
  const auto merged = field.commit(visit, Change::Kind::kEdit, {{"notes", words("phone")}});
  field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.server.office_edit(visit, "notes", words("office"));
  field.commit(other, Change::Kind::kEdit, {{"cause", words("plug")}});
  field.phone->sync_now();
  field.exchange();
  const auto& page = *field.told.page;
  REQUIRE(page.own);
  CHECK(page.own->records == 2);
  REQUIRE(page.entries.size() == 1);
  CHECK(page.entries[0].record == visit);
  CHECK(page.receipts.size() == 3);
  CHECK(field.phone->idle_ms() > 0);  // nothing to ask again for
  for (const auto& set : {astray, waits})
    CHECK(want(field.phone->receipts_of(set.set)).at(0).verdict == Verdict::kParked);
  CHECK(want(field.phone->receipts_of(first.set)).at(0).verdict == Verdict::kAccepted);
  CHECK(want(field.phone->receipts_of(merged.set)).size() == 1);
  // The office's rows everywhere; a parked set still lies over its own.
  for (const auto& record : {visit, other}) {
    CHECK(want(field.phone->find_row(record))->state == RowState::kOffice);
    CHECK(want(field.phone->find_row(record))->values ==
          want(field.server.store.find_record(record))->values());
  }
  CHECK(want(field.phone->find_row(mine))->state == RowState::kParked);
  CHECK(field.value(mine, "meter") == count(9));
  CHECK(want(field.phone->find_row(mine))->version ==
        want(field.server.store.find_record(mine))->version);
  CHECK(want(field.phone->find_row(event))->state == RowState::kParked);
  field.sync();
  CHECK(field.told.page->complete);
  CHECK_FALSE(field.told.page->digests.empty());
}

TEST_CASE("phone and office: an own run that does not sum up is not believed", "[session]") {
  for (int wrong = 0; wrong < 4; ++wrong) {
    Field field;
    const auto visit = field.server.visit();
    field.server.office_create(visit, {{"technician", words("zhang")}});
    field.sync();
    const auto set = field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
    field.change_reply = [&](wire::SyncReply& reply) {
      auto& own = *reply.page->own;
      if (wrong == 0) own.digest.raw[5] ^= 1;
      if (wrong == 1) own.records += 1;
      if (wrong == 2) own.first_seq = own.last_seq += 7;
      if (wrong == 3) own.incarnation.raw[0] ^= 1;
    };
    field.phone->sync_now();
    field.exchange();
    CAPTURE(wrong);
    CHECK(want(field.phone->receipts_of(set.set)).empty());
    CHECK(want(field.phone->find_row(visit))->state == RowState::kPending);
    field.change_reply = nullptr;
    field.sync();
    CHECK(want(field.phone->receipts_of(set.set)).size() == 1);
    CHECK(want(field.phone->find_row(visit))->state == RowState::kOffice);
  }
}

TEST_CASE("phone and office: a page that is called out is as good as one that was asked for",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"address", words("cellar")}});
  field.sync();
  field.server.office_edit(visit, "address", words("attic"));
  CHECK(want(field.phone->on_live_page(field.call())));
  CHECK(field.value(visit, "address") == words("attic"));
  CHECK(want(field.phone->status()).complete_version == field.server.version());
  CHECK(field.phone->idle_ms() > 0);
  field.server.office_edit(visit, "address", words("roof"));
  CHECK(want(field.phone->on_live_page(field.call())));
  CHECK(field.value(visit, "address") == words("roof"));
  // What it says of itself next is what the office takes it for; digests agree.
  field.sync();
  CHECK(field.told.page->entries.empty());
}

TEST_CASE("phone and office: a page that was missed, or comes twice, makes the phone ask",
          "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"address", words("cellar")}});
  field.sync();
  const auto other = field.server.visit();
  field.server.office_create(other, {{"technician", words("zhang")}});
  field.sync();
  field.server.office_edit(visit, "address", words("attic"));
  const Bytes missed = field.call();
  // Of another record, so that only the standing can tell.
  field.server.office_edit(other, "priority", count(2));
  const Bytes later = field.call();
  REQUIRE_FALSE(later.empty());
  CHECK_FALSE(want(field.phone->on_live_page(later)));
  CHECK(field.value(visit, "address") == words("cellar"));
  CHECK(field.value(other, "priority") != count(2));
  CHECK(field.phone->idle_ms() == 0);
  field.sync();
  CHECK(field.value(visit, "address") == words("attic"));
  CHECK(field.value(other, "priority") == count(2));
  CHECK_FALSE(want(field.phone->on_live_page(missed)));
  CHECK(want(field.phone->status()).complete_version == field.server.version());
}

TEST_CASE("phone and office: a called row that does not sum up is not shown", "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"address", words("cellar")}});
  field.sync();
  field.server.office_edit(visit, "address", words("attic"));
  auto live = want(wire::decode_live_page(field.call()));
  REQUIRE(live.patches.size() == 1);
  live.patches[0].check ^= 1;
  CHECK_FALSE(want(field.phone->on_live_page(wire::encode(live))));
  CHECK(field.value(visit, "address") == words("cellar"));
  field.sync();
  CHECK(field.value(visit, "address") == words("attic"));
}

TEST_CASE("phone and office: while a question is out, a page is only a bell", "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"address", words("cellar")}});
  field.sync();
  field.phone->sync_now();
  const auto outgoing = want(field.phone->next_request());
  const auto request = want(wire::decode_sync_request(outgoing->message));
  // The office answers, and only then something happens: the page would be overtaken.
  const auto answer = field.server.within([&] { return want(field.server.core->sync(request)); });
  field.server.office_edit(visit, "address", words("attic"));
  CHECK_FALSE(want(field.phone->on_live_page(field.call())));
  want(field.phone->on_reply(wire::pack(wire::encode(answer))));
  CHECK(field.value(visit, "address") == words("cellar"));
  CHECK(field.phone->idle_ms() == 0);
  field.sync();
  CHECK(field.value(visit, "address") == words("attic"));
}

TEST_CASE("phone and office: own work lies on a called page as on any other", "[session]") {
  Field field;
  const auto visit = field.server.visit();
  field.server.office_create(visit, {{"technician", words("zhang")}, {"notes", words("a")}});
  field.sync();
  field.commit(visit, Change::Kind::kEdit, {{"cause", words("cable")}});
  field.server.office_edit(visit, "priority", count(2));
  CHECK(want(field.phone->on_live_page(field.call())));
  CHECK(field.value(visit, "priority") == count(2));
  CHECK(field.value(visit, "cause") == words("cable"));
  CHECK(want(field.phone->status()).pending == 1);
  field.sync();
  CHECK(field.server.value(visit, "cause") == words("cable"));
}

TEST_CASE("phone and office: what is no live page changes nothing", "[session]") {
  Field field;
  field.sync();
  const Version before = want(field.phone->status()).complete_version;
  CHECK_FALSE(field.phone->on_live_page(view_of("page")).ok());
  CHECK(want(field.phone->status()).complete_version == before);
  CHECK(field.phone->idle_ms() == 0);
}

TEST_CASE("phone and office: own rows are laid while the next batch is on its way", "[session]") {
  Field field = Field::sending_one_by_one();
  field.sync();
  std::vector<RecordRef> visits;
  for (int i = 0; i < 3; ++i) {
    visits.push_back({"visit", field.phone->new_id()});
    field.commit(visits.back(), Change::Kind::kCreate, {{"technician", words("zhang")}});
  }
  const auto is_office = [&](std::size_t i) {
    return want(field.phone->find_row(visits[i]))->state == RowState::kOffice;
  };
  field.phone->sync_now();
  field.exchange();
  CHECK(field.told.page->own);
  CHECK_FALSE(is_office(0));
  CHECK_FALSE(field.phone->has_time_to_finish());
  CHECK(want(field.phone->status()).pending == 2);
  const auto outgoing = want(field.phone->next_request());
  const auto request = want(wire::decode_sync_request(outgoing->message));
  CHECK(request.cursor == field.told.page->head);
  CHECK(request.positions == field.told.page->positions);
  REQUIRE(field.phone->has_time_to_finish());
  want(field.phone->finish_reply());
  CHECK(is_office(0));
  CHECK_FALSE(field.phone->has_time_to_finish());
  const auto answer = field.server.within([&] { return want(field.server.core->sync(request)); });
  want(field.phone->on_reply(wire::pack(wire::encode(answer))));
  // Nobody used the free moment: it is done with the next answer.
  field.exchange();
  CHECK(is_office(1));
  CHECK(is_office(2));
  CHECK(want(field.phone->status()).complete_version == field.server.version());
}

TEST_CASE("phone and office: own rows that do not sum up take nothing of the next answer with them",
          "[session]") {
  Field field = Field::sending_one_by_one();
  field.sync();
  std::vector<RecordRef> visits;
  for (int i = 0; i < 3; ++i) {
    visits.push_back({"visit", field.phone->new_id()});
    field.commit(visits.back(), Change::Kind::kCreate, {{"technician", words("zhang")}});
  }
  field.phone->sync_now();
  field.change_reply = [&](wire::SyncReply& reply) { reply.page->own->digest.raw[0] ^= 1; };
  field.exchange();
  field.change_reply = nullptr;
  const Version before = want(field.phone->status()).complete_version;
  field.exchange();
  // The office takes the phone to stand where it does not.
  CHECK(field.asked.cursor->version > before);
  CHECK(want(field.phone->status()).complete_version == before);
  CHECK(want(field.phone->status()).pending == 1);
  field.sync();
  for (const auto& visit : visits)
    CHECK(want(field.phone->find_row(visit))->state == RowState::kOffice);
  CHECK(want(field.phone->status()).stored == 0);
  CHECK(want(field.phone->status()).complete_version == field.server.version());
}

TEST_CASE("phone and office: a restart forgets what was left for later, and asks for it again",
          "[session]") {
  Field field = Field::sending_one_by_one();
  field.sync();
  std::vector<RecordRef> visits;
  for (int i = 0; i < 2; ++i) {
    visits.push_back({"visit", field.phone->new_id()});
    field.commit(visits.back(), Change::Kind::kCreate, {{"technician", words("zhang")}});
  }
  field.phone->sync_now();
  field.exchange();
  REQUIRE(field.told.page->own);
  const auto lost = want(field.phone->next_request());
  REQUIRE(lost);
  field.phone->on_failure(failure(Errc::kCut));
  want(field.phone->enrol(*field.phone->enrolment()));  // starts the session anew
  field.sync();
  for (const auto& visit : visits)
    CHECK(want(field.phone->find_row(visit))->state == RowState::kOffice);
}
