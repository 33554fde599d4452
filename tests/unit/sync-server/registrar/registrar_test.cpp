// SPDX-License-Identifier: Apache-2.0
// What customers signed is anchored at first contact with its hash, once, and forms are numbered in
// the order in which they came, without gaps.
#include "sync-server/registrar/registrar.hpp"

#include "core/base/hex.hpp"
#include "core/domain/catalog.hpp"
#include "core/domain/signature/sealed_form.hpp"
#include "core/domain/signature/statement.hpp"
#include "tests/support/server_world.hpp"

using namespace daybook;
using namespace daybook::test;

namespace {

std::unique_ptr<Signer> key() { return must(ed25519_signer(Bytes(kKeySecretSize, 3))); }

// Headquarters under the built-in rules, with a registrar at the end of every group.
struct World : ServerWorld {
  World() : ServerWorld(must(load_after_sales())), registrar(key()) {
    core->set_group_end(&registrar);
  }
  // Through run_group(), as daybookd does it.
  Receipt act(const std::vector<OfficeEdit>& edits) {
    Receipt receipt;
    run_group(*core, {{[&](ServerCore&) -> Result<AfterCommit> {
                         DAYBOOK_ASSIGN(receipt, office->act("li", edits));
                         return AfterCommit([] {});
                       },
                       [](const Error& why) { FAIL(to_string(why)); }}});
    return receipt;
  }
  RecordRef add_visit(const std::string& technician = "li") {
    const RecordRef record = visit();
    act({{record, true, {{"technician", text(technician)}}, 0}});
    return record;
  }
  std::string number_of(const RecordRef& record) {
    const auto state = must(store.find_record(record));
    const auto found = state->fields.find("form_no");
    return found == state->fields.end() ? "" : found->second.value.as_text();
  }
  std::optional<RecordState> anchor(const Digest& hash) {
    return must(store.find_record({"anchor", anchor_id_of(hash)}));
  }

  Registrar registrar;
};

FormParts paper(const Uuid& visit, std::uint64_t version = 1) {
  SealedForm form;
  form.paper = "form";
  form.id.raw.fill(static_cast<std::uint8_t>(version));
  form.subject = visit;
  form.version = version;
  form.rules = "after_sales";
  return must(encode_form(form));
}

OfficeEdit form_of(World& world, const Uuid& visit, const FormParts& parts, const Digest& hash) {
  return {{"form", world.rng.draw<Uuid>()},
          true,
          {{"visit", id_value(visit)},
           {"form_version", number(1)},
           {"content_hash", Value::bytes(copy_of(hash.view()))},
           {"content", Value::bytes(parts.content)},
           {"manifest", Value::bytes(parts.manifest)},
           {"included_upto", Value::bytes(parts.included_upto)},
           {"covered", Value::list({})},
           {"sealed_at", number(1)}},
          0};
}

OfficeEdit signature_of(World& world, const Uuid& visit, const Digest& hash) {
  Statement statement;
  statement.add("content_hash", to_hex(hash.view()));
  const std::string said = to_text(statement);
  const auto signer = must(ed25519_signer(Bytes(kKeySecretSize, 8)));
  return {{"signature", world.rng.draw<Uuid>()},
          true,
          {{"visit", id_value(visit)},
           {"paper", text("form")},
           {"signer", text("Wang")},
           {"signed_at", number(1)},
           {"content_hash", Value::bytes(copy_of(hash.view()))},
           {"statement", Value::bytes(copy_of(view_of(said)))},
           {"device_key", Value::bytes(encode(signer->public_key()))},
           {"device_signature", Value::bytes(encode(must(signer->sign(view_of(said)))))}},
          0};
}

std::string statement_in(const RecordState& anchor) {
  return std::string(text_of(anchor.fields.find("statement")->second.value.as_bytes()));
}

}  // namespace

TEST_CASE("registrar: a sealed form is anchored and numbered in the group that brings it",
          "[registrar]") {
  World world;
  const RecordRef visit = world.add_visit();
  const FormParts parts = paper(visit.id);
  const Digest hash = content_hash(parts);
  world.act({form_of(world, visit.id, parts, hash)});
  const auto anchor = world.anchor(hash);
  REQUIRE(anchor.has_value());
  const std::string said = statement_in(*anchor);
  const auto statement = must(read_statement(said, kAnchorStatement));
  CHECK(statement.find("content_hash") == to_hex(hash.view()));
  CHECK(statement.find("received_at_ms") == std::to_string(world.clock.wall_ms()));
  CHECK(statement.find("form_no") == world.number_of(visit));
  const auto mark =
      must(decode_signature(anchor->fields.find("server_signature")->second.value.as_bytes()));
  CHECK(verify(key()->public_key(), view_of(said), mark).ok());
  CHECK(world.number_of(visit).substr(4) == "-000001");
}

