// SPDX-License-Identifier: Apache-2.0
// Reads one message: a CborReader that remembers where in the message it is, so that an error names
// the place ("sync.batch.bodies[3]") while the good path builds no names. Used by the decoders of
// this room only; one thread at a time.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/model/cbor.hpp"

namespace daybook::wire {

// The layout of every message of this build. It moves together with the protocol version
// (PROTOCOL.md, "Versions").
inline constexpr std::uint64_t kMessageFormat = 1;

class MessageReader : public CborReader {
 public:
  // `message` is the first part of every place, e.g. "sync"; it must outlive the reader.
  MessageReader(BytesView in, std::string_view message) : CborReader(in), message_(message) {}

  // The head that all messages share: an array of `count` items, the first two being the domain tag
  // and the format version.
  void open(std::string_view tag, std::size_t count);

  // Runs read(*this) and, when that is where the reading fails, puts `name` in front of the place.
  template <class Read>
  auto inside(std::string_view name, Read read) {
    using Part = std::invoke_result_t<Read, MessageReader&>;
    if (failed()) return Part{};
    Part part = read(*this);
    if (failed()) prepend(name);
    return part;
  }

  // An item that may be null.
  template <class Read>
  auto nullable(std::string_view name, Read read) {
    using Part = std::invoke_result_t<Read, MessageReader&>;
    std::optional<Part> part;
    if (failed() || take_null()) return part;
    part = inside(name, read);
    return part;
  }

  // An array of at most `count_max` items, each read by read(*this).
  template <class Read>
  auto list(std::string_view name, std::size_t count_max, Read read) {
    using Part = std::invoke_result_t<Read, MessageReader&>;
    std::vector<Part> parts;
    const auto count = array(name, count_max);
    parts.reserve(count);
    for (std::size_t i = 0; i < count; ++i) {
      parts.push_back(read(*this));
      if (failed()) {
        prepend(std::string(name) + "[" + std::to_string(i) + "]");
        break;
      }
    }
    return parts;
  }

  // The first error with its whole place, or kInvalid when bytes are left over.
  Result<void> close();

 private:
  void prepend(std::string_view name);

  std::string_view message_;
  std::string place_;
};

}  // namespace daybook::wire
