// SPDX-License-Identifier: Apache-2.0
// See load.hpp.
#include "tests/bench/peers/load.hpp"

#include <cmath>
#include <utility>

namespace daybook::bench {

namespace {

using nlohmann::json;

constexpr std::size_t kLineBytesMax = 65536;
constexpr std::size_t kOpsMax = 16;

bool find_text(const json& object, const char* name, std::string& text, std::string& why) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) {
    why = std::string(name) + ": not a text";
    return false;
  }
  text = found->get<std::string>();
  return true;
}

bool find_number(const json& object, const char* name, std::int64_t& number, std::string& why) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) {
    why = std::string(name) + ": not a whole number";
    return false;
  }
  number = found->get<std::int64_t>();
  return true;
}

// The generator writes at most four decimals, so the nearest whole number is the number that was
// meant.
bool make_whole(const std::string& name, json& value, std::string& why) {
  if (name == "lat" || name == "lon") {
    if (!value.is_number() || std::abs(value.get<double>()) > 180.0) {
      why = "d." + name + ": not a coordinate";
      return false;
    }
    value = static_cast<std::int64_t>(std::llround(value.get<double>() * 1e7));
    return true;
  }
  if (!value.is_string() && !value.is_boolean() && !value.is_number_integer()) {
    why = "d." + name + ": neither text nor whole number nor boolean";
    return false;
  }
  return true;
}

bool read_op(const json& entry, WorkOp& op, std::string& why) {
  std::string kind;
  if (!entry.is_object()) {
    why = "ops: not a list of objects";
    return false;
  }
  if (!find_text(entry, "op", kind, why) || !find_text(entry, "c", op.collection, why) ||
      !find_text(entry, "id", op.id, why)) {
    return false;
  }
  if (kind != "put" && kind != "set") {
    why = "op: neither put nor set";
    return false;
  }
  op.kind = kind == "put" ? WorkKind::put : WorkKind::set;
  const auto fields = entry.find("d");
  if (fields == entry.end() || !fields->is_object()) {
    why = "d: not an object";
    return false;
  }
  op.fields = *fields;
  for (auto field = op.fields.begin(); field != op.fields.end(); ++field) {
    if (!make_whole(field.key(), field.value(), why)) {
      return false;
    }
  }
  return true;
}

}  // namespace

bool parse_work_unit(std::string_view line, WorkUnit& unit, std::string& why) {
  if (line.size() > kLineBytesMax) {
    why = "longer than 64 KiB";
    return false;
  }
  const json parsed = json::parse(line.begin(), line.end(), nullptr, false);
  if (!parsed.is_object()) {
    why = "not an object of JSON";
    return false;
  }
  WorkUnit read;
  if (!find_number(parsed, "n", read.n, why) || !find_text(parsed, "k", read.kind, why) ||
      !find_number(parsed, "ts", read.ts, why)) {
    return false;
  }
  const auto ops = parsed.find("ops");
  if (ops == parsed.end() || !ops->is_array() || ops->empty() || ops->size() > kOpsMax) {
    why = "ops: not a list of 1 to 16";
    return false;
  }
  for (const json& entry : *ops) {
    if (!read_op(entry, read.ops.emplace_back(), why)) {
      return false;
    }
  }
  unit = std::move(read);
  return true;
}

bool WorkloadReader::open(const std::string& path, std::string& why) {
  path_ = path;
  file_.open(path, std::ios::binary);
  if (!file_) {
    why = "cannot read " + path + " (tests/bench/peers/setup.sh writes it)";
    return false;
  }
  return true;
}

bool WorkloadReader::next(WorkUnit& unit, std::string& why) {
  why.clear();
  if (!std::getline(file_, line_)) {
    return false;
  }
  ++lines_read_;
  if (!parse_work_unit(line_, unit, why)) {
    why = path_ + ":" + std::to_string(lines_read_) + ": " + why;
    return false;
  }
  return true;
}

bool load_workload(const std::string& path, std::size_t units_max, std::vector<WorkUnit>& units,
                   std::string& why) {
  WorkloadReader reader;
  if (!reader.open(path, why)) {
    return false;
  }
  std::vector<WorkUnit> read;
  WorkUnit unit;
  while (read.size() < units_max && reader.next(unit, why)) {
    read.push_back(std::move(unit));
  }
  if (!why.empty()) {
    return false;
  }
  units = std::move(read);
  return true;
}

}  // namespace daybook::bench
