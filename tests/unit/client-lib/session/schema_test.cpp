// SPDX-License-Identifier: Apache-2.0
// A new schema with data in place.
#include "tests/support/phone_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

void serve_schema(Phone& phone, ScriptedOffice& office, const std::string& json) {
  phone.core->sync_now();
  auto reply = office.reply_to(phone.ask());
  reply.schema = json;
  phone.hear(reply);
}

}  // namespace

TEST_CASE(
    "schema: a new version reaches tables that hold rows, and waiting values move into their "
    "columns",
    "[session]") {
  TemporaryPhoneFolder folder;
  Phone phone(folder.file("phone.db"));
  ScriptedOffice office;
  const auto visit = phone.visit();
  const RecordRef part{"part", phone.core->new_id()};
  auto page = office.page(3);
  page.entries.push_back(
      office.entry(visit, 3, {{"notes", words("a")}, {"floor", count(4)}, {"hue", words("red")}}));
  page.entries.push_back(office.entry(part, 3, {{"name", words("remote")}}, {0}));
  office.queue(page);
  office.sync(phone);
  phone.edit(visit, "notes", words("mine"));
  serve_schema(phone, office, kPhoneSchemaLater);
  CHECK(phone.core->schema()->version == 2);
  CHECK(phone.value(visit, "floor") == count(4));
  CHECK(phone.value(visit, "hue") == words("red"));
  CHECK(phone.value(part, "name") == words("remote"));
  CHECK(phone.state(visit) == "pending");
  phone.restart();
  CHECK(phone.core->schema()->version == 2);
  CHECK(phone.value(visit, "floor") == count(4));
  CHECK(phone.body_of(phone.edit(visit, "notes", words("again"))).schema_version == 2);
  bool told = false;
  for (const auto& event : phone.core->take_events())
    told = told || event.kind == ClientEvent::Kind::kRecords;
  CHECK(told);
}

TEST_CASE("schema: rules that cannot be read are refused and work goes on under the old ones",
          "[session]") {
  Phone phone;
  ScriptedOffice office;
  serve_schema(phone, office, "{\"daybook_schema\": 99}");
  CHECK(phone.core->schema()->version == 1);
  CHECK_FALSE(phone.status().last_error);
  phone.create(phone.visit(), {{"notes", words("a")}});
  office.sync(phone);
  CHECK(phone.status().pending == 0);
}

TEST_CASE("schema: a phone that was enrolled without one gets it with the first sync",
          "[session]") {
  ManualClock clock;
  SeededRng rng(1);
  NoTrace trace;
  auto core = want(ClientCore::open(want(open_sqlite_local_store({})), clock, rng, trace, {}));
  Enrolment enrolment;
  enrolment.device = phone_device();
  enrolment.actor = "zhang";
  enrolment.key_seed = Bytes(32, 5);
  want(core->enrol(enrolment));
  CommitInput input;
  input.changes.push_back(
      {{"visit", core->new_id()}, Change::Kind::kCreate, {{"notes", words("a")}}});
  CHECK(core->commit(input).error().code == Errc::kNotFound);
}
