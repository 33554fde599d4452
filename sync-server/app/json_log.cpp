// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/json_log.hpp"

#include <cstdio>
#include <nlohmann/json.hpp>

namespace daybook {
std::string_view name_of(TraceLevel level) {
  switch (level) {
    case TraceLevel::kDebug: return "debug";
    case TraceLevel::kInfo: return "info";
    case TraceLevel::kWarning: return "warning";
    case TraceLevel::kError: return "error";
  }
  return "error";
}

Result<TraceLevel> level_from(const std::string& name) {
  for (const auto level :
       {TraceLevel::kDebug, TraceLevel::kInfo, TraceLevel::kWarning, TraceLevel::kError}) {
    if (name == name_of(level)) return level;
  }
  return failure(Errc::kInvalid, "log_level", name + " is not one of debug, info, warning, error");
}

void JsonLog::note(TraceLevel level, std::string_view event, TraceFields fields) {
  if (level < level_.load(std::memory_order_relaxed)) return;
  ++metrics_.log_lines[static_cast<std::size_t>(level)];
  nlohmann::ordered_json line = {
      {"t", clock_.wall_ms()}, {"level", name_of(level)}, {"event", event}};
  for (const auto& [name, value] : fields) {
    std::visit([&](const auto& held) { line[std::string(name)] = held; }, value);
  }
  // Broken text from outside must not stop the log: it is replaced.
  const std::string text =
      line.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  const std::scoped_lock lock(mutex_);
  std::fwrite(text.data(), 1, text.size(), stderr);
}

}  // namespace daybook
