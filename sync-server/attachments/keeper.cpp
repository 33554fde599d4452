// SPDX-License-Identifier: Apache-2.0
#include "sync-server/attachments/keeper.hpp"

#include <algorithm>
#include <future>
#include <set>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "sync-server/attachments/upload_table.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::size_t kPage = 200;
constexpr std::size_t kReadAtOnce = 1 << 20;
constexpr std::size_t kPromisesMax = 10'000;

bool is_evidence(const PromiseRow& promise) {
  return promise.role == "signature" || promise.role == "evidence";
}

}  // namespace

template <class Answer>
Result<Answer> ContentKeeper::ask(std::function<Result<Answer>(ServerCore&)> question) {
  auto told = std::make_shared<std::promise<Result<Answer>>>();
  auto answer = told->get_future();
  const bool taken =
      submit_({[question = std::move(question), told](ServerCore& core) -> Result<AfterCommit> {
                 auto result = std::make_shared<Result<Answer>>(question(core));
                 return AfterCommit([told, result] { told->set_value(std::move(*result)); });
               },
               [told](const Error& why) { told->set_value(why); }});
  if (!taken) return failure(Errc::kBusy, "core");
  return answer.get();
}

KeepingCounts ContentKeeper::counts() const {
  const std::scoped_lock lock(mutex_);
  return counts_;
}

void ContentKeeper::publish(const KeepingCounts& counts) {
  const std::scoped_lock lock(mutex_);
  counts_ = counts;
}

Result<void> ContentKeeper::round(const Rest& rest) {
  const KeepingCounts before = counts();
  KeepingCounts now;
  now.compared_total = before.compared_total;
  now.uploads_dropped_total = before.uploads_dropped_total;
  DAYBOOK_TRY(look_at_contents(rest, now));
  DAYBOOK_TRY(look_at_uploads(now));
  DAYBOOK_TRY(look_for_unknown(now));
  now.to_compare = 0;
  publish(now);
  return {};
}

Result<void> ContentKeeper::look_at_contents(const Rest& rest, KeepingCounts& counts) {
  std::optional<Digest> after;
  for (;;) {
    DAYBOOK_ASSIGN(const auto page, ask<std::vector<ContentRow>>([after](ServerCore& core) {
                     return core.store().list_contents(after, kPage);
                   }));
    if (page.empty()) return {};
    for (const auto& content : page) {
      DAYBOOK_TRY(look_at(content, rest, counts));
      if (!rest(0)) return failure(Errc::kClosed, "house");
    }
    after = page.back().digest;
  }
}

Result<void> ContentKeeper::look_at(const ContentRow& content, const Rest& rest,
                                    KeepingCounts& counts) {
  if (content.removed_ms != 0) {
    ++counts.removed;
    return blobs_.remove(content.digest);  // nothing is there any more, as a rule
  }
  DAYBOOK_ASSIGN(const bool goes, may_go(content));
  if (goes) {
    auto row = content;
    row.removed_ms = clock_.wall_ms();
    row.removed_why = "kept for " + std::to_string(plan_.keep_days) + " days";
    DAYBOOK_TRY(put(row));
    ++counts.removed;
    return blobs_.remove(content.digest);
  }
  ++counts.contents;
  counts.bytes += content.size;
  const auto last_ms = std::max(content.arrived_ms, content.checked_ms);
  if (clock_.wall_ms() - last_ms >= plan_.compare_days * kDayMs)
    return compare(content, rest, counts);
  if (!content.sound) ++counts.damaged;
  return {};
}

Result<bool> ContentKeeper::may_go(const ContentRow& content) {
  if (plan_.keep_days == 0 || clock_.wall_ms() - content.arrived_ms < plan_.keep_days * kDayMs)
    return false;
  return ask<bool>([digest = content.digest](ServerCore& core) -> Result<bool> {
    DAYBOOK_ASSIGN(const auto promises, core.store().promises_of(digest, kPromisesMax));
    return std::none_of(promises.begin(), promises.end(), is_evidence);
  });
}

