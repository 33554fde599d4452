// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/json/json_text.hpp"

#include <limits>
#include <nlohmann/json.hpp>
#include <set>

#include "core/base/ensure.hpp"
#include "core/model/cbor.hpp"

namespace daybook::abi {
namespace {

constexpr std::size_t kItemsMax =
    200'000;  // values in one text, so that a small text cannot fill the memory
constexpr std::size_t kPlaceSizeMax = 200;

// One object or array that is being read.
struct Level {
  JsonValue* node = nullptr;
  std::set<std::string, std::less<>> keys;
};

class TreeReader {
 public:
  using number_integer_t = nlohmann::json::number_integer_t;
  using number_unsigned_t = nlohmann::json::number_unsigned_t;
  using number_float_t = nlohmann::json::number_float_t;
  using string_t = nlohmann::json::string_t;
  using binary_t = nlohmann::json::binary_t;

  explicit TreeReader(std::string_view what) : what_(what) {}

  bool null() { return add(JsonValue::Kind::kNull) != nullptr; }
  bool boolean(bool value) {
    JsonValue* node = add(JsonValue::Kind::kBool);
    if (node != nullptr) node->boolean = value;
    return node != nullptr;
  }
  bool number_integer(number_integer_t value) {
    JsonValue* node = add(JsonValue::Kind::kInt);
    if (node != nullptr) node->integer = value;
    return node != nullptr;
  }
  bool number_unsigned(number_unsigned_t value) {
    if (value > static_cast<number_unsigned_t>(std::numeric_limits<std::int64_t>::max())) {
      return refuse(Errc::kWrongType, next_place(), "larger than 64 bits");
    }
    return number_integer(static_cast<number_integer_t>(value));
  }
  bool number_float(number_float_t, const string_t& text) {
    return refuse(Errc::kWrongType, next_place(),
                  "only whole numbers of 64 bits, not " + text.substr(0, 40));
  }
  bool string(string_t& value) {
    JsonValue* node = add(JsonValue::Kind::kText);
    if (node != nullptr) node->text = std::move(value);
    return node != nullptr;
  }
  bool binary(binary_t&) { return refuse(Errc::kInvalid, next_place(), "not JSON"); }
  bool start_object(std::size_t) { return open(JsonValue::Kind::kObject); }
  bool key(string_t& name) {
    Level& level = levels_.back();
    const bool is_new = level.keys.insert(name).second;
    level.node->members.emplace_back(std::move(name), JsonValue{});
    return is_new || refuse(Errc::kInvalid, next_place(), "stands twice");
  }
  bool end_object() { return close(); }
  bool start_array(std::size_t) { return open(JsonValue::Kind::kArray); }
  bool end_array() { return close(); }
  bool parse_error(std::size_t position, const std::string&, const nlohmann::detail::exception&) {
    return refuse(Errc::kInvalid, levels_.empty() ? what_ : next_place(),
                  "not JSON at byte " + std::to_string(position));
  }

  JsonValue take_root() { return std::move(root_); }
  Error take_error() { return std::move(error_); }

 private:
  // The place of the value that comes next.
  std::string next_place() const {
    std::string place;
    for (const Level& level : levels_) {
      if (level.node->is(JsonValue::Kind::kObject)) {
        if (!level.node->members.empty()) place = place_in(place, level.node->members.back().first);
      } else {
        const bool is_inner = &level != &levels_.back();
        place = place_in(place, level.node->items.size() - (is_inner ? 1 : 0));
      }
    }
    return place.empty() ? what_ : place.substr(0, kPlaceSizeMax);
  }

  JsonValue* add(JsonValue::Kind kind) {
    if (++items_ > kItemsMax) {
      refuse(Errc::kTooLarge, next_place(), "more than " + std::to_string(kItemsMax) + " values");
      return nullptr;
    }
    JsonValue* node = &root_;
    if (!levels_.empty()) {
      JsonValue& parent = *levels_.back().node;
      node = parent.is(JsonValue::Kind::kArray) ? &parent.items.emplace_back()
                                                : &parent.members.back().second;
    }
    node->kind = kind;
    return node;
  }