TEST_CASE("registrar: the hash is anchored when a signature names it, the content comes later",
          "[registrar]") {
  World world;
  const RecordRef visit = world.add_visit();
  const FormParts parts = paper(visit.id);
  const Digest hash = content_hash(parts);
  const std::int64_t first = world.clock.wall_ms();
  world.act({signature_of(world, visit.id, hash)});
  CHECK(world.number_of(visit).empty());
  world.clock.advance(std::int64_t{3} * 24 * 3600 * 1000);
  world.act({form_of(world, visit.id, parts, hash)});
  const auto anchor = world.anchor(hash);
  REQUIRE(anchor.has_value());
  const auto statement = must(read_statement(statement_in(*anchor), kAnchorStatement));
  CHECK(statement.find("received_at_ms") == std::to_string(first));
  CHECK(!world.number_of(visit).empty());
}

TEST_CASE("registrar: numbers follow the order of reception, by branch, without gaps",
          "[registrar]") {
  World world;
  const RecordRef branch{"organisation", world.rng.draw<Uuid>()};
  world.act({{branch, true, {{"code", text("XA")}, {"name", text("西安")}}, 0}});
  world.act({{{"person", world.rng.draw<Uuid>()},
              true,
              {{"login", text("zhao")}, {"name", text("Zhao")}, {"outlet", id_value(branch.id)}},
              0}});
  std::vector<std::string> plain, ours;
  for (int i = 0; i < 3; ++i) {
    for (const auto& [person, numbers] : {std::pair("li", &plain), std::pair("zhao", &ours)}) {
      const RecordRef visit = world.add_visit(person);
      const FormParts parts = paper(visit.id);
      // One in between that says a hash which is not its own: it gets neither receipt nor number.
      const RecordRef other = world.add_visit(person);
      world.act({form_of(world, other.id, parts, Digest{})});
      CHECK(world.number_of(other).empty());
      world.act({form_of(world, visit.id, parts, content_hash(parts))});
      numbers->push_back(world.number_of(visit));
    }
  }
  CHECK(!world.anchor(Digest{}).has_value());
  const std::string year = plain[0].substr(0, 4);
  CHECK(plain == std::vector<std::string>{year + "-000001", year + "-000002", year + "-000003"});
  CHECK(ours == std::vector<std::string>{"XA-" + year + "-000001", "XA-" + year + "-000002",
                                         "XA-" + year + "-000003"});
}

TEST_CASE("registrar: an amendment keeps the number, and has a receipt of its own", "[registrar]") {
  World world;
  const RecordRef visit = world.add_visit();
  const FormParts one = paper(visit.id, 1), two = paper(visit.id, 2);
  world.act({form_of(world, visit.id, one, content_hash(one))});
  const std::string number_given = world.number_of(visit);
  world.act({form_of(world, visit.id, two, content_hash(two))});
  CHECK(world.number_of(visit) == number_given);
  CHECK(world.anchor(content_hash(one)).has_value());
  CHECK(world.anchor(content_hash(two)).has_value());
}

TEST_CASE("registrar: a book from before there was one is read from its beginning, once",
          "[registrar]") {
  World world;
  world.core->set_group_end(nullptr);
  const RecordRef visit = world.add_visit();
  const FormParts parts = paper(visit.id);
  const std::int64_t received = world.clock.wall_ms();
  world.act({form_of(world, visit.id, parts, content_hash(parts))});
  world.clock.advance(3600 * 1000);
  world.core->set_group_end(&world.registrar);
  const auto nothing = [&] {
    run_group(*world.core, {{[](ServerCore&) -> Result<AfterCommit> { return AfterCommit([] {}); },
                             [](const Error& why) { FAIL(to_string(why)); }}});
  };
  nothing();
  const auto anchor = world.anchor(content_hash(parts));
  REQUIRE(anchor.has_value());
  const auto statement = must(read_statement(statement_in(*anchor), kAnchorStatement));
  CHECK(statement.find("received_at_ms") == std::to_string(received));
  const Version after = world.version();
  nothing();
  Registrar another(key());
  world.core->set_group_end(&another);
  nothing();
  CHECK(world.version() == after);
  CHECK(!another.is_behind());
}
