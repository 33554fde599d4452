// SPDX-License-Identifier: Apache-2.0
#include "sync-server/api/json_in.hpp"

#include <algorithm>
#include <limits>
#include <set>
#include <vector>

#include "core/base/hex.hpp"
#include "core/model/limits.hpp"
#include "core/model/strokes.hpp"

namespace daybook {
namespace {

// A program may send many members, but looking for one of them must stay cheap.
constexpr std::size_t kMembersMax = 1024;
constexpr std::size_t kPlaceShownMax = 64;  // bytes of a stranger's key that an error repeats

// Counts brackets outside of strings. What is not JSON at all the parser will say.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool in_text = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_text) {
      if (c == '\\') {
        ++i;
      } else if (c == '"') {
        in_text = false;
      }
      continue;
    }
    if (c == '"') in_text = true;
    if ((c == '{' || c == '[') && ++depth > kJsonDepthMax) return true;
    if (c == '}' || c == ']') --depth;
  }
  return false;
}

// Builds the document and stops at the first thing we do not take.
class StrictReader final : public nlohmann::json_sax<Json> {
 public:
  bool null() override { return put(nullptr); }
  bool boolean(bool held) override { return put(held); }
  bool number_integer(std::int64_t held) override { return put(held); }
  bool number_unsigned(std::uint64_t held) override {
    if (held > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
      return refuse("larger than 63 bits");
    return put(static_cast<std::int64_t>(held));
  }
  bool number_float(Json::number_float_t, const std::string&) override {
    return refuse("numbers here are whole: no fraction, no exponent");
  }
  bool string(std::string& held) override { return put(std::move(held)); }
  bool binary(Json::binary_t&) override { return refuse("not JSON"); }
  bool start_object(std::size_t) override {
    if (!open(Json::object())) return false;
    keys_.emplace_back();
    return true;
  }
  bool end_object() override {
    keys_.pop_back();
    return close();
  }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_array() override { return close(); }
  bool key(std::string& name) override {
    key_ = name;
    if (!keys_.back().insert(name).second) return refuse("given twice");
    if (keys_.back().size() > kMembersMax) return refuse("more than 1024 members");
    return true;
  }
  bool parse_error(std::size_t position, const std::string&,
                   const nlohmann::detail::exception&) override {
    if (!error_)
      error_ = failure(Errc::kInvalid, "body", "not JSON, at byte " + std::to_string(position));
    return false;
  }

  Result<Json> take() {
    if (error_) return *error_;
    return std::move(root_);
  }

 private:
  struct Level {
    Json* node;
    std::string key;
  };

  template <class Held>
  bool put(Held&& held) {
    add(Json(std::forward<Held>(held)));
    return true;
  }
  Json* add(Json node) {
    if (levels_.empty()) {
      root_ = std::move(node);
      return &root_;
    }
    Json& parent = *levels_.back().node;
    if (parent.is_array()) {
      parent.push_back(std::move(node));
      return &parent.back();
    }
    levels_.back().key = key_;
    return &(parent[key_] = std::move(node));
  }
  bool open(Json node) {
    Json* held = add(std::move(node));
    levels_.push_back({held, {}});
    return true;
  }
  bool close() {
    levels_.pop_back();
    return true;
  }
  bool refuse(const char* why) {
    error_ = failure(Errc::kInvalid, place(), why);
    return false;
  }
  std::string place() const {
    std::string path;
    for (const auto& level : levels_) {
      const bool last = &level == &levels_.back();
      std::string step = level.node->is_array() ? "[" + std::to_string(level.node->size()) + "]"
                         : last                 ? key_
                                                : level.key;
      if (!level.node->is_array() && !path.empty()) path += '.';
      path += step.substr(0, kPlaceShownMax);
    }
    return path.empty() ? "body" : path;
  }

  Json root_;
  std::vector<Level> levels_;
  std::vector<std::set<std::string>> keys_;
  std::string key_;
  std::optional<Error> error_;
};

Error wrong(const std::string& place, const char* wanted) {
  return failure(Errc::kWrongType, place, std::string("expected ") + wanted);
}

template <class Fixed>
Result<Value> fixed_from_hex(const Json& json, const std::string& place, const char* wanted) {
  const auto bytes = json.is_string() ? from_hex(json.get_ref<const std::string&>()) : std::nullopt;
  if (!bytes || !Fixed::from(*bytes)) return wrong(place, wanted);
  return Value::bytes(*bytes);
}

Result<Value> reference_from(const Json& json, const std::string& place) {
  const auto id = json.is_string() ? uuid_from(json.get_ref<const std::string&>()) : std::nullopt;
  if (!id) return wrong(place, "the id of a record (8-4-4-4-12)");
  return Value::bytes(copy_of(id->view()));
}

Result<Value> list_from(const FieldSchema& field, const Json& json, const std::string& place) {
  if (!json.is_array()) return wrong(place, "a list");
  if (json.size() > kListItemsMax)
    return failure(Errc::kTooLarge, place, std::to_string(kListItemsMax) + " items");
  ValueList items;
  FieldSchema one = field;
  one.type = field.type == FieldType::kTextList ? FieldType::kText : FieldType::kReference;
  for (std::size_t i = 0; i < json.size(); ++i) {
    const std::string item_place = place + "[" + std::to_string(i) + "]";
    if (json[i].is_null()) return wrong(item_place, "no null in a list");
    DAYBOOK_ASSIGN(auto item, value_from(one, json[i], item_place));
    items.push_back(std::move(item));
  }
  return Value::list(std::move(items));
}

}  // namespace

