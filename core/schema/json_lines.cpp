// SPDX-License-Identifier: Apache-2.0
#include "core/schema/json_lines.hpp"

#include <cstddef>
#include <iterator>
#include <limits>

#include <nlohmann/json.hpp>

namespace daybook {
namespace {

// Hands the text to the parser character by character and counts the lines it has taken. The parser
// reads one character ahead only after a number, so a key's line, which is what errors name, is
// exact.
class LineCountingIterator {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  LineCountingIterator(const char* at, int* line) : at_(at), line_(line) {}
  reference operator*() const { return *at_; }
  LineCountingIterator& operator++() {
    if (*at_ == '\n') ++*line_;
    ++at_;
    return *this;
  }
  LineCountingIterator operator++(int) {
    const auto before = *this;
    ++*this;
    return before;
  }
  bool operator==(const LineCountingIterator& other) const { return at_ == other.at_; }
  bool operator!=(const LineCountingIterator& other) const { return at_ != other.at_; }

 private:
  const char* at_;
  int* line_;
};

class TreeBuilder {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit TreeBuilder(const int* line) : line_(line) {}

  bool null() { return add(JsonNode::Kind::kNull) != nullptr; }
  bool boolean(bool value) {
    auto* node = add(JsonNode::Kind::kBool);
    node->boolean = value;
    return true;
  }
  bool number_integer(number_integer_t value) {
    add(JsonNode::Kind::kInt)->integer = value;
    return true;
  }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max()))
      return refuse("a number is too large");
    add(JsonNode::Kind::kInt)->integer = static_cast<std::int64_t>(value);
    return true;
  }
  bool number_float(number_float_t, const string_t& text) {
    return refuse("only whole numbers, not " + text);
  }
  bool string(string_t& value) {
    add(JsonNode::Kind::kText)->text = std::move(value);
    return true;
  }
  bool binary(binary_t&) { return refuse("not JSON"); }
  bool start_object(std::size_t) { return open(JsonNode::Kind::kObject); }
  bool key(string_t& name) {
    auto& members = open_.back()->members;
    for (const auto& [known, node] : members) {
      if (known == name) {
        return refuse("'" + name + "' stands twice, first in line " + std::to_string(node.line));
      }
    }
    members.emplace_back(std::move(name), JsonNode{});
    members.back().second.line = *line_;
    return true;
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(JsonNode::Kind::kArray); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t, const std::string& last_token, const nlohmann::detail::exception&) {
    return refuse("not JSON near '" + last_token.substr(0, 40) + "'");
  }

  JsonNode take_root() { return std::move(root_); }
  const std::string& refusal() const { return refusal_; }
  int refusal_line() const { return refusal_line_; }

 private:
  // Nodes under construction are only ever the last child of their parent, so growing a vector
  // never moves an open one.
  JsonNode* add(JsonNode::Kind kind) {
    JsonNode* node = &root_;
    if (!open_.empty() && open_.back()->kind == JsonNode::Kind::kArray) {
      node = &open_.back()->items.emplace_back();
      node->line = *line_;
    } else if (!open_.empty()) {
      node = &open_.back()->members.back().second;
    } else {
      node->line = *line_;
    }
    node->kind = kind;
    return node;
  }
  bool open(JsonNode::Kind kind) {
    if (open_.size() >= kSchemaDepthMax)
      return refuse("nested deeper than " + std::to_string(kSchemaDepthMax));
    open_.push_back(add(kind));
    return true;
  }
  bool close() {
    open_.pop_back();
    return true;
  }
  bool refuse(std::string why) {
    refusal_ = std::move(why);
    refusal_line_ = *line_;
    return false;
  }

  const int* line_;
  JsonNode root_;
  std::vector<JsonNode*> open_;
  std::string refusal_;
  int refusal_line_ = 1;
};

}  // namespace

const JsonNode* JsonNode::find(std::string_view key) const {
  for (const auto& [name, node] : members) {
    if (name == key) return &node;
  }
  return nullptr;
}

Result<JsonNode> read_json_lines(std::string_view json, std::string_view file_name) {
  const std::string file(file_name);
  if (json.size() > kSchemaTextSizeMax) {
    return failure(
        Errc::kTooLarge, file,
        std::to_string(json.size()) + " bytes, at most " + std::to_string(kSchemaTextSizeMax));
  }
  int line = 1;
  TreeBuilder builder(&line);
  const bool read =
      nlohmann::json::sax_parse(LineCountingIterator(json.data(), &line),
                                LineCountingIterator(json.data() + json.size(), &line), &builder);
  if (!read)
    return failure(Errc::kInvalid, file + ":" + std::to_string(builder.refusal_line()),
                   builder.refusal());
  return builder.take_root();
}

}  // namespace daybook
