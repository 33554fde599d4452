// SPDX-License-Identifier: Apache-2.0
// No clock decides: the same seed with other phone clocks has the same outcome. Ids hold a clock in
// their upper half, so they are named by their random lower half here, and what a phone says about
// the time is left out.
#include <algorithm>
#include <sstream>

#include "core/base/hex.hpp"
#include "core/model/cbor.hpp"
#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

std::string short_name(const Uuid& id) { return to_hex(id.view().last(8)); }

std::string shown(const Value& value) {
  if (value.kind() == Value::Kind::kBytes && value.as_bytes().size() == Uuid::kSize) {
    return short_name(*Uuid::from(value.as_bytes()));
  }
  if (value.kind() != Value::Kind::kList) return to_string(value);
  std::string text = "[";
  for (const auto& element : value.as_list()) text += shown(element) + " ";
  return text + "]";
}

}  // namespace

std::string outcome_of(ServerStore& store) {
  std::ostringstream out;
  const auto head = must(store.head(), "head");
  for (Version version = 1; version <= head.version; ++version) {
    const auto row = must(store.find_commit(version), "commit");
    Receipt receipt;
    must(decode_outcome(row->outcome, receipt), "outcome");
    out << version << " " << short_name(row->set) << " " << row->lineage << "/" << row->seq << " "
        << name_of(row->verdict);
    for (const auto& field : receipt.fields) {
      out << " " << short_name(field.record.id) << "." << field.field << "="
          << name_of(field.outcome);
    }
    out << "\n";
  }
  std::vector<std::string> lines;
  for (const auto& collection : sim_schema()->collections) {
    for (const auto& state :
         must(store.list_records(collection.name, std::nullopt, 100'000), "list")) {
      std::string line =
          collection.name + " " + short_name(state.record.id) + " " + std::to_string(state.version);
      for (const auto& [name, field] : state.fields) line += " " + name + "=" + shown(field.value);
      lines.push_back(line);
    }
  }
  std::sort(lines.begin(), lines.end());
  for (const auto& line : lines) out << line << "\n";
  return out.str();
}

}  // namespace daybook::sim