Result<Json> read_json(std::string_view text) {
  if (text.find_first_not_of(" \t\r\n") == std::string_view::npos) return Json::object();
  if (too_deep(text))
    return failure(Errc::kTooLarge, "body", "nested deeper than " + std::to_string(kJsonDepthMax));
  StrictReader reader;
  Json::sax_parse(text.begin(), text.end(), &reader);
  DAYBOOK_ASSIGN(auto json, reader.take());
  if (!json.is_object()) return failure(Errc::kInvalid, "body", "expected an object");
  return json;
}

Result<void> JsonObject::allow_only(std::initializer_list<std::string_view> names) const {
  for (const auto& [name, value] : json_.items()) {
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      return failure(Errc::kInvalid, name.substr(0, kPlaceShownMax),
                     "not a member of this request");
    }
  }
  return success();
}

const Json* JsonObject::find(std::string_view name) const {
  const auto found = json_.find(name);
  return found == json_.end() || found->is_null() ? nullptr : &*found;
}

Result<std::optional<std::string>> JsonObject::find_text(std::string_view name,
                                                         std::size_t size_max) const {
  const Json* held = find(name);
  if (held == nullptr) return std::optional<std::string>{};
  if (!held->is_string()) return wrong(std::string(name), "a text");
  const auto& text = held->get_ref<const std::string&>();
  if (text.size() > size_max)
    return failure(Errc::kTooLarge, std::string(name), std::to_string(size_max) + " bytes");
  return std::optional(text);
}

Result<std::string> JsonObject::text(std::string_view name, std::size_t size_max) const {
  DAYBOOK_ASSIGN(auto found, find_text(name, size_max));
  if (!found || found->empty()) return failure(Errc::kInvalid, std::string(name), "missing");
  return *std::move(found);
}

Result<std::optional<bool>> JsonObject::find_flag(std::string_view name) const {
  const Json* held = find(name);
  if (held == nullptr) return std::optional<bool>{};
  if (!held->is_boolean()) return wrong(std::string(name), "true or false");
  return std::optional(held->get<bool>());
}

