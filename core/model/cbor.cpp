// SPDX-License-Identifier: Apache-2.0
#include "core/model/cbor.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include "core/model/limits.hpp"

namespace daybook {
namespace {

constexpr std::uint8_t kUnsigned = 0, kNegative = 1, kByteString = 2, kTextString = 3, kArray = 4,
                       kMap = 5, kSimple = 7;
constexpr std::uint64_t kFalse = 20, kTrue = 21, kNull = 22;

}  // namespace

void CborWriter::head(std::uint8_t major, std::uint64_t argument) {
  const auto first = static_cast<std::uint8_t>(major << 5);
  if (argument < 24) {
    out_.push_back(static_cast<std::uint8_t>(first | argument));
    return;
  }
  std::size_t size = 8;
  std::uint8_t code = 27;
  if (argument <= 0xff) {
    size = 1, code = 24;
  } else if (argument <= 0xffff) {
    size = 2, code = 25;
  } else if (argument <= 0xffffffff) {
    size = 4, code = 26;
  }
  std::array<std::uint8_t, 9> bytes{static_cast<std::uint8_t>(first | code)};
  for (std::size_t i = 0; i < size; ++i)
    bytes[1 + i] = static_cast<std::uint8_t>(argument >> ((size - 1 - i) * 8));
  out_.insert(out_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(1 + size));
}

CborWriter& CborWriter::integer(std::int64_t value) {
  if (value >= 0) {
    head(kUnsigned, static_cast<std::uint64_t>(value));
  } else {
    head(kNegative, ~static_cast<std::uint64_t>(value));
  }
  return *this;
}

CborWriter& CborWriter::unsigned_integer(std::uint64_t value) {
  head(kUnsigned, value);
  return *this;
}

CborWriter& CborWriter::bytes(BytesView value) {
  head(kByteString, value.size());
  return raw(value);
}

CborWriter& CborWriter::text(std::string_view value) {
  head(kTextString, value.size());
  return raw(view_of(value));
}

CborWriter& CborWriter::boolean(bool value) {
  head(kSimple, value ? kTrue : kFalse);
  return *this;
}

CborWriter& CborWriter::null() {
  head(kSimple, kNull);
  return *this;
}

CborWriter& CborWriter::array(std::size_t count) {
  head(kArray, count);
  return *this;
}

CborWriter& CborWriter::map(std::size_t count) {
  head(kMap, count);
  return *this;
}

CborWriter& CborWriter::value(const Value& v) {
  switch (v.kind()) {
    case Value::Kind::kNull: return null();
    case Value::Kind::kBool: return boolean(v.as_bool());
    case Value::Kind::kInt: return integer(v.as_int());
    case Value::Kind::kText: return text(v.as_text());
    case Value::Kind::kBytes: return bytes(v.as_bytes());
    case Value::Kind::kList: break;
  }
  array(v.as_list().size());
  for (const auto& element : v.as_list()) value(element);
  return *this;
}

CborWriter& CborWriter::fields(const Fields& all) {
  map(all.size());
  for (const auto& [name, held] : all) text(name).value(held);
  return *this;
}

CborWriter& CborWriter::optional(const std::optional<Value>& held) {
  array(held ? 1 : 0);
  return held ? value(*held) : *this;
}

CborWriter& CborWriter::raw(BytesView encoded) {
  out_.insert(out_.end(), encoded.begin(), encoded.end());
  return *this;
}

void CborReader::fail(Errc code, std::string_view what, std::string detail) {
  if (!failed()) error_ = Error{code, std::string(what), std::move(detail)};
}

bool CborReader::head(std::string_view what, std::uint8_t& major, std::uint64_t& argument) {
  if (failed()) return false;
  if (left() == 0) {
    fail(Errc::kInvalid, what, "ends too early");
    return false;
  }
  const std::uint8_t first = in_[at_++];
  major = first >> 5;
  const std::uint8_t code = first & 31;
  if (code < 24) {
    argument = code;
    return true;
  }
  if (code > 27 || major == kSimple) {
    fail(Errc::kInvalid, what, "not in this format's vocabulary");
    return false;
  }
  const std::size_t size = std::size_t{1} << (code - 24);
  if (left() < size) {
    fail(Errc::kInvalid, what, "ends too early");
    return false;
  }
  argument = 0;
  for (std::size_t i = 0; i < size; ++i) argument = (argument << 8) | in_[at_++];
  const std::uint64_t smallest = size == 1 ? 24 : std::uint64_t{1} << (size * 4);
  if (argument < smallest) {
    fail(Errc::kInvalid, what, "not the shortest form");
    return false;
  }
  return true;
}

std::int64_t CborReader::integer(std::string_view what) {
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  if (!head(what, major, argument)) return 0;
  if (major > kNegative || argument > static_cast<std::uint64_t>(INT64_MAX)) {
    fail(major > kNegative ? Errc::kWrongType : Errc::kTooLarge, what, "expected a 64-bit integer");
    return 0;
  }
  const auto positive = static_cast<std::int64_t>(argument);
  return major == kUnsigned ? positive : -1 - positive;
}

std::uint64_t CborReader::unsigned_integer(std::string_view what, std::uint64_t max) {
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  if (!head(what, major, argument)) return 0;
  if (major != kUnsigned) {
    fail(Errc::kWrongType, what, "expected an unsigned integer");
    return 0;
  }
  if (argument > max) {
    fail(Errc::kTooLarge, what, "at most " + std::to_string(max));
    return 0;
  }
  return argument;
}

BytesView CborReader::string(std::string_view what, std::uint8_t wanted_major,
                             std::size_t size_max) {
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  if (!head(what, major, argument)) return {};
  if (major != wanted_major) {
    fail(Errc::kWrongType, what, wanted_major == kTextString ? "expected text" : "expected bytes");
    return {};
  }
  if (argument > size_max) {
    fail(Errc::kTooLarge, what,
         std::to_string(argument) + " bytes, at most " + std::to_string(size_max));
    return {};
  }
  if (argument > left()) {
    fail(Errc::kInvalid, what, "ends too early");
    return {};
  }
  const auto size = static_cast<std::size_t>(argument);
  const auto found = in_.subspan(at_, size);
  at_ += size;
  return found;
}

BytesView CborReader::bytes(std::string_view what, std::size_t size_max) {
  return string(what, kByteString, size_max);
}

std::string_view CborReader::text(std::string_view what, std::size_t size_max) {
  const auto found = string(what, kTextString, size_max);
  if (!failed() && !is_utf8(found)) fail(Errc::kInvalid, what, "not UTF-8");
  return failed() ? std::string_view{} : text_of(found);
}

bool CborReader::boolean(std::string_view what) {
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  if (!head(what, major, argument)) return false;
  if (major != kSimple || (argument != kTrue && argument != kFalse))
    fail(Errc::kWrongType, what, "expected true or false");
  return argument == kTrue;
}

std::size_t CborReader::array(std::string_view what, std::size_t count_max) {
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  if (!head(what, major, argument)) return 0;
  if (major != kArray) {
    fail(Errc::kWrongType, what, "expected an array");
    return 0;
  }
  if (argument > count_max) {
    fail(Errc::kTooLarge, what,
         std::to_string(argument) + " items, at most " + std::to_string(count_max));
    return 0;
  }
  // Each item takes at least a byte, so a short input cannot ask for a large allocation.
  if (argument > left()) {
    fail(Errc::kInvalid, what, "ends too early");
    return 0;
  }
  return static_cast<std::size_t>(argument);
}

void CborReader::array_of(std::string_view what, std::size_t count) {
  const auto found = array(what, count);
  if (!failed() && found != count)
    fail(Errc::kInvalid, what, "expected " + std::to_string(count) + " items");
}

bool CborReader::take_null() {
  if (failed() || left() == 0 || in_[at_] != ((kSimple << 5) | kNull)) return false;
  ++at_;
  return true;
}

bool CborReader::next_is_array() const {
  return !failed() && left() > 0 && (in_[at_] >> 5) == kArray;
}

Value CborReader::value(std::string_view what, std::size_t size_max) {
  return value_at(what, size_max, 1);
}

Value CborReader::value_at(std::string_view what, std::size_t size_max, int depth) {
  if (failed()) return {};
  if (left() == 0) {
    fail(Errc::kInvalid, what, "ends too early");
    return {};
  }
  if (depth > kCborDepthMax) {
    fail(Errc::kTooLarge, what, "nested deeper than " + std::to_string(kCborDepthMax));
    return {};
  }
  switch (in_[at_] >> 5) {
    case kUnsigned:
    case kNegative: return Value::integer(integer(what));
    case kByteString: return Value::bytes(copy_of(bytes(what, size_max)));
    case kTextString: return Value::text(std::string(text(what, size_max)));
    case kArray: {
      // Room is made as items arrive: nested lists that each announce many must not multiply into
      // memory.
      const std::size_t count = array(what, size_max);
      ValueList list;
      list.reserve(std::min<std::size_t>(count, 16));
      for (std::size_t i = 0; i < count && !failed(); ++i)
        list.push_back(value_at(what, size_max, depth + 1));
      return failed() ? Value{} : Value::list(std::move(list));
    }
    case kSimple:
      if (take_null()) return {};
      return Value::boolean(boolean(what));
    default: fail(Errc::kWrongType, what, "expected a value"); return {};
  }
}

Fields CborReader::fields(std::string_view what, std::size_t count_max,
                          std::size_t value_size_max) {
  std::uint8_t major = 0;
  std::uint64_t count = 0;
  if (!head(what, major, count)) return {};
  if (major != kMap) {
    fail(Errc::kWrongType, what, "expected a map");
    return {};
  }
  if (count > count_max) {
    fail(Errc::kTooLarge, what,
         std::to_string(count) + " fields, at most " + std::to_string(count_max));
    return {};
  }
  if (count > left() / 2) {
    fail(Errc::kInvalid, what, "ends too early");
    return {};
  }
  Fields result;
  result.reserve(static_cast<std::size_t>(count));
  std::string previous;
  for (std::uint64_t i = 0; i < count && !failed(); ++i) {
    std::string name(text(what, kNameSizeMax));
    if (failed()) break;
    if (i > 0 && !canonical_less(previous, name)) {
      fail(Errc::kInvalid, what, "keys out of order or twice: " + name);
      break;
    }
    previous = name;
    auto held = value_at(name, value_size_max, 2);
    if (failed()) {
      // The path is written only when somebody will read it.
      error_.field = std::string(what) + "." + error_.field;
    } else {
      result.append(std::move(name), std::move(held));
    }
  }
  return failed() ? Fields{} : std::move(result);
}

std::optional<Value> CborReader::optional(std::string_view what, std::size_t size_max) {
  if (array(what, 1) == 0) return std::nullopt;
  return value(what, size_max);
}

void CborReader::skip_at(std::string_view what, int depth) {
  if (depth > kCborDepthMax)
    return fail(Errc::kTooLarge, what, "nested deeper than " + std::to_string(kCborDepthMax));
  std::uint8_t major = 0;
  std::uint64_t argument = 0;
  const std::size_t start = at_;
  if (!head(what, major, argument)) return;
  switch (major) {
    case kUnsigned:
    case kNegative: return;
    case kByteString:
    case kTextString:
      at_ = start;
      if (major == kByteString) {
        bytes(what, in_.size());
      } else {
        text(what, in_.size());
      }
      return;
    case kArray:
      if (argument > left()) return fail(Errc::kInvalid, what, "ends too early");
      for (std::uint64_t i = 0; i < argument && !failed(); ++i) skip_at(what, depth + 1);
      return;
    case kMap: {
      if (argument > left() / 2) return fail(Errc::kInvalid, what, "ends too early");
      std::string_view previous;
      for (std::uint64_t i = 0; i < argument && !failed(); ++i) {
        const auto name = text(what, in_.size());
        if (!failed() && i > 0 && !canonical_less(previous, name))
          fail(Errc::kInvalid, what, "keys out of order or twice");
        previous = name;
        if (!failed()) skip_at(what, depth + 1);
      }
      return;
    }
    default:
      if (argument < kFalse || argument > kNull)
        fail(Errc::kInvalid, what, "not in this format's vocabulary");
  }
}

BytesView CborReader::raw(std::string_view what) {
  const std::size_t start = at_;
  skip_at(what, 1);
  return failed() ? BytesView{} : in_.subspan(start, at_ - start);
}

Result<void> CborReader::finish(std::string_view what) {
  if (!failed() && left() != 0)
    fail(Errc::kInvalid, what, std::to_string(left()) + " bytes too many");
  if (failed()) return error_;
  return {};
}

Bytes encode(const Fields& fields) { return CborWriter().fields(fields).take(); }

Result<Fields> decode_fields(BytesView bytes, std::size_t count_max, std::size_t value_size_max) {
  CborReader reader(bytes);
  auto fields = reader.fields("fields", count_max, value_size_max);
  DAYBOOK_TRY(reader.finish("fields"));
  return fields;
}

bool is_utf8(BytesView in) {
  std::size_t i = 0;
  while (i < in.size()) {
    // Most of what passes here is ASCII, eight bytes at a time.
    std::uint64_t eight = 0;
    while (in.size() - i >= sizeof eight) {
      std::memcpy(&eight, in.data() + i, sizeof eight);
      if ((eight & 0x8080808080808080) != 0) break;
      i += sizeof eight;
    }
    if (i == in.size()) break;
    const std::uint8_t lead = in[i];
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
    if (lead < 0xc2 || lead > 0xf4 || in.size() - i < size) return false;
    for (std::size_t k = 1; k < size; ++k) {
      if ((in[i + k] & 0xc0) != 0x80) return false;
    }
    const std::uint8_t second = in[i + 1];
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f)) return false;
    if ((lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) return false;
    i += size;
  }
  return true;
}

}  // namespace daybook
