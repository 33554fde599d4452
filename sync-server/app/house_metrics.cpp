// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/house_metrics.hpp"

#include <fstream>

#include "sync-server/ops/metrics.hpp"

namespace daybook {
namespace {

constexpr std::uint64_t kPageSize = 4096;

// As the kernel tells it, in pages.
std::uint64_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::uint64_t size = 0;
  std::uint64_t resident = 0;
  file >> size >> resident;
  return resident * kPageSize;
}

std::string gauge(std::string_view name, std::string_view help, std::uint64_t value) {
  return metric_text(name, "gauge", help, value);
}

}  // namespace

std::string house_metrics(const HouseState& state) {
  return gauge("daybook_queue_length", "Tasks that wait for the core thread.", state.queue) +
         gauge("daybook_live_phones", "Phones that listen for the bell now.", state.phones_live) +
         gauge("daybook_live_feeds", "Integrators that read the feed live now.", state.feeds_live) +
         gauge("daybook_head", "Number of the last durable commit.", state.head) +
         gauge("daybook_reports_behind", "Commits that the reports file has not taken in yet.",
               state.head > state.reports_at ? state.head - state.reports_at : 0) +
         gauge("daybook_disk_free_bytes", "Free room where the store lives.", state.disk_free) +
         gauge("process_resident_memory_bytes", "Resident memory.", resident_bytes());
}

std::string door_metrics(const DoorCounts& counts) {
  const auto counter = [](std::string_view name, std::string_view help, std::uint64_t value) {
    return metric_text(name, "counter", help, value);
  };
  std::string replies;
  for (std::size_t i = 0; i < counts.replies.size(); ++i) {
    replies += "daybook_replies_total{class=\"" + std::to_string(i + 1) + "xx\"} " +
               std::to_string(counts.replies[i]) + "\n";
  }
  return gauge("daybook_connections", "TLS connections open now.", counts.connections) +
         counter("daybook_connections_total", "Connections accepted.", counts.accepted) +
         counter("daybook_connections_turned_away_total",
                 "Connections refused because there were too many.", counts.turned_away) +
         counter("daybook_handshakes_failed_total", "TLS handshakes that failed.",
                 counts.handshakes_failed) +
         counter("daybook_handshakes_resumed_total", "TLS sessions that were resumed.",
                 counts.resumed) +
         counter("daybook_received_bytes_total", "Bytes of TLS records received.",
                 counts.bytes_in) +
         counter("daybook_sent_bytes_total", "Bytes of TLS records sent.", counts.bytes_out) +
         metric_text("daybook_replies_total", "counter", "HTTP replies by class of status.",
                     replies);
}

std::string content_metrics(const KeepingCounts& counts) {
  return gauge("daybook_contents", "Attachments that are here.", counts.contents) +
         gauge("daybook_contents_bytes", "Their bytes.", counts.bytes) +
         gauge("daybook_contents_missing", "Attachments that were promised and are not here.",
               counts.missing) +
         gauge("daybook_contents_damaged", "Attachments that are not what they were.",
               counts.damaged) +
         gauge("daybook_contents_unknown", "Contents in the store that the book does not know.",
               counts.unknown) +
         gauge("daybook_contents_removed", "Attachments that were removed; their hashes stay.",
               counts.removed) +
         gauge("daybook_contents_to_compare", "Compared in the round under way.",
               counts.to_compare) +
         metric_text("daybook_contents_compared_total", "counter",
                     "Attachments read whole and compared with their digests.",
                     counts.compared_total) +
         metric_text("daybook_uploads_dropped_total", "counter",
                     "Uploads that nobody went on with.", counts.uploads_dropped_total);
}

}  // namespace daybook