  bool open(JsonValue::Kind kind) {
    if (levels_.size() >= static_cast<std::size_t>(kJsonDepthMax)) {
      return refuse(Errc::kTooLarge, next_place(),
                    "nested deeper than " + std::to_string(kJsonDepthMax));
    }
    // A parent's vector only grows when its last child is closed, so the pointers above stay good.
    JsonValue* node = add(kind);
    if (node == nullptr) return false;
    levels_.push_back({node, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }
  bool refuse(Errc code, std::string place, std::string detail) {
    error_ = failure(code, std::move(place), std::move(detail));
    return false;
  }

  std::string what_;
  JsonValue root_;
  std::vector<Level> levels_;
  std::size_t items_ = 0;
  Error error_;
};

void write_text(std::string& out, std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  const bool whole = is_utf8(view_of(text));
  out += '"';
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (byte < 0x20) {
      out += "\\u00";
      out += digits[byte >> 4];
      out += digits[byte & 15];
    } else if (byte >= 0x80 && !whole) {
      out += '?';
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

const JsonValue* JsonValue::find(std::string_view key) const {
  for (const auto& [name, value] : members) {
    if (name == key) return &value;
  }
  return nullptr;
}

std::string_view name_of(JsonValue::Kind kind) {
  switch (kind) {
    case JsonValue::Kind::kNull: return "null";
    case JsonValue::Kind::kBool: return "true or false";
    case JsonValue::Kind::kInt: return "a whole number";
    case JsonValue::Kind::kText: return "a text";
    case JsonValue::Kind::kArray: return "an array";
    case JsonValue::Kind::kObject: return "an object";
  }
  return "nothing";
}

Result<JsonValue> read_json(std::string_view text, std::string_view what) {
  if (text.size() > kJsonTextSizeMax) {
    return failure(Errc::kTooLarge, std::string(what),
                   "at most " + std::to_string(kJsonTextSizeMax) + " bytes");
  }
  TreeReader reader(what);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &reader)) return reader.take_error();
  return reader.take_root();
}

std::string place_in(std::string_view parent, std::string_view key) {
  std::string place(parent);
  if (!place.empty()) place += '.';
  // A key may hold anything; an error must stay readable.
  for (const char c : key.substr(0, 64)) place += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  return place;
}

std::string place_in(std::string_view parent, std::size_t index) {
  return std::string(parent) + "[" + std::to_string(index) + "]";
}

JsonWriter& JsonWriter::open(char sign) {
  separate();
  out_ += sign;
  fresh_ = true;
  return *this;
}

JsonWriter& JsonWriter::close(char sign) {
  out_ += sign;
  fresh_ = false;
  return *this;
}

void JsonWriter::separate() {
  if (!fresh_) out_ += ',';
  fresh_ = false;
}

JsonWriter& JsonWriter::key(std::string_view name) {
  separate();
  write_text(out_, name);
  out_ += ':';
  fresh_ = true;
  return *this;
}

JsonWriter& JsonWriter::text(std::string_view value) {
  separate();
  write_text(out_, value);
  return *this;
}

JsonWriter& JsonWriter::integer(std::int64_t value) { return raw(std::to_string(value)); }
JsonWriter& JsonWriter::count(std::uint64_t value) { return raw(std::to_string(value)); }
JsonWriter& JsonWriter::boolean(bool value) { return raw(value ? "true" : "false"); }
JsonWriter& JsonWriter::null() { return raw("null"); }

JsonWriter& JsonWriter::raw(std::string_view json) {
  separate();
  out_ += json;
  return *this;
}

JsonWriter& JsonWriter::value(const JsonValue& value) {
  switch (value.kind) {
    case JsonValue::Kind::kNull: return null();
    case JsonValue::Kind::kBool: return boolean(value.boolean);
    case JsonValue::Kind::kInt: return integer(value.integer);
    case JsonValue::Kind::kText: return text(value.text);
    case JsonValue::Kind::kArray:
      begin_array();
      for (const JsonValue& item : value.items) this->value(item);
      return end_array();
    case JsonValue::Kind::kObject:
      begin_object();
      for (const auto& [name, member] : value.members) key(name).value(member);
      return end_object();
  }
  return null();
}

}  // namespace daybook::abi
