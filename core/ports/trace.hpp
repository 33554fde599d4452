// SPDX-License-Identifier: Apache-2.0
// What happened, as values: log lines and metrics in the server, one line per event in the
// simulator. Ids and counts only, never contents: a log must be safe to mail.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace daybook {

enum class TraceLevel : std::uint8_t { kDebug, kInfo, kWarning, kError };

using TraceValue = std::variant<std::int64_t, std::string>;
using TraceFields = std::initializer_list<std::pair<std::string_view, TraceValue>>;

class Trace {
 public:
  virtual ~Trace() = default;
  // `event` is a fixed name in the form room.what, e.g. "ingest.parked".
  virtual void note(TraceLevel level, std::string_view event, TraceFields fields) = 0;
};

// For callers that have nowhere to write.
class NoTrace final : public Trace {
 public:
  void note(TraceLevel, std::string_view, TraceFields) override {}
};

}  // namespace daybook
