// SPDX-License-Identifier: Apache-2.0
// What daybook_commit() accepts, and what it refuses by the name of the field.
#include <fstream>

#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {
namespace {

std::string change(const std::string& collection, const std::string& rest) {
  return R"({"changes":[{"collection":")" + collection + R"(",)" + rest + "}]}";
}

std::string deep(int levels) {
  std::string text = R"({"changes":)";
  for (int i = 0; i < levels; ++i) text += "[";
  for (int i = 0; i < levels; ++i) text += "]";
  return text + "}";
}

struct Refusal {
  std::string json;
  std::int32_t code;
  std::string field;
};

}  // namespace

TEST_CASE("abi: commit refuses by the name of the field", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const std::string id = new_visit(phone);
  const std::string edit = R"("id":")" + id + R"(","set":)";
  const Refusal refusals[] = {
      {"", DAYBOOK_INVALID, "commit"},
      {"{", DAYBOOK_INVALID, "commit"},
      {"[]", DAYBOOK_WRONG_TYPE, "commit"},
      {"{} {}", DAYBOOK_INVALID, "commit"},
      {R"({"changes":[],"change":[]})", DAYBOOK_INVALID, "change"},
      {R"({"changes":[],"changes":[]})", DAYBOOK_INVALID, "changes"},
      {R"({"changes":{}})", DAYBOOK_WRONG_TYPE, "changes"},
      {R"({"actor":"li.wei"})", DAYBOOK_INVALID, "changes"},
      {R"({"actor":17,"changes":[]})", DAYBOOK_WRONG_TYPE, "actor"},
      {R"({"changes":[17]})", DAYBOOK_WRONG_TYPE, "changes[0]"},
      {change("visits", R"("create":{})"), DAYBOOK_UNKNOWN_COLLECTION, "changes[0].collection"},
      {change("visit", R"("create":{},"set":{})"), DAYBOOK_INVALID, "changes[0]"},
      {change("visit", R"("set":{"meter":1})"), DAYBOOK_INVALID, "changes[0].id"},
      {change("visit", R"("id":"7","set":{"meter":1})"), DAYBOOK_INVALID, "changes[0].id"},
      {change("visit", edit + "{}"), DAYBOOK_INVALID, "changes[0].set"},
      {change("visit", edit + R"({"metre":1})"), DAYBOOK_UNKNOWN_FIELD, "changes[0].set.metre"},
      {change("visit", edit + R"({"meter":1.5})"), DAYBOOK_WRONG_TYPE, "changes[0].set.meter"},
      {change("visit", edit + R"({"meter":1.0})"), DAYBOOK_WRONG_TYPE, "changes[0].set.meter"},
      {change("visit", edit + R"({"meter":1e3})"), DAYBOOK_WRONG_TYPE, "changes[0].set.meter"},
      {change("visit", edit + R"({"meter":9223372036854775808})"), DAYBOOK_WRONG_TYPE,
       "changes[0].set.meter"},
      {change("visit", edit + R"({"meter":"1"})"), DAYBOOK_WRONG_TYPE, "changes[0].set.meter"},
      {change("visit", edit + R"({"meter":NaN})"), DAYBOOK_INVALID, "changes[0].set.meter"},
      {change("visit", edit + R"({"notes":1})"), DAYBOOK_WRONG_TYPE, "changes[0].set.notes"},
      {change("visit", edit + R"({"customer":"x"})"), DAYBOOK_WRONG_TYPE,
       "changes[0].set.customer"},
      {change("visit", edit + R"({"participants":["a",1]})"), DAYBOOK_WRONG_TYPE,
       "changes[0].set.participants[1]"},
      {change("visit", edit + R"({"meter":1,"meter":2})"), DAYBOOK_INVALID, "changes[0].set.meter"},
      {deep(15), DAYBOOK_WRONG_TYPE, "changes[0]"},
      {deep(16), DAYBOOK_TOO_LARGE, "changes[0][0][0][0][0][0][0][0][0][0][0][0][0][0][0]"},
  };
  for (const Refusal& refusal : refusals) {
    INFO(refusal.json);
    const Answer answer = commit(phone, refusal.json);
    CHECK(answer.code == refusal.code);
    CHECK(answer.field == refusal.field);
  }
  CHECK(Json::parse(phone.status()).at("pending") == 1);
}

