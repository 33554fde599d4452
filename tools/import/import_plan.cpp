// SPDX-License-Identifier: Apache-2.0
#include "tools/import/import_plan.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "core/schema/check.hpp"

namespace daybook::sheet {
namespace {

std::string trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return std::string(text);
}

// By its name or one of its labels.
const FieldSchema* field_named(const CollectionSchema& collection, std::string_view name) {
  if (const auto* field = collection.find(name); field != nullptr) return field;
  for (const auto& field : collection.fields) {
    if (name == field.label_zh || name == field.label_en) return &field;
  }
  return nullptr;
}

bool is_reference(const FieldSchema& field) {
  return field.type == FieldType::kReference || field.type == FieldType::kReferenceList;
}

// The field by which people name a record: its first unique key of one text.
std::string usual_name(const CollectionSchema& collection) {
  for (const auto& key : collection.unique) {
    const auto* field = key.fields.size() == 1 ? collection.find(key.fields[0]) : nullptr;
    if (field != nullptr && field->type == FieldType::kText) return field->name;
  }
  return {};
}

}  // namespace

ImportPlan::ImportPlan(const Schema& schema, ImportWish wish, Book book)
    : schema_(schema), wish_(std::move(wish)), book_(std::move(book)) {}

std::string ImportPlan::header_at(std::uint64_t column) const {
  return column > 0 && column <= headers_.size() ? headers_[column - 1] : std::string{};
}

std::uint64_t ImportPlan::column_of(std::string_view field) const {
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].field != nullptr && columns_[i].field->name == field) return i + 1;
  }
  return 0;
}

std::optional<RowProblem> ImportPlan::name_column(const std::string& header, std::uint64_t column) {
  Column named;
  const auto name = trimmed(header);
  headers_.push_back(name);
  if (name == "id") {
    named.kind = Column::Kind::kId;
  } else if (name == "_version" || name == "_created") {
    // Only an export has these, and it writes numbers as they are kept.
    named.kind = Column::Kind::kPassedOver;
    wish_.reading.exact = true;
  } else {
    const auto point = name.rfind('.');
    named.field = field_named(*collection_, name);
    if (named.field == nullptr && point != std::string::npos) {
      named.field = field_named(*collection_, name.substr(0, point));
      const auto* target = named.field != nullptr && is_reference(*named.field)
                               ? schema_.find(named.field->references)
                               : nullptr;
      const auto* by = target == nullptr ? nullptr : field_named(*target, name.substr(point + 1));
      if (by == nullptr) named.field = nullptr;
      if (by != nullptr) named.by = by->name;
    }
    if (named.field == nullptr)
      return RowProblem{1, column, name, Errc::kUnknownField,
                        "no field of " + collection_->name + " has this name or label"};
    if (column_of(named.field->name) != 0)
      return RowProblem{1, column, name, Errc::kAlreadyExists, "two columns for one field"};
  }
  columns_.push_back(std::move(named));
  return std::nullopt;
}

std::optional<RowProblem> ImportPlan::choose_key() {
  const bool has_id = std::any_of(columns_.begin(), columns_.end(), [](const Column& column) {
    return column.kind == Column::Kind::kId;
  });
  if (wish_.key.size() == 1 && wish_.key[0] == "id") wish_.key.clear();
  if (wish_.key.empty() && !has_id && !collection_->unique.empty())
    wish_.key = collection_->unique.front().fields;
  if (wish_.key.empty() && !has_id)
    return RowProblem{1, 0, "", Errc::kInvalid,
                      "say by which fields a record is known: --key field,field"};
  for (auto& name : wish_.key) {
    const auto* field = field_named(*collection_, name);
    if (field == nullptr || column_of(field->name) == 0)
      return RowProblem{1, 0, name, Errc::kInvalid, "the key's column is missing"};
    name = field->name;
  }
  return std::nullopt;
}

