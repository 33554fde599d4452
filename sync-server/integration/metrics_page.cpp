// SPDX-License-Identifier: Apache-2.0
// What Prometheus asks for: what the process counts, and what only the book knows: who is behind,
// what waits for a person, who was not told.
#include <algorithm>
#include <array>

#include "sync-server/api/replies.hpp"
#include "sync-server/integration/handlers.hpp"

namespace daybook {
namespace {

constexpr std::size_t kCountedMax = 100'000;
constexpr std::int64_t kHourMs = 60LL * 60 * 1000;

struct Bound {
  std::int64_t hours;
  const char* name;
};
constexpr std::array kSilence = {Bound{1, "1h"}, Bound{24, "1d"}, Bound{24 * 7, "7d"},
                                 Bound{24 * 30, "30d"}};

std::string gauge(std::string_view name, std::string_view help, std::uint64_t value) {
  return "# HELP " + std::string(name) + " " + std::string(help) + "\n# TYPE " + std::string(name) +
         " gauge\n" + std::string(name) + " " + std::to_string(value) + "\n";
}

struct Phones {
  std::array<std::uint64_t, kSilence.size() + 1> by_silence{};
  std::uint64_t never = 0, revoked = 0, unsent_sets = 0, unsent_attachments = 0, behind = 0;
  std::int64_t oldest_unsent_ms = 0;
};

Result<Phones> count_phones(ServerStore& book, std::int64_t now_ms, Version head) {
  Phones phones;
  DAYBOOK_ASSIGN(const auto devices, book.list_devices());
  for (const auto& device : devices) {
    if (device.status != DeviceStatus::kActive) {
      ++phones.revoked;
      continue;
    }
    DAYBOOK_ASSIGN(const auto contact, book.find_contact(device.device));
    if (!contact) {
      ++phones.never;
      continue;
    }
    std::size_t at = 0;
    while (at < kSilence.size() && now_ms - contact->seen_ms > kSilence[at].hours * kHourMs) ++at;
    ++phones.by_silence[at];
    phones.unsent_sets += contact->unsent_sets;
    phones.unsent_attachments += contact->unsent_attachments;
    if (contact->complete_version < head) ++phones.behind;
    if (contact->unsent_sets > 0 && contact->oldest_unsent_ms > 0 &&
        (phones.oldest_unsent_ms == 0 || contact->oldest_unsent_ms < phones.oldest_unsent_ms))
      phones.oldest_unsent_ms = contact->oldest_unsent_ms;
  }
  return phones;
}

std::string phones_text(const Phones& phones, std::int64_t now_ms) {
  std::string text =
      "# HELP daybook_phones Active phones by how long ago they were heard of.\n"
      "# TYPE daybook_phones gauge\n";
  for (std::size_t i = 0; i < phones.by_silence.size(); ++i) {
    const std::string name = i < kSilence.size() ? kSilence[i].name : "longer";
    text +=
        "daybook_phones{silent=\"" + name + "\"} " + std::to_string(phones.by_silence[i]) + "\n";
  }
  text += "daybook_phones{silent=\"never_came\"} " + std::to_string(phones.never) + "\n";
  const std::int64_t age = phones.oldest_unsent_ms == 0
                               ? 0
                               : std::max<std::int64_t>(0, now_ms - phones.oldest_unsent_ms);
  return text + gauge("daybook_phones_revoked", "Phones that were revoked.", phones.revoked) +
         gauge("daybook_phones_behind",
               "Active phones whose last contact was before the last commit.", phones.behind) +
         gauge("daybook_phones_unsent_sets", "Change sets that phones said still wait on them.",
               phones.unsent_sets) +
         gauge("daybook_phones_unsent_attachments",
               "Attachments that phones said still wait on them.", phones.unsent_attachments) +
         gauge("daybook_phones_oldest_unsent_seconds",
               "Age of the oldest change set that waits on a phone, as it said.",
               static_cast<std::uint64_t>(age / 1000));
}

Result<std::string> keeping_text(ServerStore& book, std::int64_t now_ms) {
  DAYBOOK_ASSIGN(const auto backups, book.list_backups());
  std::int64_t newest = 0;
  for (const auto& backup : backups) newest = std::max(newest, backup.taken_ms);
  std::string text = gauge("daybook_backups", "Registered backups.", backups.size());
  if (newest > 0) {
    text += gauge("daybook_backup_age_seconds", "Age of the newest registered backup.",
                  static_cast<std::uint64_t>(std::max<std::int64_t>(0, now_ms - newest) / 1000));
  }
  return text;
}

Result<std::string> webhooks_text(ServerStore& book, Version head) {
  DAYBOOK_ASSIGN(const auto rows, book.list_webhooks());
  std::uint64_t failing = 0;
  std::uint64_t behind = 0;
  for (const auto& row : rows) {
    if (!row.active) continue;
    if (row.failures > 0) ++failing;
    behind = std::max<std::uint64_t>(behind, head > row.delivered ? head - row.delivered : 0);
  }
  return gauge("daybook_webhooks", "Webhooks.", rows.size()) +
         gauge("daybook_webhooks_failing", "Active webhooks whose last delivery failed.", failing) +
         gauge("daybook_webhooks_behind",
               "Commits that the slowest active webhook was not told yet.", behind);
}

}  // namespace

Result<http::Response> show_metrics(const Call&, ReadDesk& desk) {
  const std::int64_t now = desk.parts.clock.wall_ms();
  DAYBOOK_ASSIGN(const auto head, desk.book.head());
  std::string text =
      desk.parts.operations.process_metrics ? desk.parts.operations.process_metrics() : "";
  DAYBOOK_ASSIGN(const auto cases, desk.book.list_cases(CaseState::kOpen, 0, kCountedMax));
  DAYBOOK_ASSIGN(const auto parked, desk.book.list_parked(kCountedMax));
  text += gauge("daybook_cases_open", "Cases that wait for a person.", cases.size());
  text += gauge("daybook_sets_parked", "Change sets that could not be applied.", parked.size());
  DAYBOOK_ASSIGN(const auto phones, count_phones(desk.book, now, head.version));
  text += phones_text(phones, now);
  DAYBOOK_ASSIGN(const auto keeping, keeping_text(desk.book, now));
  DAYBOOK_ASSIGN(const auto webhooks, webhooks_text(desk.book, head.version));
  text += keeping + webhooks;
  http::Response response = json_reply(Json::object());
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = copy_of(view_of(text));
  return response;
}

}  // namespace daybook
