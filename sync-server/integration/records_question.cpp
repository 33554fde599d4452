// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/records_question.hpp"

#include <algorithm>
#include <charconv>

#include "core/base/hex.hpp"
#include "core/model/limits.hpp"
#include "sync-server/reports/report_tables.hpp"

namespace daybook {
namespace {

constexpr std::size_t kLimitUsual = 100;
constexpr std::size_t kFiltersMax = 16;
constexpr std::size_t kOperandSizeMax = 1024;

bool is_number(FieldType type) {
  return type == FieldType::kBool || type == FieldType::kInt || type == FieldType::kTime ||
         type == FieldType::kMoney || type == FieldType::kQuantity || type == FieldType::kGeo;
}

bool is_list(FieldType type) {
  return type == FieldType::kTextList || type == FieldType::kReferenceList;
}

Result<Value> operand_from(const FieldSchema& field, const std::string& name,
                           const std::string& text) {
  if (text.size() > kOperandSizeMax)
    return failure(Errc::kTooLarge, name, std::to_string(kOperandSizeMax) + " bytes");
  if (field.type == FieldType::kReference) {
    DAYBOOK_ASSIGN(const auto id, id_in(text, name.c_str()));
    return Value::text(to_string(id));
  }
  if (!is_number(field.type)) return Value::text(text);
  if (field.type == FieldType::kBool && (text == "true" || text == "false"))
    return Value::integer(text == "true" ? 1 : 0);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size())
    return failure(Errc::kWrongType, name, "expected a whole number");
  return Value::integer(number);
}

Result<const FieldSchema*> column_in(const CollectionSchema& collection, const std::string& name,
                                     const std::string& place) {
  const auto columns = report_columns(collection);
  const auto found = std::find_if(columns.begin(), columns.end(),
                                  [&](const FieldSchema* field) { return field->name == name; });
  if (found == columns.end())
    return failure(Errc::kUnknownField, place.substr(0, kNameSizeMax), collection.name);
  return *found;
}

Result<FieldFilter> filter_from(const CollectionSchema& collection, const std::string& name,
                                const std::string& text) {
  using Test = FieldFilter::Test;
  const auto dot = name.rfind('.');
  const std::string test = dot == std::string::npos ? "is" : name.substr(dot + 1);
  FieldFilter filter;
  DAYBOOK_ASSIGN(filter.field, column_in(collection, name.substr(0, dot), name));
  if (test == "empty" || test == "filled") {
    filter.test = test == "empty" ? Test::kEmpty : Test::kFilled;
    return filter;
  }
  if (test == "is") {
    filter.test = is_list(filter.field->type) ? Test::kContains : Test::kIs;
  } else if (test == "not") {
    filter.test = Test::kIsNot;
  } else if (test == "ge") {
    filter.test = Test::kAtLeast;
  } else if (test == "le") {
    filter.test = Test::kAtMost;
  } else if (test == "has" && !is_number(filter.field->type)) {
    filter.test = Test::kContains;
  } else {
    return failure(Errc::kInvalid, name.substr(0, kNameSizeMax),
                   "tests are is, not, ge, le, has (texts), empty, filled");
  }
  // An element of a list stands in the list's text between quotation marks.
  if (is_list(filter.field->type)) {
    filter.operand = Value::text("\"" + text + "\"");
    return filter;
  }
  DAYBOOK_ASSIGN(filter.operand, operand_from(*filter.field, name, text));
  return filter;
}

}  // namespace

Result<RecordsQuestion> records_question(const Call& call, const Schema& schema,
                                         std::size_t limit_max) {
  RecordsQuestion question;
  question.collection = schema.find(call.parts.front());
  if (question.collection == nullptr) {
    return failure(Errc::kUnknownCollection, "collection",
                   call.parts.front().substr(0, kNameSizeMax));
  }
  DAYBOOK_ASSIGN(question.limit, limit_in(call, std::min(kLimitUsual, limit_max), limit_max));
  for (const auto& [name, text] : call.query) {
    if (name == "limit" || name == "format") continue;
    if (name == "after") {
      question.after = text;
    } else if (name == "order") {
      question.descending = !text.empty() && text.front() == '-';
      const std::string field = text.substr(question.descending ? 1 : 0);
      if (field == "id") continue;
      DAYBOOK_ASSIGN(question.order, column_in(*question.collection, field, "order"));
    } else {
      if (question.filters.size() == kFiltersMax)
        return failure(Errc::kTooLarge, "query", std::to_string(kFiltersMax) + " filters");
      DAYBOOK_ASSIGN(auto filter, filter_from(*question.collection, name, text));
      question.filters.push_back(std::move(filter));
    }
  }
  return question;
}

Result<void> keep_to(const Territory& territory, RecordsQuestion& question) {
  if (territory.is_whole() || question.collection->shared) return {};
  DAYBOOK_ASSIGN(const auto ids, territory.records_of(question.collection->name));
  // Pages in id order need not be given what lies before them.
  const bool by_id = question.order == nullptr && !question.after.empty();
  std::string among = "[";
  for (const auto& id : ids) {
    const std::string text = to_string(id);
    if (by_id && text <= question.after) continue;
    among += (among.size() > 1 ? ",\"" : "\"") + text + "\"";
  }
  question.among = among + "]";
  return {};
}

}  // namespace daybook
