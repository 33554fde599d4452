// SPDX-License-Identifier: Apache-2.0
// The steps of load_schema(), for its own files only: load.cpp reads collections and events,
// load_field.cpp reads one field and holds its rule against its type, load_guards.cpp what must
// hold between records, load_acts.cpp views and acts, load_graph.cpp looks at how the collections
// refer to each other.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>

#include "core/schema/covers.hpp"
#include "core/schema/json_lines.hpp"
#include "core/schema/schema.hpp"

namespace daybook {

// Where a part of the file is: makes errors, and takes typed values out of an object.
class SchemaPlace {
 public:
  SchemaPlace(std::string_view file, std::string path, const JsonNode& node)
      : file_(file), path_(std::move(path)), node_(&node) {}

  const JsonNode& node() const { return *node_; }
  const std::string& file() const { return file_; }
  const std::string& path() const { return path_; }
  SchemaPlace member(const std::string& key, const JsonNode& node) const;

  // "file:line: path" as field, `what` as detail.
  Error error(std::string what) const;
  // At the line of the member `key`, if there is one.
  Error error_at(std::string_view key, std::string what) const;

  // An object that has no other members than these.
  Result<void> expect_only(std::initializer_list<std::string_view> keys) const;
  // Missing members leave `into` as it is.
  Result<void> take_text(std::string_view key, std::string& into) const;
  Result<void> take_flag(std::string_view key, bool& into) const;
  Result<void> take_integer(std::string_view key, std::int64_t min,
                            std::optional<std::int64_t>& into) const;
  // {"zh": "…", "en": "…"}
  Result<void> take_label(std::string& zh, std::string& en) const;

 private:
  std::string file_;
  std::string path_;
  const JsonNode* node_;
};

// Lower case letters, digits and underscores, starting with a letter, at most kNameSizeMax bytes.
bool is_schema_name(std::string_view name);

Result<FieldSchema> load_field(const SchemaPlace& place, std::string_view name,
                               const CollectionSchema& collection);

// load_guards.cpp: the business keys of a collection whose fields are known, and the ledgers of a
// schema whose collections are.
Result<void> load_unique(const SchemaPlace& place, CollectionSchema& collection);
Result<void> load_ledgers(const SchemaPlace& place, Schema& schema);

// load_graph.cpp: the tree of branches and outlets, and which records belong to them.
Result<void> load_organisations(const SchemaPlace& place, Schema& schema);

// load_acts.cpp: of a schema whose collections are known.
Result<void> load_views_and_acts(const SchemaPlace& place, Schema& schema);
// covers.cpp: what sealed papers cover, held against the collections.
Result<std::vector<PaperRules>> read_papers(const JsonNode& collections, const Schema& schema,
                                            const SchemaPlace& place);

// Everything that needs all collections to be known: references, parents, events, rules that name
// events, scope paths.
Result<void> check_graph(const Schema& schema, const SchemaPlace& collections);

}  // namespace daybook
