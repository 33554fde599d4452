// SPDX-License-Identifier: Apache-2.0
// The one codec: deterministic CBOR (RFC 8949 §4.2) with a small vocabulary: unsigned and negative
// integers, byte strings, text strings, arrays, maps with text keys, false, true, null. No floats,
// no tags, no indefinite lengths, bounded depth. It is the wire's payload, the hash's input and the
// store's bytes. See CANONICAL.md for grammar and worked examples.
//
// The reader accepts exactly what the writer can write: anything that is not the shortest, sorted
// form is refused, so equal values have equal bytes and a hash of bytes is a hash of the value.
#pragma once

#include <optional>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"
#include "core/model/value.hpp"

namespace daybook {

inline constexpr int kCborDepthMax = 8;

class CborWriter {
 public:
  CborWriter& integer(std::int64_t value);
  CborWriter& unsigned_integer(std::uint64_t value);
  CborWriter& bytes(BytesView value);
  CborWriter& text(std::string_view value);
  CborWriter& boolean(bool value);
  CborWriter& null();
  CborWriter& array(std::size_t count);  // followed by `count` items
  CborWriter& map(std::size_t count);    // followed by `count` pairs, keys in canonical order
  CborWriter& value(const Value& value);
  CborWriter& fields(const Fields& fields);
  // Absent is not null: an array of no value or of one.
  CborWriter& optional(const std::optional<Value>& value);
  // Bytes that are canonical CBOR already, e.g. a stored row. Not checked.
  CborWriter& raw(BytesView encoded);

  std::size_t size() const { return out_.size(); }
  const Bytes& out() const { return out_; }
  Bytes take() { return std::move(out_); }

 private:
  void head(std::uint8_t major, std::uint64_t argument);
  Bytes out_;
};

// Reads from a view that must outlive it. The first error sticks: later reads return empty values,
// and `finish()` reports it with the name of the field that was being read. So decoders read
// straight through and check once.
class CborReader {
 public:
  explicit CborReader(BytesView in) : in_(in) {}

  // `what` names the item for the error, e.g. "body.changes". Counts and lengths are checked
  // against what is left of the input before anything is allocated, and against `max`.
  std::int64_t integer(std::string_view what);
  std::uint64_t unsigned_integer(std::string_view what, std::uint64_t max = INT64_MAX);
  BytesView bytes(std::string_view what, std::size_t size_max);
  std::string_view text(std::string_view what, std::size_t size_max);  // checked to be UTF-8
  bool boolean(std::string_view what);
  std::size_t array(std::string_view what, std::size_t count_max);
  void array_of(std::string_view what, std::size_t count);  // exactly `count`
  Value value(std::string_view what, std::size_t size_max);
  Fields fields(std::string_view what, std::size_t count_max, std::size_t value_size_max);
  std::optional<Value> optional(std::string_view what, std::size_t size_max);
  // Skips an item and returns its bytes, checked to be canonical.
  BytesView raw(std::string_view what);
  bool take_null();  // consumes a null if one is next
  bool next_is_array() const;

  template <class Fixed>
  Fixed fixed(std::string_view what) {
    const auto got = bytes(what, Fixed::kSize);
    if (failed()) return {};
    auto result = Fixed::from(got);
    if (!result) fail(Errc::kInvalid, what, "wrong length");
    return result.value_or(Fixed{});
  }

  void fail(Errc code, std::string_view what, std::string detail);
  bool failed() const { return error_.code != Errc::kOk; }
  std::size_t left() const { return in_.size() - at_; }
  std::size_t position() const { return at_; }
  // The error, or kInvalid when input is left over, or success.
  Result<void> finish(std::string_view what);
  const Error& error() const { return error_; }

 private:
  bool head(std::string_view what, std::uint8_t& major, std::uint64_t& argument);
  Value value_at(std::string_view what, std::size_t size_max, int depth);
  void skip_at(std::string_view what, int depth);
  BytesView string(std::string_view what, std::uint8_t wanted_major, std::size_t size_max);

  BytesView in_;
  std::size_t at_ = 0;
  Error error_{Errc::kOk, {}, {}};
};

Bytes encode(const Fields& fields);
Result<Fields> decode_fields(BytesView bytes, std::size_t count_max, std::size_t value_size_max);

// Strict UTF-8: no surrogates, no overlong forms.
bool is_utf8(BytesView bytes);

}  // namespace daybook
