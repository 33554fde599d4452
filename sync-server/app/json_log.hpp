// SPDX-License-Identifier: Apache-2.0
// The server's log: one JSON object a line on standard error, ids and counts only. Any thread.
#pragma once

#include <atomic>
#include <mutex>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/ops/metrics.hpp"

namespace daybook {

class JsonLog final : public Trace {
 public:
  JsonLog(Clock& clock, TraceLevel level, Metrics& metrics)
      : clock_(clock), level_(level), metrics_(metrics) {}
  // From now on.
  void set_level(TraceLevel level) { level_ = level; }
  TraceLevel level() const { return level_; }
  void note(TraceLevel level, std::string_view event, TraceFields fields) override;

 private:
  std::mutex mutex_;
  Clock& clock_;
  std::atomic<TraceLevel> level_;
  Metrics& metrics_;
};

std::string_view name_of(TraceLevel level);
// kInvalid names the levels that there are.
Result<TraceLevel> level_from(const std::string& name);

}  // namespace daybook
