// SPDX-License-Identifier: Apache-2.0
#include "sync-server/bucket/bucket_xml.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <optional>

namespace daybook {
namespace {

constexpr std::size_t kDepthMax = 8;
constexpr std::size_t kNameSizeMax = 64;
constexpr std::string_view kSpace = " \t\r\n";

Error wrong(const char* why) { return failure(Errc::kInvalid, "list", why); }

using Path = std::vector<std::string_view>;
// Of an element without children: where it is and what it says.
using Visit = std::function<Result<void>(const Path& path, const std::string& text)>;

bool is_path(const Path& path, std::initializer_list<std::string_view> wanted) {
  return std::equal(path.begin(), path.end(), wanted.begin(), wanted.end());
}

// A name of ASCII only: what else is in a bucket is not ours.
std::optional<char> char_of(std::string_view reference) {
  constexpr std::pair<std::string_view, char> kNamed[] = {
      {"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  for (const auto& [name, c] : kNamed) {
    if (reference == name) return c;
  }
  if (!reference.starts_with('#')) return std::nullopt;
  reference.remove_prefix(1);
  const int base = reference.starts_with('x') ? 16 : 10;
  if (base == 16) reference.remove_prefix(1);
  unsigned code = 0;
  const auto* const end = reference.data() + reference.size();
  const auto [at, error] = std::from_chars(reference.data(), end, code, base);
  if (error != std::errc{} || at != end || code == 0) return std::nullopt;
  return code < 0x80 ? static_cast<char>(code) : '?';
}

class XmlWalk {
 public:
  XmlWalk(std::string_view xml, const Visit& visit) : rest_(xml), visit_(visit) {}

  Result<void> run() {
    while (!rest_.empty()) {
      if (rest_.front() != '<') {
        DAYBOOK_TRY(take_text());
      } else if (rest_.starts_with("<?")) {
        const auto end = rest_.find("?>");
        if (end == rest_.npos) return wrong("an instruction does not end");
        rest_.remove_prefix(end + 2);
      } else if (rest_.starts_with("</")) {
        DAYBOOK_TRY(take_end());
      } else {
        DAYBOOK_TRY(take_start());
      }
    }
    if (!path_.empty() || !has_root_) return wrong("an element does not end");
    return {};
  }

 private:
  Result<void> take_text() {
    const auto raw = rest_.substr(0, rest_.find('<'));
    rest_.remove_prefix(raw.size());
    if (path_.empty()) {
      if (raw.find_first_not_of(kSpace) != raw.npos) return wrong("text outside of the document");
      return {};
    }
    for (std::size_t at = 0; at < raw.size();) {
      if (raw[at] != '&') {
        text_ += raw[at++];
        continue;
      }
      const auto end = raw.find(';', at);
      const auto c = end == raw.npos ? std::nullopt : char_of(raw.substr(at + 1, end - at - 1));
      if (!c) return wrong("a reference to nothing");
      text_ += *c;
      at = end + 1;
    }
    return {};
  }

  std::string_view take_name() {
    std::size_t size = 0;
    const auto is_part = [](char c) {
      return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
             c == '_' || c == '-' || c == '.' || c == ':';
    };
    while (size < rest_.size() && size <= kNameSizeMax && is_part(rest_[size])) ++size;
    const auto name = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return name;
  }

  // Up to the closing bracket, which attributes may have in their values. True when the element
  // ends here too.
  Result<bool> skip_attributes() {
    char quote = 0;
    for (std::size_t at = 0; at < rest_.size(); ++at) {
      const char c = rest_[at];
      if (quote != 0) {
        if (c == quote) quote = 0;
      } else if (c == '"' || c == '\'') {
        quote = c;
      } else if (c == '<') {
        break;
      } else if (c == '>') {
        const bool ends = at > 0 && rest_[at - 1] == '/';
        rest_.remove_prefix(at + 1);
        return ends;
      }
    }
    return wrong("a tag does not end");
  }

  Result<void> take_start() {
    rest_.remove_prefix(1);
    const auto name = take_name();
    if (name.empty() || name.size() > kNameSizeMax) return wrong("something else than an element");
    if (path_.empty() && has_root_) return wrong("two documents");
    if (path_.size() == kDepthMax) return wrong("too deep");
    has_root_ = true;
    DAYBOOK_ASSIGN(const bool ends, skip_attributes());
    path_.push_back(name);
    text_.clear();
    is_leaf_ = true;
    return ends ? leave() : success();
  }

  Result<void> take_end() {
    rest_.remove_prefix(2);
    const auto name = take_name();
    if (path_.empty() || path_.back() != name) return wrong("the end of another element");
    rest_.remove_prefix(std::min(rest_.find_first_not_of(kSpace), rest_.size()));
    if (!rest_.starts_with('>')) return wrong("a tag does not end");
    rest_.remove_prefix(1);
    return leave();
  }

  Result<void> leave() {
    if (is_leaf_) DAYBOOK_TRY(visit_(path_, text_));
    path_.pop_back();
    text_.clear();
    is_leaf_ = false;
    return {};
  }

  std::string_view rest_;
  const Visit& visit_;
  Path path_;
  std::string text_;
  bool is_leaf_ = false;
  bool has_root_ = false;
};

}  // namespace

Result<BucketList> read_bucket_list(std::string_view xml) {
  if (xml.size() > kBucketListSizeMax) return failure(Errc::kTooLarge, "list", "4 MiB");
  BucketList list;
  std::optional<bool> is_truncated;
  const Visit visit = [&](const Path& path, const std::string& text) -> Result<void> {
    if (path.front() != "ListBucketResult") return wrong("not a list");
    if (is_path(path, {"ListBucketResult", "Contents", "Key"})) {
      if (text.size() > kBucketKeySizeMax || list.keys.size() == kBucketKeysMax)
        return failure(Errc::kTooLarge, "list", "1000 names of 1024 bytes");
      list.keys.push_back(text);
    } else if (is_path(path, {"ListBucketResult", "IsTruncated"})) {
      if (is_truncated || (text != "true" && text != "false")) return wrong("IsTruncated");
      is_truncated = text == "true";
    } else if (is_path(path, {"ListBucketResult", "NextContinuationToken"})) {
      if (text.size() > kBucketTokenSizeMax || text.empty() || !list.next_token.empty())
        return wrong("NextContinuationToken");
      list.next_token = text;
    }
    return {};
  };
  DAYBOOK_TRY(XmlWalk(xml, visit).run());
  // Without it an answer of somebody else would read as "nothing there".
  if (!is_truncated) return wrong("IsTruncated is missing");
  if (*is_truncated == list.next_token.empty()) return wrong("NextContinuationToken");
  return list;
}

std::string read_bucket_error_code(std::string_view xml) {
  std::string code;
  const Visit visit = [&](const Path& path, const std::string& text) -> Result<void> {
    if (code.empty() && is_path(path, {"Error", "Code"})) code = text;
    return {};
  };
  // What came after the code may be cut off.
  (void)XmlWalk(xml.substr(0, kBucketListSizeMax), visit).run();
  const bool is_word = std::all_of(code.begin(), code.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  });
  return is_word && code.size() <= kBucketErrorCodeSizeMax ? code : std::string();
}

}  // namespace daybook