Result<void> ContentKeeper::compare(ContentRow content, const Rest& rest, KeepingCounts& counts) {
  ++counts.to_compare;
  publish(counts);
  Sha256 hash;
  std::uint64_t at = 0;
  bool readable = true;
  while (at < content.size && readable) {
    const auto piece = blobs_.read(content.digest, at, kReadAtOnce);
    readable = piece.ok() && !piece->empty();
    if (!readable) break;
    hash.update(*piece);
    if (at == 0 && content.kind.empty()) note_look(content, look_at_content(*piece));
    at += piece->size();
    const auto pause_ms = static_cast<std::int64_t>(piece->size() * 1000 / plan_.bytes_per_s);
    if (!rest(pause_ms)) return failure(Errc::kClosed, "house");
  }
  content.sound = readable && hash.finish() == content.digest;
  content.checked_ms = clock_.wall_ms();
  ++counts.compared_total;
  if (!content.sound) {
    ++counts.damaged;
    trace_.note(TraceLevel::kError, "content.damaged",
                {{"content", to_hex(content.digest.view())},
                 {"what_to_do", "bring it back from a backup; phones that have it bring it anew"}});
  }
  return put(content);
}

Result<void> ContentKeeper::put(const ContentRow& content) {
  const auto stored = ask<bool>([content](ServerCore& core) -> Result<bool> {
    const auto put = core.store().put_content(content);
    return put.ok() ? Result<bool>(true) : Result<bool>(put.error());
  });
  return stored.ok() ? success() : Result<void>(stored.error());
}

// Goes on: an upload whose promise is open and young enough.
Result<void> ContentKeeper::look_at_uploads(KeepingCounts& counts) {
  // The promise of each of these is in the book by now.
  DAYBOOK_ASSIGN(const auto uploads, blobs_.uploads());
  std::set<Uuid> go_on;
  std::optional<PromisePlace> after;
  const std::int64_t oldest_ms = clock_.wall_ms() - kUploadKeptMs;
  for (;;) {
    DAYBOOK_ASSIGN(const auto page, ask<std::vector<PromiseRow>>([after](ServerCore& core) {
                     return core.store().open_promises(after, kPage);
                   }));
    if (page.empty()) break;
    for (const auto& promise : page) {
      after = PromisePlace{promise.commit, promise.digest};
      ++counts.missing;
      DAYBOOK_ASSIGN(const auto received_ms,
                     ask<std::int64_t>([&promise](ServerCore& core) -> Result<std::int64_t> {
                       DAYBOOK_ASSIGN(const auto commit, core.store().find_commit(promise.commit));
                       return commit ? commit->received_ms : 0;
                     }));
      if (received_ms >= oldest_ms)
        go_on.insert(UploadTable::id_of({promise.device, promise.digest}));
    }
  }
  for (const auto& upload : uploads) {
    if (go_on.contains(upload)) continue;
    DAYBOOK_TRY(blobs_.drop(upload));
    ++counts.uploads_dropped_total;
  }
  return {};
}

Result<void> ContentKeeper::look_for_unknown(KeepingCounts& counts) {
  std::optional<Digest> after;
  for (;;) {
    DAYBOOK_ASSIGN(const auto page, blobs_.list(after, kPage));
    if (page.empty()) return {};
    DAYBOOK_ASSIGN(const auto unknown,
                   ask<std::uint64_t>([&page](ServerCore& core) -> Result<std::uint64_t> {
                     std::uint64_t count = 0;
                     for (const auto& digest : page) {
                       DAYBOOK_ASSIGN(const auto row, core.store().find_content(digest));
                       count += row ? 0 : 1;
                     }
                     return count;
                   }));
    counts.unknown += unknown;
    after = page.back();
  }
}

}  // namespace daybook