TEST_CASE("abi: what the rules and limits refuse is refused before it is acknowledged", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const std::string id = new_visit(phone);
  const std::string edit = R"("id":")" + id + R"(","set":)";
  CHECK(commit(phone, R"({"changes":[]})").code != DAYBOOK_OK);
  CHECK(commit(phone, change("visit", R"("create":{"symptom":"no technician"})")).code !=
        DAYBOOK_OK);
  CHECK(commit(phone, change("visit", edit + R"({"result":"exploded"})")).code != DAYBOOK_OK);
  CHECK(commit(phone, change("visit", edit + R"({"meter":-1})")).code != DAYBOOK_OK);
  const std::string novel(70'000, 'x');
  const Answer long_text = commit(phone, change("visit", edit + R"({"notes":")" + novel + R"("})"));
  CHECK(long_text.code == DAYBOOK_TOO_LARGE);
  CHECK_THAT(long_text.field, contains("notes"));
  const std::string unknown = R"("id":"019b0000-0000-7000-8000-000000000001","set":{"meter":1})";
  CHECK(commit(phone, change("visit", unknown)).code == DAYBOOK_UNKNOWN_RECORD);
  CHECK(Json::parse(phone.status()).at("pending") == 1);
}

TEST_CASE("abi: one act writes several records, and all its ids come back in order", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const std::string visit = phone.new_id();
  const Json set = {
      {"changes",
       {{{"collection", "visit"},
         {"id", visit},
         {"create",
          {{"technician", "li.wei"}, {"participants", {"wang", "zhao"}}, {"unit_verified", true}}}},
        {{"collection", "part_swap"},
         {"create",
          {{"visit", visit},
           {"reason", "烧毁"},
           {"name", "电源板"},
           {"quantity", 1000},
           {"price", 8500}}}},
        {{"collection", "visit_event"},
         {"create", {{"visit", visit}, {"kind", "departed"}, {"at", 1790000000000}}}}}}};
  const Json result = Json::parse(phone.commit(set.dump()));
  CHECK(result.at("ids").size() == 3);
  CHECK(result.at("ids").at(0) == visit);
  CHECK(result.at("number") == 1);
  const Json row = Json::parse(phone.query_all(
      "select v.participants, v.unit_verified, p.name, p.price, v._state from visit v "
      "join part_swap p on p.visit = v.id where v.id = ?1",
      Json::array({visit}).dump()));
  CHECK(row.at("rows").dump() == R"([["[\"wang\",\"zhao\"]",1,"电源板",8500,"pending"]])");
}

TEST_CASE("abi: attachments are promised by path or by digest", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const std::string visit = new_visit(phone);
  const std::string file = store.folder() + "/photo.jpg";
  std::ofstream(file) << "picture";
  const Json record = {{"collection", "visit"}, {"id", visit}};
  const Json edit = {{"collection", "visit"}, {"id", visit}, {"set", {{"meter", 5}}}};
  const auto with = [&](const Json& attachment) {
    return Json{{"changes", Json::array({edit})}, {"attachments", Json::array({attachment})}}
        .dump();
  };
  const Json good = {
      {"path", file}, {"media_type", "image/jpeg"}, {"role", "evidence"}, {"record", record}};
  CHECK(commit(phone, with(good)).code == DAYBOOK_OK);
  CHECK(Json::parse(phone.status()).at("attachments") == 1);
  Json missing = good;
  missing["path"] = store.folder() + "/none.jpg";
  CHECK(commit(phone, with(missing)).code == DAYBOOK_NOT_FOUND);
  CHECK(commit(phone, with(missing)).field == "attachments[0].path");
  const Json nameless = {
      {"digest", std::string(64, 'a')}, {"role", "evidence"}, {"record", record}};
  CHECK(commit(phone, with(nameless)).field == "attachments[0].size");
  Json stray = good;
  stray["colour"] = "red";
  CHECK(commit(phone, with(stray)).field == "attachments[0].colour");
}

}  // namespace daybook::test
