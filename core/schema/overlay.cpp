// SPDX-License-Identifier: Apache-2.0
#include "core/schema/overlay.hpp"

#include <algorithm>

#include <nlohmann/json.hpp>

#include "core/schema/json_lines.hpp"

namespace daybook {
namespace {

using Kind = JsonNode::Kind;

std::string quoted(const std::string& text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Objects a member a line down to the fields, everything below in one line: for people who compare
// two of them.
void write(std::string& out, const JsonNode& node, int depth) {
  constexpr int kDepthOfLines = 4;
  const bool lines = depth < kDepthOfLines;
  const std::string between = lines ? ",\n" + std::string(2 * (depth + 1), ' ') : ", ";
  switch (node.kind) {
    case Kind::kNull: out += "null"; return;
    case Kind::kBool: out += node.boolean ? "true" : "false"; return;
    case Kind::kInt: out += std::to_string(node.integer); return;
    case Kind::kText: out += quoted(node.text); return;
    case Kind::kArray:
      out += '[';
      for (std::size_t i = 0; i < node.items.size(); ++i) {
        if (i > 0) out += ", ";
        write(out, node.items[i], kDepthOfLines);
      }
      out += ']';
      return;
    case Kind::kObject: break;
  }
  const bool in_lines = lines && !node.members.empty();
  out += '{';
  if (in_lines) out += "\n" + std::string(2 * (depth + 1), ' ');
  for (std::size_t i = 0; i < node.members.size(); ++i) {
    if (i > 0) out += between;
    out += quoted(node.members[i].first) + ": ";
    write(out, node.members[i].second, depth + 1);
  }
  if (in_lines) out += "\n" + std::string(2 * depth, ' ');
  out += '}';
}

JsonNode* find(JsonNode& object, std::string_view key) {
  for (auto& [name, node] : object.members) {
    if (name == key) return &node;
  }
  return nullptr;
}

class Merge {
 public:
  Merge(std::string_view base, std::string_view overlay) : base_(base), overlay_(overlay) {}

  Result<void> run(JsonNode& base, const JsonNode& overlay) {
    if (base.kind != Kind::kObject) return error(base_, base, {}, "a schema is an object");
    if (overlay.kind != Kind::kObject)
      return error(overlay_, overlay, {}, "an overlay is an object");
    DAYBOOK_TRY(add_version(base, overlay));
    for (const auto& [key, node] : overlay.members) {
      if (key == "daybook_schema" || key == "version") continue;
      const bool adds = key == "views" || key == "acts" || key == "ledgers";
      if (!adds && key != "collections")
        return error(overlay_, node, key, "an overlay has collections, views, acts and ledgers");
      if (node.kind != Kind::kObject) return error(overlay_, node, key, "is an object");
      JsonNode* into = find(base, key);
      if (into == nullptr) {
        base.members.emplace_back(key, node);
      } else if (adds) {
        DAYBOOK_TRY(add_new(*into, node, key));
      } else {
        DAYBOOK_TRY(add_collections(*into, node));
      }
    }
    return success();
  }

 private:
  Error error(std::string_view file, const JsonNode& node, const std::string& path,
              const std::string& what) const {
    const std::string at = std::string(file) + ":" + std::to_string(node.line);
    return failure(Errc::kInvalid, path.empty() ? at : at + ": " + path, what);
  }
  Error clash(const JsonNode& node, const JsonNode& other, const std::string& path) const {
    return error(overlay_, node, path,
                 "stands in " + std::string(base_) + ":" + std::to_string(other.line) +
                     " already; an overlay only adds");
  }

  // Grows with either side, so that whoever is upgraded or changed takes over.
  Result<void> add_version(JsonNode& base, const JsonNode& overlay) {
    const auto* format = overlay.find("daybook_schema");
    if (format == nullptr || format->kind != Kind::kInt || format->integer != 1)
      return error(overlay_, format == nullptr ? overlay : *format, "daybook_schema",
                   "needs 'daybook_schema': 1, the format of this file");
    const auto* version = overlay.find("version");
    constexpr std::int64_t kVersionMax = 1'000'000'000;
    const auto good = [](const JsonNode* node) {
      return node != nullptr && node->kind == Kind::kInt && node->integer >= 1 &&
             node->integer <= kVersionMax;
    };
    if (!good(version))
      return error(overlay_, version == nullptr ? overlay : *version, "version",
                   "needs 'version', a whole number from 1");
    JsonNode* of_base = find(base, "version");
    if (!good(of_base))
      return error(base_, base, "version", "needs 'version', a whole number from 1");
    of_base->integer += version->integer;
    return success();
  }

  Result<void> add_new(JsonNode& into, const JsonNode& from, const std::string& path) {
    for (const auto& [name, node] : from.members) {
      if (const auto* other = into.find(name)) return clash(node, *other, path + "." + name);
      into.members.emplace_back(name, node);
    }
    return success();
  }

  Result<void> add_collections(JsonNode& into, const JsonNode& from) {
    for (const auto& [name, node] : from.members) {
      JsonNode* collection = find(into, name);
      if (collection == nullptr) {
        into.members.emplace_back(name, node);
        continue;
      }
      DAYBOOK_TRY(add_to_collection(*collection, node, name));
    }
    return success();
  }

  Result<void> add_to_collection(JsonNode& into, const JsonNode& from, const std::string& path) {
    if (from.kind != Kind::kObject) return error(overlay_, from, path, "is an object");
    for (const auto& [key, node] : from.members) {
      const std::string inner = path + "." + key;
      JsonNode* held = find(into, key);
      if (key == "label") {
        set_label(into, node);
      } else if (key == "fields" || key == "events") {
        if (node.kind != Kind::kObject) return error(overlay_, node, inner, "is an object");
        if (held == nullptr) {
          into.members.emplace_back(key, node);
          continue;
        }
        DAYBOOK_TRY(key == "events" ? add_new(*held, node, inner) : add_fields(*held, node, path));
      } else if (held != nullptr) {
        return clash(node, *held, inner);
      } else {
        return error(overlay_, node, inner,
                     "is not for an overlay to say of a collection that is there");
      }
    }
    return success();
  }

  Result<void> add_fields(JsonNode& into, const JsonNode& from, const std::string& path) {
    for (const auto& [name, node] : from.members) {
      const std::string inner = path + "." + name;
      JsonNode* field = find(into, name);
      if (field == nullptr) {
        into.members.emplace_back(name, node);
        continue;
      }
      if (node.kind != Kind::kObject) return error(overlay_, node, inner, "is an object");
      for (const auto& [key, given] : node.members) {
        if (key == "label") {
          set_label(*field, given);
        } else if (key == "values") {
          DAYBOOK_TRY(add_values(*field, given, inner));
        } else if (key == "transitions" && find(*field, key) != nullptr &&
                   given.kind == Kind::kArray) {
          // New values of a state need steps that lead to them.
          auto& steps = find(*field, key)->items;
          steps.insert(steps.end(), given.items.begin(), given.items.end());
        } else {
          return clash(given, *field, inner);
        }
      }
    }
    return success();
  }

  Result<void> add_values(JsonNode& field, const JsonNode& given, const std::string& path) {
    JsonNode* values = find(field, "values");
    if (values == nullptr || values->kind != Kind::kArray)
      return error(overlay_, given, path + ".values", "any value is allowed already");
    if (given.kind != Kind::kArray)
      return error(overlay_, given, path + ".values", "'values' is a list of texts");
    for (const auto& item : given.items) {
      const bool known =
          std::any_of(values->items.begin(), values->items.end(), [&](const JsonNode& other) {
            return other.kind == item.kind && other.text == item.text;
          });
      if (known) return clash(item, *values, path + ".values: '" + item.text + "'");
      values->items.push_back(item);
    }
    return success();
  }

  static void set_label(JsonNode& into, const JsonNode& label) {
    if (JsonNode* held = find(into, "label")) {
      *held = label;
    } else {
      into.members.emplace_back("label", label);
    }
  }

  std::string_view base_, overlay_;
};

}  // namespace

Result<std::string> merge_overlay(const SchemaText& base, const SchemaText& overlay) {
  DAYBOOK_ASSIGN(auto merged, read_json_lines(base.json, base.name));
  DAYBOOK_ASSIGN(const auto additions, read_json_lines(overlay.json, overlay.name));
  DAYBOOK_TRY(Merge(base.name, overlay.name).run(merged, additions));
  std::string text;
  write(text, merged, 0);
  return text + "\n";
}

}  // namespace daybook
