// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ops/metrics.hpp"

#include <algorithm>

namespace daybook {
namespace {

constexpr std::array<std::int64_t, 9> kSizes = {1, 2, 4, 8, 16, 32, 64, 128, 256};
constexpr std::array<std::int64_t, 12> kMicroseconds = {500,     1'000,   2'500,     5'000,
                                                        10'000,  25'000,  50'000,    100'000,
                                                        250'000, 500'000, 1'000'000, 2'500'000};
constexpr std::array<std::string_view, 4> kLevels = {"debug", "info", "warning", "error"};
constexpr std::int64_t kMicrosecondsInSecond = 1'000'000;

}  // namespace

void Histogram::observe(std::int64_t value) {
  const auto at = static_cast<std::size_t>(std::lower_bound(bounds_.begin(), bounds_.end(), value) -
                                           bounds_.begin());
  counts_[at].fetch_add(1, std::memory_order_relaxed);
  sum_.fetch_add(value, std::memory_order_relaxed);
}

std::string Histogram::number(std::int64_t value) const {
  if (unit_ == Unit::kCount) return std::to_string(value);
  std::string rest = std::to_string(value % kMicrosecondsInSecond);
  rest.insert(0, 6 - rest.size(), '0');
  while (rest.size() > 1 && rest.back() == '0') rest.pop_back();
  return std::to_string(value / kMicrosecondsInSecond) + "." + rest;
}

std::string Histogram::text(std::string_view name) const {
  std::string lines;
  std::uint64_t below = 0;
  const auto bucket = [&](const std::string& bound) {
    lines += std::string(name) + "_bucket{le=\"" + bound + "\"} " + std::to_string(below) + "\n";
  };
  for (std::size_t i = 0; i < bounds_.size(); ++i) {
    below += counts_[i].load(std::memory_order_relaxed);
    bucket(number(bounds_[i]));
  }
  below += counts_[bounds_.size()].load(std::memory_order_relaxed);
  bucket("+Inf");
  lines += std::string(name) + "_sum " + number(sum_.load(std::memory_order_relaxed)) + "\n";
  lines += std::string(name) + "_count " + std::to_string(below) + "\n";
  return lines;
}

std::string metric_text(std::string_view name, std::string_view type, std::string_view help,
                        std::string_view lines) {
  std::string text = "# HELP " + std::string(name) + " " + std::string(help) + "\n";
  text += "# TYPE " + std::string(name) + " " + std::string(type) + "\n";
  return text + std::string(lines);
}

std::string metric_text(std::string_view name, std::string_view type, std::string_view help,
                        std::uint64_t value) {
  return metric_text(name, type, help, std::string(name) + " " + std::to_string(value) + "\n");
}

Metrics::Metrics()
    : group_size(Histogram::Unit::kCount, kSizes),
      group_seconds(Histogram::Unit::kMicroseconds, kMicroseconds),
      commit_seconds(Histogram::Unit::kMicroseconds, kMicroseconds),
      queue_seconds(Histogram::Unit::kMicroseconds, kMicroseconds) {}

std::string Metrics::text() const {
  std::string lines;
  for (std::size_t i = 0; i < kLevels.size(); ++i) {
    lines += "daybook_log_lines_total{level=\"" + std::string(kLevels[i]) + "\"} " +
             std::to_string(log_lines[i].load()) + "\n";
  }
  return metric_text("daybook_group_size", "histogram", "Tasks made durable together.",
                     group_size.text("daybook_group_size")) +
         metric_text("daybook_group_seconds", "histogram",
                     "From taking a group to its last answer.",
                     group_seconds.text("daybook_group_seconds")) +
         metric_text("daybook_commit_seconds", "histogram", "Writing a group down, fsync included.",
                     commit_seconds.text("daybook_commit_seconds")) +
         metric_text("daybook_queue_seconds", "histogram",
                     "How long the first task of a group had waited.",
                     queue_seconds.text("daybook_queue_seconds")) +
         metric_text("daybook_groups_failed_total", "counter",
                     "Groups that could not be made durable; everybody was told to try again.",
                     groups_failed.load()) +
         metric_text("daybook_queue_refused_total", "counter",
                     "Tasks refused because the queue was full.", queue_refused.load()) +
         metric_text("daybook_log_lines_total", "counter", "Log lines by level.", lines) +
         metric_text("daybook_start_time_seconds", "gauge", "When this process started, Unix time.",
                     static_cast<std::uint64_t>(started_ms.load() / 1000));
}

}  // namespace daybook