std::optional<RowProblem> ImportPlan::read_header(const CsvRow& row) {
  collection_ = schema_.find(wish_.collection);
  if (collection_ == nullptr)
    return RowProblem{1, 0, wish_.collection, Errc::kUnknownCollection, "not in the schema"};
  if (row.problem)
    return RowProblem{row.problem->line, row.problem->column, "", row.problem->code,
                      row.problem->what};
  std::uint64_t column = 0;
  for (const auto& header : row.cells) {
    if (auto problem = name_column(header, ++column)) return problem;
  }
  for (const auto& [header, cell] : wish_.constants) {
    if (auto problem = name_column(header, ++column)) return problem;
  }
  return choose_key();
}

Result<const KnownRecords*> ImportPlan::known(const std::string& collection,
                                              const std::vector<std::string>& key) {
  const auto name = std::pair{collection, key};
  auto found = known_.find(name);
  if (found == known_.end()) {
    DAYBOOK_ASSIGN(auto records, book_(collection, key));
    found = known_.emplace(name, std::move(records)).first;
  }
  return &found->second;
}

// An id, or what people call the record; either way it must be there.
Result<Value> ImportPlan::reference(const Column& column, std::string_view cell) {
  const auto& field = *column.field;
  const auto* target = schema_.find(field.references);
  const auto by = column.by.empty() && target != nullptr ? usual_name(*target) : column.by;
  const auto id = uuid_from(cell);
  const bool by_id = column.by.empty() && id;
  if (!by_id && by.empty()) return failure(Errc::kWrongType, field.name, "an id");
  const std::vector<std::string> key = by.empty() ? std::vector<std::string>{} : std::vector{by};
  DAYBOOK_ASSIGN(const auto* records, known(field.references, key));
  const KnownRecord* there = nullptr;
  if (by_id) {
    there = records->find_id(to_string(*id));
  } else {
    DAYBOOK_ASSIGN(there, records->find_key(key_text(key, Json{{by, std::string(cell)}})));
  }
  if (there == nullptr)
    return failure(Errc::kUnknownRecord, field.name,
                   "no " + field.references + " '" + std::string(cell.substr(0, 64)) + "'");
  return Value::bytes(copy_of(uuid_from(there->id)->view()));
}

// The values of a row by field; nothing when one of them is wrong. An empty cell says nothing: what
// stands there stays.
Result<std::optional<Json>> ImportPlan::read_cells(const CsvRow& row, std::string& id,
                                                   RowProblem& problem) {
  Json values = Json::object();
  fields_ = {};
  const auto given = headers_.size() - wish_.constants.size();
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& column = columns_[i];
    const auto& cell = i < given ? row.cells[i] : wish_.constants[i - given].second;
    problem.column = i + 1;
    problem.header = headers_[i];
    if (cell.empty() || column.kind == Column::Kind::kPassedOver) continue;
    if (column.kind == Column::Kind::kId) {
      const auto read = uuid_from(cell);
      if (read) id = to_string(*read);
      problem.code = Errc::kWrongType;
      problem.detail = "expected an id";
      if (!read) return std::optional<Json>{};
      continue;
    }
    auto value = column.field->type == FieldType::kReference
                     ? reference(column, trimmed(cell))
                     : value_of(*column.field, cell, wish_.reading);
    if (!value.ok()) {
      problem.code = value.error().code;
      problem.detail = value.error().detail;
      const bool of_row = problem.code == Errc::kWrongType || problem.code == Errc::kInvalid ||
                          problem.code == Errc::kUnknownRecord ||
                          problem.code == Errc::kAlreadyExists;
      if (!of_row) return std::move(value).error();
      return std::optional<Json>{};
    }
    values[column.field->name] = json_of(*column.field, *value);
    fields_.set(column.field->name, *std::move(value));
  }
  problem.column = 0;
  problem.header.clear();
  return std::optional(std::move(values));
}

// The same check as at the door, so that a dry run knows what the door would refuse.
Result<void> ImportPlan::check(const PlannedRow& row, const Fields& fields) const {
  Body body;
  Change change;
  change.record.collection = collection_->name;
  if (row.kind == PlannedRow::Kind::kCreate) {
    change.created = fields;
  } else {
    change.kind = Change::Kind::kEdit;
    for (const auto& [name, value] : fields) {
      if (row.set.contains(name)) change.edits.push_back({name, std::nullopt, {}, value});
    }
  }
  body.changes.push_back(std::move(change));
  return check_against(schema_, body, true);
}

