// SPDX-License-Identifier: Apache-2.0
// JSON from strangers: what is read, what is refused, and by which name.
#include "sync-server/api/json_in.hpp"

#include "sync-server/api/json_out.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

Error refused(std::string_view text) {
  const auto read = read_json(text);
  REQUIRE_FALSE(read.ok());
  return read.error();
}

CollectionSchema all_types() {
  CollectionSchema collection;
  collection.name = "thing";
  const auto add = [&](const char* name, FieldType type, const char* references = "") {
    FieldSchema field;
    field.name = name;
    field.type = type;
    field.references = references;
    collection.fields.push_back(field);
  };
  add("flag", FieldType::kBool);
  add("count", FieldType::kInt);
  add("words", FieldType::kText);
  add("raw", FieldType::kBytes);
  add("digest", FieldType::kDigest);
  add("part", FieldType::kReference, "part");
  add("at", FieldType::kTime);
  add("names", FieldType::kTextList);
  add("parts", FieldType::kReferenceList, "part");
  add("drawn", FieldType::kStrokes);
  return collection;
}

}  // namespace

TEST_CASE("api: sixteen levels of JSON are read and seventeen are not") {
  const auto nested = [](int depth) {
    std::string text = "{\"a\":";
    for (int i = 1; i < depth; ++i) text += "[";
    for (int i = 1; i < depth; ++i) text += "]";
    return text + "}";
  };
  CHECK(read_json(nested(16)).ok());
  CHECK(refused(nested(17)).code == Errc::kTooLarge);
  CHECK(refused(nested(100'000)).code == Errc::kTooLarge);
  // Brackets in a text are no depth.
  CHECK(read_json("{\"a\":\"" + std::string(100, '[') + "\\\"[\"}").ok());
}

TEST_CASE("api: a key that is given twice is refused by name") {
  CHECK(refused(R"({"set":{"notes":"a","notes":"b"}})").field == "set.notes");
  CHECK(refused(R"({"a":1,"a":1})").field == "a");
}

TEST_CASE("api: a number with a fraction, an exponent or more than 63 bits is refused by name") {
  CHECK(refused(R"({"set":{"meter":1.5}})").field == "set.meter");
  CHECK(refused(R"({"set":{"meter":1e3}})").field == "set.meter");
  CHECK(refused(R"({"seen":9223372036854775808})").field == "seen");
  CHECK(refused(R"({"list":[1,2,3.25]})").field == "list[2]");
  CHECK(read_json(R"({"seen":9223372036854775807,"low":-9223372036854775808})").ok());
}

TEST_CASE("api: what is not an object of JSON is refused with its place") {
  CHECK(refused("[1]").field == "body");
  CHECK(refused("{\"a\":}").field == "body");
  CHECK(refused("{\"a\":1} x").field == "body");
  CHECK(refused("{\"a\":\"\xff\"}").field == "body");
  CHECK(read_json(" \n").value().empty());
}

TEST_CASE("api: an object with too many members is refused before it costs anything") {
  std::string text = "{";
  for (int i = 0; i < 2000; ++i) text += "\"k" + std::to_string(i) + "\":1,";
  text += "\"end\":1}";
  CHECK(refused(text).detail == "more than 1024 members");
}

TEST_CASE("api: every type of field comes in and goes out as the same JSON") {
  const auto collection = all_types();
  const std::string id = "0190a5f2-7c1e-7abc-8def-001122334455";
  const Json json = {{"flag", true},
                     {"count", -7},
                     {"words", "现场 <b>"},
                     {"raw", "0a0b"},
                     {"digest", std::string(64, 'a')},
                     {"part", id},
                     {"at", 1790000000000},
                     {"names", {"a", "b"}},
                     {"parts", {id}},
                     {"drawn", Json::parse("[[[40,120,0,466],[-42,118,9,581]],[[60,121,300,0]]]")}};
  const auto fields = fields_from(collection, json);
  REQUIRE(fields.ok());
  for (const auto& [name, value] : *fields)
    CHECK(json_of(collection.find(name), value) == json[name]);
}

TEST_CASE("api: a value of the wrong type names its field") {
  const auto collection = all_types();
  const auto field_of = [&](const Json& json) {
    const auto fields = fields_from(collection, json);
    return fields.ok() ? std::string("accepted") : fields.error().field;
  };
  CHECK(field_of({{"flag", 1}}) == "set.flag");
  CHECK(field_of({{"count", "7"}}) == "set.count");
  CHECK(field_of({{"count", true}}) == "set.count");
  CHECK(field_of({{"words", 7}}) == "set.words");
  CHECK(field_of({{"raw", "xyz"}}) == "set.raw");
  CHECK(field_of({{"digest", "aa"}}) == "set.digest");
  CHECK(field_of({{"part", "not an id"}}) == "set.part");
  CHECK(field_of({{"names", "one"}}) == "set.names");
  CHECK(field_of({{"names", {"a", 2}}}) == "set.names[1]");
  for (const char* drawn :
       {"1", "[1]", "[[1]]", "[[[1,2,3]]]", "[[[1,2,3,\"4\"]]]", "[[]]", "[[[1,2,3,1024]]]",
        "[[[1,2,3,-1]]]", "[[[4294967296,2,3,4]]]", "[[[1,2,3,4],[1,2,2,4]]]"}) {
    INFO(drawn);
    CHECK(field_of({{"drawn", Json::parse(drawn)}}) == "set.drawn");
  }
  CHECK(field_of({{"parts", {nullptr}}}) == "set.parts[0]");
  CHECK(field_of({{"unheard_of", 1}}) == "set.unheard_of");
  CHECK(field_of({{"words", nullptr}}) == "accepted");
}

TEST_CASE("api: a request with a member nobody asked for is refused by its name") {
  const Json json = {{"reason", "x"}, {"raeson", "y"}};
  const auto allowed = JsonObject(json).allow_only({"reason"});
  REQUIRE_FALSE(allowed.ok());
  CHECK(allowed.error().field == "raeson");
}
