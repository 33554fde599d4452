// SPDX-License-Identifier: Apache-2.0
#include "sync-server/oidc/foreign_json.hpp"

#include <limits>
#include <set>

namespace daybook {
namespace {

constexpr std::size_t kSizeMax = 256 * 1024;
constexpr int kDepthMax = 16;
constexpr std::size_t kTextsMax = 1024;

// Counts brackets outside of strings. What is not JSON at all the parser will say.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text && c == '\\') ++i;
    if (c == '"') in_text = !in_text;
    if (in_text) continue;
    if ((c == '{' || c == '[') && ++depth > kDepthMax) return true;
    if (c == '}' || c == ']') --depth;
  }
  return false;
}

}  // namespace

Result<ForeignJson> read_foreign_json(std::string_view text, const char* what) {
  if (text.size() > kSizeMax) return failure(Errc::kTooLarge, what, "256 KiB");
  if (too_deep(text)) return failure(Errc::kInvalid, what, "nested too deep");
  std::vector<std::set<std::string>> names;
  bool twice = false;
  const auto watch = [&](int, ForeignJson::parse_event_t event, ForeignJson& value) {
    if (event == ForeignJson::parse_event_t::object_start) names.emplace_back();
    if (event == ForeignJson::parse_event_t::object_end) names.pop_back();
    if (event == ForeignJson::parse_event_t::key)
      twice |= !names.back().insert(value.get_ref<const std::string&>()).second;
    return true;
  };
  auto json = ForeignJson::parse(text.begin(), text.end(), watch, false);
  if (!json.is_object()) return failure(Errc::kInvalid, what, "not a JSON object");
  if (twice) return failure(Errc::kInvalid, what, "a name is given twice");
  return json;
}

std::optional<std::string> text_in(const ForeignJson& object, const std::string& name,
                                   std::size_t size_max) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  const auto& text = found->get_ref<const std::string&>();
  if (text.size() > size_max) return std::nullopt;
  return text;
}

std::optional<std::int64_t> number_in(const ForeignJson& object, const std::string& name) {
  const auto found = object.find(name);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  constexpr auto kMost = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (found->is_number_unsigned() && found->get<std::uint64_t>() > kMost) return std::nullopt;
  return found->get<std::int64_t>();
}

std::vector<std::string> texts_in(const ForeignJson& object, const std::string& name) {
  std::vector<std::string> texts;
  const auto found = object.find(name);
  if (found == object.end()) return texts;
  if (found->is_string()) texts.push_back(found->get<std::string>());
  if (!found->is_array()) return texts;
  for (const auto& item : *found) {
    if (item.is_string() && texts.size() < kTextsMax) texts.push_back(item.get<std::string>());
  }
  return texts;
}

}  // namespace daybook
