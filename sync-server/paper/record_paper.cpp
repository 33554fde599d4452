// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/record_paper.hpp"

#include <algorithm>

#include "core/base/hex.hpp"

namespace daybook {
namespace {

constexpr std::size_t kChildrenMax = 1'000;
constexpr std::size_t kColumnsMax = 9;
constexpr std::uint32_t kWideText = 400;  // bytes that a field may hold from which it gets a line
constexpr std::uint32_t kHalfText = 150;  // and from which it gets half of one

std::uint8_t span_of(const FieldSchema& field, const std::string& text) {
  if (text.size() > 160 || field.size_max > 1'000) return 4;
  if (field.type == FieldType::kDigest) return 4;
  const bool is_list =
      field.type == FieldType::kTextList || field.type == FieldType::kReferenceList;
  if (field.type == FieldType::kText && field.size_max >= kWideText) return 4;
  if (is_list || (field.type == FieldType::kText && field.size_max >= kHalfText)) return 2;
  return 1;
}

bool is_number(const FieldSchema& field) {
  return field.type == FieldType::kInt || field.type == FieldType::kMoney ||
         field.type == FieldType::kQuantity;
}

// "name*3" is the column `name` with the weight 3; "name*3?" too, where anything stands in it.
struct PlannedColumn {
  std::string name;
  std::uint8_t weight = 2;
  bool may_go = false;
};
PlannedColumn planned(const std::string& column) {
  const auto star = column.find('*');
  if (star == std::string::npos) return {column};
  return {column.substr(0, star), static_cast<std::uint8_t>(column[star + 1] - '0'),
          column.back() == '?'};
}

bool stands_in_any(const std::vector<RecordState>& records, const std::string& field) {
  return std::any_of(records.begin(), records.end(),
                     [&](const RecordState& one) { return held(one, field) != nullptr; });
}

// Drawings are drawn, and what only machines read is no use on paper.
bool is_for_people(const FieldSchema& field) {
  return field.type != FieldType::kStrokes && field.type != FieldType::kBytes;
}

std::vector<std::string> columns_that_hold(const CollectionSchema& collection,
                                           const std::vector<RecordState>& records) {
  std::vector<std::string> columns;
  for (const auto& field : collection.fields) {
    if (field.name == collection.parent || !is_for_people(field)) continue;
    const bool is_text = field.type == FieldType::kText || field.type == FieldType::kTextList;
    if (stands_in_any(records, field.name) && columns.size() < kColumnsMax)
      columns.push_back(field.name + (is_text && field.size_max >= kHalfText ? "*4" : "*2"));
  }
  return columns;
}

}  // namespace

const std::vector<RecordState>& RecordFile::of(const std::string& collection) const {
  static const std::vector<RecordState> kNone;
  const auto found = children.find(collection);
  return found == children.end() ? kNone : found->second;
}

Version RecordFile::version() const {
  Version newest = record.version;
  for (const auto& [name, records] : children) {
    for (const auto& one : records) newest = std::max(newest, one.version);
  }
  return newest;
}

Result<RecordFile> load_file(ServerStore& store, const RecordRef& ref) {
  DAYBOOK_ASSIGN(auto record, store.find_record(ref));
  if (!record) return failure(Errc::kNotFound, ref.collection, to_string(ref.id));
  RecordFile file;
  file.record = *std::move(record);
  DAYBOOK_ASSIGN(const auto refs, store.children_of(ref.id));
  for (const auto& one : refs) {
    auto& kind = file.children[one.collection];
    if (kind.size() == kChildrenMax) continue;
    DAYBOOK_ASSIGN(auto child, store.find_record(one));
    if (child) kind.push_back(*std::move(child));
  }
  for (auto& [name, records] : file.children) {
    std::sort(records.begin(), records.end(), [](const RecordState& a, const RecordState& b) {
      return a.created != b.created ? a.created < b.created : a.record.id < b.record.id;
    });
  }
  return file;
}

Result<void> add_cells(PaperBox& box, const PaperWords& words, const RecordState& record,
                       std::initializer_list<const char*> fields) {
  const auto* collection = words.schema().find(record.record.collection);
  for (const char* name : fields) {
    const auto* field = collection == nullptr ? nullptr : collection->find(name);
    if (field == nullptr) continue;
    DAYBOOK_ASSIGN(auto text, words.text(record, name));
    const auto span = span_of(*field, text);
    box.cells.push_back({words.label(collection, name), std::move(text), span});
  }
  return {};
}

Result<PaperBox> box_of_all(const PaperWords& words, const RecordState& record) {
  const auto* collection = words.schema().find(record.record.collection);
  PaperBox box;
  box.title = words.label(collection);
  if (collection == nullptr) return box;
  for (const auto& field : collection->fields) {
    if (field.name == collection->parent || !is_for_people(field)) continue;
    DAYBOOK_TRY(add_cells(box, words, record, {field.name.c_str()}));
  }
  return box;
}

Result<PaperTable> table_of(const PaperWords& words, const CollectionSchema& collection,
                            const std::vector<RecordState>& records, const TablePlan& plan) {
  PaperTable table;
  std::vector<const FieldSchema*> fields;
  if (plan.numbered) table.columns.push_back({words.say("序", "No."), 1, true});
  const auto wanted = plan.columns.empty() ? columns_that_hold(collection, records) : plan.columns;
  for (const auto& column : wanted) {
    const auto plan_of = planned(column);
    const auto* field = collection.find(plan_of.name);
    if (field == nullptr || (plan_of.may_go && !stands_in_any(records, plan_of.name))) continue;
    fields.push_back(field);
    table.columns.push_back(
        {words.label(&collection, plan_of.name), plan_of.weight, is_number(*field)});
  }
  for (const auto& record : records) {
    std::vector<std::string> row;
    if (plan.numbered) row.push_back(std::to_string(table.rows.size() + 1));
    for (const auto* field : fields) {
      DAYBOOK_ASSIGN(auto text, words.text(field, held(record, field->name)));
      row.push_back(std::move(text));
    }
    table.rows.push_back(std::move(row));
  }
  if (table.rows.empty() && !table.columns.empty()) {
    table.rows.emplace_back(table.columns.size(), kNothing);
  }
  return table;
}

PaperSignature signature_of(const RecordState& record, std::string label,
                            std::vector<std::string> lines) {
  PaperSignature signature;
  signature.label = std::move(label);
  signature.lines = std::move(lines);
  signature.width = number_held(record, "width");
  signature.height = number_held(record, "height");
  const auto* strokes = held(record, "strokes");
  if (strokes == nullptr || strokes->kind() != Value::Kind::kBytes) return signature;
  auto drawn = decode_strokes(strokes->as_bytes());
  if (drawn.ok()) signature.strokes = *std::move(drawn);
  return signature;
}

std::string number_of(const PaperWords& words, const RecordState& record) {
  for (const char* name : {"form_no", "req_no", "receipt_no", "order_no", "number"}) {
    const auto text = text_held(record, name);
    if (!text.empty() && words.schema().find(record.record.collection)->find(name) != nullptr)
      return words.say("编号", "No.") + " " + text;
  }
  const auto provisional = text_held(record, "provisional_no");
  if (!provisional.empty()) return words.say("临时号", "Provisional No.") + " " + provisional;
  return words.say("编号", "No.") + " " + to_string(record.record.id);
}

std::string file_name_of(const RecordState& record) {
  std::string name;
  for (const char* field : {"form_no", "req_no", "receipt_no", "provisional_no"}) {
    if (name.empty()) name = text_held(record, field);
  }
  const bool plain = !name.empty() && name.size() <= 60 && name[0] != '.' &&
                     std::all_of(name.begin(), name.end(), [](char c) {
                       return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
                              (c >= 'A' && c <= 'Z') || c == '-' || c == '_' || c == '.';
                     });
  return record.record.collection + "-" + (plain ? name : to_string(record.record.id)) + ".pdf";
}

Result<std::int64_t> dated_ms(ServerStore& store, Version version) {
  DAYBOOK_ASSIGN(const auto commit, store.find_commit(version));
  return commit ? commit->received_ms : std::int64_t{0};
}

namespace {

// "3 of 5 here", and the first of those that are not; empty when nothing is missing.
Result<std::string> missing_contents(const PaperWords& words, const RecordFile& file) {
  constexpr std::size_t per_record_max = 1'000, named_max = 8, digits = 16;
  std::vector<RecordRef> records{file.record.record};
  for (const auto& [collection, children] : file.children) {
    for (const auto& child : children) records.push_back(child.record);
  }
  std::size_t promised = 0, missing = 0;
  std::string names;
  for (const auto& record : records) {
    DAYBOOK_ASSIGN(const auto promises, words.store().promises_about(record, per_record_max));
    for (const auto& promise : promises) {
      DAYBOOK_ASSIGN(const auto content, words.store().find_content(promise.digest));
      ++promised;
      if (content) continue;
      if (++missing <= named_max)
        names += " " + promise.role + " " + to_hex(promise.digest.view()).substr(0, digits) + "…";
    }
  }
  if (missing == 0) return std::string();
  const std::string here = std::to_string(promised - missing), all = std::to_string(promised);
  return words.say("照片等附件 " + all + " 件，已到 " + here + " 件；未到：",
                   here + " of " + all + " photos and other attachments are here; missing:") +
         names + (missing > named_max ? " …" : "");
}

}  // namespace

Result<Paper> framed_paper(const PaperWords& words, const RecordFile& file, std::string hash) {
  Paper paper;
  paper.title = words.label(words.schema().find(file.record.record.collection));
  paper.number = number_of(words, file.record);
  paper.page_text = words.say("第 {n} 页，共 {m} 页", "Page {n} of {m}");
  paper.cut_text =
      words.say("其余内容未打印，请查看账本。", "The rest is not printed: see the book.");
  paper.foot = to_string(file.record.record.id) + " · " + words.say("账本版本", "book version") +
               " " + std::to_string(file.version());
  if (!hash.empty()) paper.foot += "\nSHA-256 " + hash;
  std::size_t open = 0;
  DAYBOOK_ASSIGN(const auto cases, words.store().cases_about(file.record.record, 100));
  for (const auto& one : cases) open += one.state == CaseState::kOpen ? 1U : 0U;
  if (open > 0)
    paper.notices.push_back(words.say("尚有未处理的冲突：", "Still to be decided by a person: ") +
                            std::to_string(open));
  DAYBOOK_ASSIGN(auto missing, missing_contents(words, file));
  if (!missing.empty()) paper.notices.push_back(std::move(missing));
  return paper;
}

}  // namespace daybook
