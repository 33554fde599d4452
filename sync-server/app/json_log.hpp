// SPDX-License-Identifier: Apache-2.0
// The server's log: one JSON object a line on standard error, ids and counts only. Any thread.
#pragma once

#include <mutex>

#include "core/ports/clock.hpp"
#include "core/ports/trace.hpp"

namespace daybook {

class JsonLog final : public Trace {
 public:
  JsonLog(Clock& clock, TraceLevel level) : clock_(clock), level_(level) {}
  void note(TraceLevel level, std::string_view event, TraceFields fields) override;

 private:
  std::mutex mutex_;
  Clock& clock_;
  TraceLevel level_;
};

}  // namespace daybook