Result<std::optional<PlannedRow>> ImportPlan::judge(const CsvRow& row, const Json& values,
                                                    std::string id, RowProblem& problem) {
  const auto refuse = [&](Errc code, std::string detail) {
    problem.code = code;
    problem.detail = std::move(detail);
    return std::optional<PlannedRow>{};
  };
  const auto key = key_text(wish_.key, values);
  if (id.empty() && key.empty()) return refuse(Errc::kInvalid, "the key is empty");
  DAYBOOK_ASSIGN(const auto* records, known(collection_->name, wish_.key));
  const KnownRecord* there = id.empty() ? nullptr : records->find_id(id);
  if (id.empty()) {
    const auto found = records->find_key(key);
    if (!found.ok()) return refuse(found.error().code, found.error().detail);
    there = *found;
    id = there != nullptr ? there->id : id_for_key(collection_->name, key);
  }
  const auto [before, first] = lines_by_id_.emplace(id, row.line);
  if (!first)
    return refuse(Errc::kAlreadyExists,
                  "the same record as line " + std::to_string(before->second));
  PlannedRow planned;
  planned.line = row.line;
  planned.id = std::move(id);
  planned.kind = PlannedRow::Kind::kCreate;
  planned.set = values;
  Json held = Json::object();
  if (there != nullptr) {
    planned.kind = PlannedRow::Kind::kChange;
    planned.seen = there->version;
    held = Json::parse(there->values, nullptr, false);
    for (const auto& [name, value] : values.items()) {
      const auto found = held.find(name);
      if (found != held.end() && *found == value) planned.set.erase(name);
    }
    if (planned.set.empty()) planned.kind = PlannedRow::Kind::kSame;
  }
  if (planned.kind == PlannedRow::Kind::kSame) return std::optional(std::move(planned));
  for (const auto& field : collection_->fields) {
    const auto stands = held.find(field.name);
    const bool fixed = field.rule.kind == RuleKind::kImmutable && stands != held.end() &&
                       !stands->is_null() && planned.set.contains(field.name);
    if (!fixed) continue;
    problem.column = column_of(field.name);
    problem.header = header_at(problem.column);
    return refuse(Errc::kImmutable, "never changes once it is set");
  }
  const auto checked = check(planned, fields_);
  if (checked.ok()) return std::optional(std::move(planned));
  const auto& path = checked.error().field;
  const auto point = path.rfind('.');
  problem.column = point == std::string::npos ? 0 : column_of(path.substr(point + 1));
  problem.header = problem.column != 0          ? header_at(problem.column)
                   : point == std::string::npos ? std::string{}
                                                : path.substr(point + 1);
  return refuse(checked.error().code, checked.error().detail);
}

Result<std::optional<PlannedRow>> ImportPlan::plan(const CsvRow& row,
                                                   std::optional<RowProblem>& problem) {
  RowProblem told{row.line, 0, "", Errc::kInvalid, ""};
  if (row.problem) {
    problem = RowProblem{row.problem->line, row.problem->column, header_at(row.problem->column),
                         row.problem->code, row.problem->what};
    return std::optional<PlannedRow>{};
  }
  const auto wanted = headers_.size() - wish_.constants.size();
  if (row.cells.size() != wanted) {
    told.detail =
        std::to_string(row.cells.size()) + " cells, the header has " + std::to_string(wanted);
    problem = told;
    return std::optional<PlannedRow>{};
  }
  std::string id;
  DAYBOOK_ASSIGN(const auto values, read_cells(row, id, told));
  std::optional<PlannedRow> planned;
  if (values) {
    DAYBOOK_ASSIGN(planned, judge(row, *values, std::move(id), told));
  }
  if (!planned) problem = told;
  return planned;
}

}  // namespace daybook::sheet
