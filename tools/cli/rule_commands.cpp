// SPDX-License-Identifier: Apache-2.0
// `daybook rules …`: files, without a server.
#include "tools/cli/command_groups.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <iterator>

#include "core/acts/sql_check.hpp"
#include "core/base/hex.hpp"
#include "core/domain/catalog.hpp"
#include "core/schema/compare.hpp"
#include "core/schema/load.hpp"
#include "core/schema/overlay.hpp"

namespace daybook::cli {
namespace {

// The error names file, line and field already.
std::optional<Schema> read_rules(const std::string& path, const Words& words) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    std::cerr << words("cannot read ", "无法读取 ") << path << "\n";
    return std::nullopt;
  }
  const std::string text(std::istreambuf_iterator<char>(file), {});
  auto schema = load_schema(text, path);
  if (!schema.ok()) {
    std::cerr << schema.error().field << ": " << schema.error().detail << "\n";
    return std::nullopt;
  }
  return *std::move(schema);
}

Json json_of(const SchemaChange& change, bool chinese) {
  return {{"collection", change.collection},
          {"name", change.name},
          {"before", change.before},
          {"after", change.after},
          {"misreads_records", misreads_records(change)},
          {"sentence", sentence_of(change, chinese)}};
}

// What of its views and acts does not work, a line each. Publishing refuses them; phones leave such
// a view out.
bool tell_sql_trouble(const Schema& schema, const std::string& path, const Words& words) {
  const auto trouble = find_sql_trouble(schema);
  if (!trouble.ok()) {
    std::cerr << words("cannot try the SQL of ", "无法试运行 ") << path << ": "
              << to_string(trouble.error()) << "\n";
    return true;
  }
  for (const auto& each : *trouble)
    std::cerr << path << ": " << each.place << ": " << each.detail << "\n";
  return !trouble->empty();
}

Ending check_rules(const Wish& wish, const Words& words) {
  Ending ending = Ending::kGood;
  for (const std::string& path : wish.files) {
    const auto schema = read_rules(path, words);
    if (!schema) {
      ending = Ending::kRefused;
      continue;
    }
    if (tell_sql_trouble(*schema, path, words)) {
      ending = Ending::kRefused;
      continue;
    }
    std::size_t fields = 0;
    for (const auto& collection : schema->collections) fields += collection.fields.size();
    const std::string digest = to_hex(schema->digest.view());
    if (wish.json) {
      std::cout << Json{{"file", path},
                        {"name", schema->name},
                        {"version", schema->version},
                        {"digest", digest},
                        {"collections", schema->collections.size()},
                        {"fields", fields},
                        {"views", schema->views.size()},
                        {"acts", schema->acts.size()}}
                << "\n";
      continue;
    }
    std::cout << path << words(": good. ", "：可用。") << schema->name
              << words(", version ", "，版本 ") << schema->version << words(", ", "，")
              << schema->collections.size() << words(" collections, ", " 张表，") << fields
              << words(" fields, each with its rule; digest ", " 个字段，各有规则；摘要 ")
              << digest.substr(0, 16);
    if (!schema->views.empty() || !schema->acts.empty())
      std::cout << "; " << schema->views.size() << words(" views, ", " 个视图，")
                << schema->acts.size() << words(" acts", " 个动作");
    std::cout << "\n";
  }
  return ending;
}

Ending compare_rules(const Wish& wish, const Words& words) {
  const auto before = read_rules(wish.files.front(), words);
  const auto after = read_rules(wish.files.back(), words);
  if (!before || !after) return Ending::kRefused;
  const bool chinese = words.tongue == Tongue::kChinese;
  const auto changes = compare(*before, *after);
  if (wish.json) {
    Json all = Json::array();
    for (const auto& change : changes) all.push_back(json_of(change, chinese));
    std::cout << all << "\n";
    return Ending::kGood;
  }
  for (const auto& change : changes) {
    std::cout << sentence_of(change, chinese)
              << (misreads_records(change) ? words("   ! records that are there would be misread",
                                                   "   ！已有记录将被误读")
                                           : "")
              << "\n";
  }
  if (changes.empty()) std::cout << words("no difference\n", "没有差别\n");
  if (!changes.empty() && after->version <= before->version) {
    std::cout << words("note: the version does not rise; a changed set needs a higher one\n",
                       "注意：版本号没有增加；规则有变动时须用更高的版本号\n");
  }
  return Ending::kGood;
}

// The delivered rules (or those of a second file) with an overlay's additions, as a server that is
// configured so would load them.
Ending print_merged(const Wish& wish, const Words& words) {
  const auto text_of = [&](const std::string& path) -> std::optional<std::string> {
    std::ifstream file(path, std::ios::binary);
    if (!file) {
      std::cerr << words("cannot read ", "无法读取 ") << path << "\n";
      return std::nullopt;
    }
    return std::string(std::istreambuf_iterator<char>(file), {});
  };
  const bool own = wish.files.size() > 1;
  const auto overlay = text_of(wish.files.front());
  const auto base = own ? text_of(wish.files.back()) : std::string(after_sales_schema_json());
  if (!overlay || !base) return Ending::kRefused;
  const std::string base_name = own ? wish.files.back() : "after_sales.json";
  const auto merged = merge_overlay({*base, base_name}, {*overlay, wish.files.front()});
  const auto schema = merged.ok() ? load_schema(*merged, base_name + " with " + wish.files.front())
                                  : Result<Schema>(merged.error());
  if (!schema.ok()) {
    std::cerr << schema.error().field << ": " << schema.error().detail << "\n";
    return Ending::kRefused;
  }
  if (tell_sql_trouble(*schema, wish.files.front(), words)) return Ending::kRefused;
  std::cout << *merged;
  return Ending::kGood;
}

}  // namespace

void declare_rules(CLI::App& app, Wish& wish, Command& chosen) {
  auto* rules = app.add_subcommand("rules", "Rule sets as files 规则");
  rules->require_subcommand(1);
  auto* check =
      rules->add_subcommand("check", "Whether they load; errors with line and field 检查");
  check->add_option("files", wish.files)->required();
  check->callback([&] { chosen = check_rules; });
  auto* diff = rules->add_subcommand("diff", "Two of them in plain words 比较");
  diff->add_option("files", wish.files, "OLD NEW")->required()->expected(2);
  diff->callback([&] { chosen = compare_rules; });
  auto* merge = rules->add_subcommand("merge", "Delivered rules with an overlay, printed 合并");
  merge->add_option("files", wish.files, "OVERLAY [SCHEMA]")->required()->expected(1, 2);
  merge->callback([&] { chosen = print_merged; });
  declare_rule_desk(*rules, wish, chosen);
}

}  // namespace daybook::cli
