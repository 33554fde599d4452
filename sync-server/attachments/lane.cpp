// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/lane.hpp"

#include <algorithm>

#include "core/base/hex.hpp"
#include "sync-server/conflicts/evidence_lost.hpp"
#include "sync-server/feed/feed.hpp"
#include "sync-server/store/safe_point.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::size_t kPromisesMax = 10'000;  // of one content, or of one record

// What a browser may take for what it says that it is, because it runs nothing in it.
constexpr std::pair<std::string_view, std::string_view> kShownTypes[] = {
    {"image/jpeg", ".jpg"}, {"image/png", ".png"},      {"image/webp", ".webp"},
    {"image/gif", ".gif"},  {"video/mp4", ".mp4"},      {"audio/mpeg", ".mp3"},
    {"audio/mp4", ".m4a"},  {"application/pdf", ".pdf"}};

}  // namespace

void note_look(ContentRow& content, const ContentLook& look) {
  if (look.kind.empty()) return;
  content.kind = look.kind;
  content.width = look.width;
  content.height = look.height;
}

Result<void> check_look(std::string_view promised, const ContentLook& look) {
  if (!is_disguised(promised, look.kind)) return {};
  return failure(Errc::kWrongType, "content",
                 "promised as " + std::string(promised) + ", and by its bytes " + look.kind);
}

Result<std::vector<PromiseRow>> Lane::promises_by(const DeviceId& device, const Digest& content) {
  DAYBOOK_ASSIGN(auto promises, store_.promises_of(content, kPromisesMax));
  std::erase_if(promises, [&](const PromiseRow& row) { return row.device != device; });
  return promises;
}

Result<Lane::Admission> Lane::admit(const DeviceId& device, const Digest& content) {
  DAYBOOK_ASSIGN(const auto promises, promises_by(device, content));
  if (promises.empty()) return failure(Errc::kNotFound, "content", "no set names it yet");
  const auto& promise = promises.front();
  DAYBOOK_ASSIGN(const auto held, store_.find_content(content));
  if (held && held->removed_ms != 0)
    return failure(Errc::kForbidden, "content", "removed: " + held->removed_why);
  const bool all_kept =
      std::all_of(promises.begin(), promises.end(), [](const PromiseRow& row) { return row.kept; });
  // What is damaged here is asked for again, from whoever has it.
  if (held && held->sound && all_kept) return Admission{held->size, true, 0, {}, false};
  DAYBOOK_TRY(check_quotas(device, promise));
  // The newest set that names it counts: the keeper lets an upload go with the last promise.
  DAYBOOK_ASSIGN(const auto commit, store_.find_commit(promises.back().commit));
  const std::int64_t received_ms = commit ? commit->received_ms : now_ms_;
  return Admission{promise.size, false, received_ms + kUploadKeptMs, promises.back().media_type,
                   held && !held->sound};
}

Result<void> Lane::check_quotas(const DeviceId& device, const PromiseRow& promise) {
  if (promise.size > limits_.content_bytes_max)
    return failure(Errc::kTooLarge, "content", std::to_string(limits_.content_bytes_max));
  DAYBOOK_ASSIGN(const auto about, store_.promises_about(promise.record, kPromisesMax));
  std::uint64_t bytes = promise.size;
  for (const auto& row : about) {
    if (row.kept && row.digest != promise.digest) bytes += row.size;
  }
  if (bytes > limits_.record_bytes_max)
    return failure(Errc::kTooLarge, "quota.record", std::to_string(limits_.record_bytes_max));
  DAYBOOK_ASSIGN(const auto today, store_.bytes_from(device, now_ms_ - kDayMs));
  if (today + promise.size > limits_.device_day_bytes_max)
    return failure(Errc::kBusy, "quota.day", std::to_string(limits_.device_day_bytes_max));
  return {};
}

Result<void> Lane::arrived(const DeviceId& device, const Digest& content, std::uint64_t size,
                           const ContentLook& look) {
  DAYBOOK_ASSIGN(auto promises, promises_by(device, content));
  if (!promises.empty()) DAYBOOK_TRY(check_look(promises.back().media_type, look));
  DAYBOOK_ASSIGN(auto held, store_.find_content(content));
  if (!held) held = ContentRow{content, size, device, now_ms_, 0, true, 0, {}, {}, {}, 0, 0, 0};
  held->sound = true;
  note_look(*held, look);
  DAYBOOK_TRY(store_.put_content(*held));
  for (auto& promise : promises) {
    if (promise.kept) continue;
    promise.kept = true;
    DAYBOOK_TRY(store_.put_promise(promise));
  }
  return evidence_came(store_, content, now_ms_);
}

Result<std::vector<wire::ContentStanding>> Lane::standing_of(const DeviceId& device,
                                                             const std::vector<Digest>& contents) {
  using wire::ContentStanding;
  DAYBOOK_ASSIGN(const auto safe, safe_version(store_));
  std::vector<ContentStanding> standings;
  for (const auto& content : contents) {
    DAYBOOK_ASSIGN(const auto promises, promises_by(device, content));
    DAYBOOK_ASSIGN(const auto held, store_.find_content(content));
    auto& standing = standings.emplace_back(ContentStanding::kUnknown);
    if (promises.empty() || (held && held->removed_ms != 0)) continue;
    const bool kept = std::any_of(promises.begin(), promises.end(),
                                  [](const PromiseRow& row) { return row.kept; });
    if (!held || !held->sound || !kept) {
      standing = ContentStanding::kAskedFor;
    } else {
      const bool is_safe = safe && held->backed_up != 0 && held->backed_up <= *safe;
      standing = is_safe ? ContentStanding::kSafe : ContentStanding::kHere;
    }
  }
  return standings;
}

Result<std::uint64_t> Lane::readable_by(const DeviceRow& device, const Digest& content) {
  const Error nothing = failure(Errc::kNotFound, "content", to_hex(content.view()));
  DAYBOOK_ASSIGN(const auto held, store_.find_content(content));
  if (!held || held->removed_ms != 0 || device.status != DeviceStatus::kActive) return nothing;
  DAYBOOK_ASSIGN(const auto promises, store_.promises_of(content, kPromisesMax));
  const auto scopes = scopes_of(device);
  for (const auto& promise : promises) {
    if (!promise.kept) continue;
    for (const auto& scope : scopes) {
      DAYBOOK_ASSIGN(const auto member, store_.find_member(scope, promise.record));
      if (member && member->count > 0) return held->size;
    }
  }
  return nothing;
}

Result<Lane::Shown> Lane::show(const Digest& content) {
  DAYBOOK_ASSIGN(const auto held, store_.find_content(content));
  if (!held) return failure(Errc::kNotFound, "content", to_hex(content.view()));
  if (held->removed_ms != 0)
    return failure(Errc::kForbidden, "content", "removed: " + held->removed_why);
  DAYBOOK_ASSIGN(const auto promises, store_.promises_of(content, 1));
  Shown shown{held->size, "application/octet-stream", ""};
  // What nobody looked at yet is what it says; a browser is told to believe nothing either way.
  const std::string promised = promises.empty() ? "" : promises.front().media_type;
  const std::string& named = held->kind.empty() ? promised : held->kind;
  for (const auto& [type, ending] : kShownTypes) {
    if (named != type) continue;
    shown.media_type = type;
    shown.ending = ending;
  }
  return shown;
}

}  // namespace daybook
