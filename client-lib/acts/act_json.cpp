// SPDX-License-Identifier: Apache-2.0
#include "client-lib/acts/act_json.hpp"

#include "client-lib/abi/json/value_json.hpp"
#include "core/base/hex.hpp"

namespace daybook {
namespace {

using abi::JsonValue;
using abi::JsonWriter;
using abi::place_in;
using Kind = JsonValue::Kind;

Error wrong_kind(const std::string& place, Kind wanted, Kind found) {
  return failure(Errc::kWrongType, place,
                 "expected " + std::string(abi::name_of(wanted)) + ", not " +
                     std::string(abi::name_of(found)));
}

Result<Fields> read_arguments(const JsonValue& json, const ActSchema& act) {
  if (!json.is(Kind::kObject)) return wrong_kind("arguments", Kind::kObject, json.kind);
  Fields arguments;
  for (const auto& [name, given] : json.members) {
    const std::string place = place_in("arguments", name);
    const FieldSchema* const argument = act.find_argument(name);
    if (argument == nullptr)
      return failure(Errc::kUnknownField, place, "not an argument of " + act.name);
    // Null is "not given": every expression sees it as null either way.
    if (given.is(Kind::kNull)) continue;
    DAYBOOK_ASSIGN(auto value, abi::read_value(given, argument->type, place));
    arguments.set(name, std::move(value));
  }
  return arguments;
}

void write_sayings(JsonWriter& out, std::string_view key, const std::vector<ActSaying>& sayings) {
  out.key(key).begin_array();
  for (const ActSaying& saying : sayings)
    out.begin_object().key("zh").text(saying.zh).key("en").text(saying.en).end_object();
  out.end_array();
}

}  // namespace

Result<ActCall> read_act_call(std::string_view json, const ActSchema& act) {
  ActCall call;
  if (json.empty()) return call;
  DAYBOOK_ASSIGN(const JsonValue root, abi::read_json(json, "act"));
  if (!root.is(Kind::kObject)) return wrong_kind("act", Kind::kObject, root.kind);
  for (const auto& [name, given] : root.members) {
    if (name == "about") {
      if (given.is(Kind::kNull)) continue;
      const auto id = given.is(Kind::kText) ? uuid_from(given.text) : std::nullopt;
      if (!id || id->is_zero()) return failure(Errc::kInvalid, name, "expected an id, 8-4-4-4-12");
      call.about = *id;
    } else if (name == "arguments") {
      DAYBOOK_ASSIGN(call.arguments, read_arguments(given, act));
    } else if (name == "despite_warnings") {
      if (!given.is(Kind::kBool)) return wrong_kind(name, Kind::kBool, given.kind);
      call.despite_warnings = given.boolean;
    } else {
      return failure(Errc::kInvalid, name, "not a member of this object");
    }
  }
  return call;
}

std::string weighed_answer(const ActEffect& effect) {
  JsonWriter out;
  out.begin_object();
  write_sayings(out, "missing", effect.missing);
  write_sayings(out, "warnings", effect.warnings);
  out.end_object();
  return out.take();
}

std::string done_answer(const CommitResult& result, const ActEffect& effect) {
  JsonWriter out;
  out.begin_object().key("set").text(to_string(result.set)).key("number").count(result.number);
  out.key("records").begin_object();
  for (const ActRecord& created : effect.created)
    out.key(created.as).text(to_string(created.record.id));
  out.end_object();
  write_sayings(out, "warnings", effect.warnings);
  out.end_object();
  return out.take();
}

}  // namespace daybook