Result<std::uint64_t> JsonObject::count(std::string_view name) const {
  const Json* held = find(name);
  if (held == nullptr) return failure(Errc::kInvalid, std::string(name), "missing");
  if (!held->is_number_integer() || held->get<std::int64_t>() < 0)
    return wrong(std::string(name), "a number, not negative");
  return static_cast<std::uint64_t>(held->get<std::int64_t>());
}

Result<const Json*> JsonObject::object(std::string_view name) const {
  const Json* held = find(name);
  if (held == nullptr) return failure(Errc::kInvalid, std::string(name), "missing");
  if (!held->is_object()) return wrong(std::string(name), "an object");
  return held;
}

// An array of strokes, each an array of points [x, y, t, p].
Result<Value> strokes_from(const Json& json, const std::string& place) {
  const auto is_point = [](const Json& point) {
    return point.is_array() && point.size() == 4 &&
           std::all_of(point.begin(), point.end(),
                       [](const Json& number) { return number.is_number_integer(); });
  };
  if (!json.is_array()) return wrong(place, "an array of strokes");
  Strokes strokes;
  for (const Json& drawn : json) {
    if (!drawn.is_array() || !std::all_of(drawn.begin(), drawn.end(), is_point))
      return wrong(place, "strokes as arrays of points [x, y, t, p]");
    Stroke& stroke = strokes.emplace_back();
    for (const Json& point : drawn) {
      const auto number = [&](std::size_t i) { return point[i].get<std::int64_t>(); };
      const StrokePoint drawn_point{
          static_cast<std::int32_t>(number(0)), static_cast<std::int32_t>(number(1)),
          static_cast<std::uint32_t>(number(2)), static_cast<std::uint16_t>(number(3))};
      const bool same = drawn_point.x == number(0) && drawn_point.y == number(1) &&
                        drawn_point.t_ms == number(2) && drawn_point.pressure == number(3);
      if (!same) return failure(Errc::kInvalid, place, "a number out of range");
      stroke.push_back(drawn_point);
    }
  }
  auto bytes = encode_strokes(strokes);
  if (!bytes.ok()) return failure(bytes.error().code, place, bytes.error().detail);
  return Value::bytes(*std::move(bytes));
}

Result<Value> value_from(const FieldSchema& field, const Json& json, const std::string& place) {
  if (json.is_null()) return Value::null();
  switch (field.type) {
    case FieldType::kBool:
      if (!json.is_boolean()) return wrong(place, "true or false");
      return Value::boolean(json.get<bool>());
    case FieldType::kText:
      if (!json.is_string()) return wrong(place, "a text");
      return Value::text(json.get<std::string>());
    case FieldType::kBytes: {
      const auto bytes =
          json.is_string() ? from_hex(json.get_ref<const std::string&>()) : std::nullopt;
      if (!bytes) return wrong(place, "bytes as hex digits");
      return Value::bytes(*bytes);
    }
    case FieldType::kDigest:
      return fixed_from_hex<Digest>(json, place, "a digest as 64 hex digits");
    case FieldType::kReference: return reference_from(json, place);
    case FieldType::kTextList:
    case FieldType::kReferenceList: return list_from(field, json, place);
    case FieldType::kStrokes: return strokes_from(json, place);
    case FieldType::kInt:
    case FieldType::kTime:
    case FieldType::kMoney:
    case FieldType::kQuantity:
    case FieldType::kGeo: break;
  }
  if (!json.is_number_integer()) return wrong(place, "a whole number");
  return Value::integer(json.get<std::int64_t>());
}

Result<Fields> fields_from(const CollectionSchema& collection, const Json& json) {
  Fields fields;
  for (const auto& [name, held] : json.items()) {
    const auto* field = collection.find(name);
    const std::string place = "set." + name.substr(0, kPlaceShownMax);
    if (field == nullptr) return failure(Errc::kUnknownField, place, collection.name);
    DAYBOOK_ASSIGN(auto value, value_from(*field, held, place));
    fields.set(name, std::move(value));
  }
  return fields;
}

}  // namespace daybook
