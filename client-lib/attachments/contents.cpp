// SPDX-License-Identifier: Apache-2.0
#include "client-lib/attachments/contents.hpp"

#include <algorithm>

#include "core/base/planted_bug.hpp"

namespace daybook {
namespace {

constexpr std::size_t kLookedAt = 4'096;
constexpr std::int64_t kPauseMinMs = 1'000;
constexpr std::int64_t kPauseMaxMs = 5LL * 60 * 1000;
// A set that the office does not know yet, or a day's quota.
constexpr std::int64_t kLaterMs = 60'000;

bool concerns_content(const Error& error) {
  return error.code == Errc::kNotFound ||
         (error.code == Errc::kBusy && error.field.starts_with("quota"));
}

}  // namespace

bool is_for_good(const Error& error) {
  switch (error.code) {
    case Errc::kForbidden:  // removed for privacy, or possession not proved
    case Errc::kTooLarge:   // a quota of the record, or the size of one content
    case Errc::kInvalid:
    case Errc::kWrongHash:
    case Errc::kWrongType:  // not what it was promised to be
    case Errc::kNotSupported: return true;
    default: return false;
  }
}

// Each verb is one transaction.
Result<void> Contents::write(const std::function<Result<void>()>& change) {
  DAYBOOK_TRY(store_.begin());
  auto done = change();
  if (done.ok()) done = store_.commit();
  if (!done.ok()) store_.rollback();
  return done;
}

Result<void> Contents::put(const LocalContent& row) {
  return write([&] { return store_.put_content(row); });
}

Result<void> Contents::added(const Digest& content, std::uint64_t size,
                             std::optional<ContentLine> line) {
  DAYBOOK_ASSIGN(auto row, store_.find_content(content));
  if (!row) {
    row.emplace();
    row->digest = content;
    row->added_ms = clock_.wall_ms();
  } else if (row->state == ContentState::kWanted || row->state == ContentState::kFreed) {
    // Of a set's content the office has it: as one that was fetched.
    row->state = row->number == 0 ? ContentState::kLoose : ContentState::kFetched;
  }
  row->size = size;
  row->line = line.value_or(row->line);
  return put(*row);
}

Result<void> Contents::choose_line(const Digest& content, ContentLine line) {
  DAYBOOK_ASSIGN(auto row, store_.find_content(content));
  if (!row) return failure(Errc::kNotFound, "content");
  row->line = line;
  not_before_ms_ = 0;
  later_.erase(content);
  return put(*row);
}

Result<void> Contents::want(const Digest& content) {
  DAYBOOK_ASSIGN(auto row, store_.find_content(content));
  const bool is_here = row && row->state != ContentState::kWanted;
  if (is_here && row->state != ContentState::kFreed) return {};
  if (!row) {
    row.emplace();
    row->digest = content;
    row->added_ms = clock_.wall_ms();
  }
  row->state = ContentState::kWanted;
  row->trouble.reset();
  not_before_ms_ = 0;
  later_.erase(content);
  return put(*row);
}

Result<void> Contents::forget(const Digest& content) {
  DAYBOOK_ASSIGN(const auto row, store_.find_content(content));
  if (!row) return failure(Errc::kNotFound, "content");
  if (row->number != 0)
    return failure(Errc::kForbidden, "content", "a set names it, and evidence stays");
  return write([&] { return store_.erase_content(content); });
}

Result<std::optional<LocalContent>> Contents::first_of(ContentState state, std::uint64_t held,
                                                       bool metered) {
  DAYBOOK_ASSIGN(const auto rows, store_.contents_that_are(state, kLookedAt));
  const LocalContent* first = nullptr;
  for (const auto& row : rows) {
    const auto later = later_.find(row.digest);
    const bool waits = row.number > held || under_way_.contains(row.digest) ||
                       (metered && row.line == ContentLine::kUnmetered) ||
                       (row.trouble && is_for_good(*row.trouble)) ||
                       (later != later_.end() && later->second > clock_.steady_ms());
    if (waits) continue;
    // Somebody waits in front of the phone for it.
    if (row.line == ContentLine::kNow) return std::optional(row);
    if (first == nullptr) first = &row;
  }
  return first == nullptr ? std::optional<LocalContent>{} : std::optional(*first);
}

Result<std::optional<LocalContent>> Contents::next(std::uint64_t held, bool metered) {
  if (failures_ != 0 && not_before_ms_ > clock_.steady_ms()) return std::optional<LocalContent>{};
  // What a person asked to see comes before what the office can wait for.
  DAYBOOK_ASSIGN(auto due, first_of(ContentState::kWanted, held, metered));
  if (!due) {
    DAYBOOK_ASSIGN(due, first_of(ContentState::kWaiting, held, metered));
  }
  if (due) under_way_.insert(due->digest);
  return due;
}

std::int64_t Contents::retry_in_ms() const {
  std::int64_t due = failures_ == 0 ? INT64_MAX : not_before_ms_;
  for (const auto& [content, not_before_ms] : later_) due = std::min(due, not_before_ms);
  return due == INT64_MAX ? -1 : std::max<std::int64_t>(0, due - clock_.steady_ms());
}

Result<void> Contents::carried(const Digest& content, std::uint64_t size, const Carried& carried) {
  under_way_.erase(content);
  DAYBOOK_ASSIGN(auto row, store_.find_content(content));
  if (!row) return {};  // given up meanwhile
  const bool wanted = row->state == ContentState::kWanted;
  // A line that breaks again and again and carries something each time is worth going on with.
  const bool got_further = carried.bytes > row->carried;
  row->carried = carried.bytes;
  row->trouble = carried.trouble;
  if (wanted) row->size = size;
  const bool for_good = carried.trouble && is_for_good(*carried.trouble);
  if (carried.trouble && carried.trouble->code == Errc::kCut &&
      planted(PlantedBug::kCutCountsAsBrought))
    row->state = ContentState::kBrought;
  if (!carried.trouble) {
    row->state = wanted ? ContentState::kFetched : ContentState::kBrought;
  } else if (for_good && !wanted) {
    row->state = ContentState::kRefused;
  }
  later_.erase(content);
  if (!carried.trouble || for_good || (got_further && !concerns_content(*carried.trouble))) {
    failures_ = 0;
  } else if (concerns_content(*carried.trouble)) {
    later_[content] = clock_.steady_ms() + kLaterMs;
  } else {
    ++failures_;
    const auto doublings = std::min<std::uint32_t>(failures_ - 1, 16);
    not_before_ms_ = clock_.steady_ms() + std::min(kPauseMaxMs, kPauseMinMs << doublings);
  }
  return put(*row);
}

Result<void> Contents::office_restored() {
  for (const auto state : {ContentState::kBrought, ContentState::kSafe}) {
    for (;;) {
      DAYBOOK_ASSIGN(const auto rows, store_.contents_that_are(state, kLookedAt));
      if (rows.empty()) break;
      for (auto row : rows) {
        row.state = ContentState::kWaiting;
        row.carried = 0;
        DAYBOOK_TRY(store_.put_content(row));
      }
    }
  }
  return {};
}

Result<std::vector<LocalContent>> Contents::to_ask_after(std::optional<LocalContent>& after,
                                                         std::size_t count_max) {
  std::vector<LocalContent> due;
  while (due.size() < count_max) {
    DAYBOOK_ASSIGN(const auto rows, store_.contents_after(after, kLookedAt));
    if (rows.empty()) break;
    for (const auto& row : rows) {
      after = row;
      const bool is_there =
          row.state == ContentState::kBrought || row.state == ContentState::kSafe;
      if (is_there) due.push_back(row);
      if (due.size() == count_max) break;
    }
  }
  return due;
}

Result<void> Contents::stands(const Digest& content, bool is_asked_for, bool is_safe) {
  DAYBOOK_ASSIGN(auto row, store_.find_content(content));
  // Named by another set meanwhile, or freed: it goes its way.
  if (!row || (row->state != ContentState::kBrought && row->state != ContentState::kSafe))
    return {};
  const auto before = row->state;
  if (is_asked_for) {
    row->state = ContentState::kWaiting;
    row->carried = 0;
  } else {
    row->state = is_safe ? ContentState::kSafe : ContentState::kBrought;
  }
  return row->state == before ? Result<void>() : put(*row);
}

Result<std::vector<LocalContent>> Contents::free(std::uint64_t keep_bytes,
                                                 std::size_t count_max) {
  DAYBOOK_ASSIGN(auto gone, store_.contents_that_are(ContentState::kFreed, count_max));
  DAYBOOK_ASSIGN(auto safe, store_.contents_that_are(ContentState::kSafe, kLookedAt));
  std::sort(safe.begin(), safe.end(), [](const LocalContent& a, const LocalContent& b) {
    return std::pair(a.added_ms, a.number) < std::pair(b.added_ms, b.number);
  });
  std::uint64_t bytes = 0;
  for (const auto& row : safe) bytes += row.size;
  const auto written = write([&]() -> Result<void> {
    for (auto& row : safe) {
      if (bytes <= keep_bytes || gone.size() >= count_max) break;
      bytes -= row.size;
      row.state = ContentState::kFreed;
      DAYBOOK_TRY(store_.put_content(row));
      gone.push_back(row);
    }
    return {};
  });
  if (!written.ok()) return written.error();
  return gone;
}

Result<std::optional<LocalContent>> Contents::find(const Digest& content) {
  return store_.find_content(content);
}

Result<std::vector<LocalContent>> Contents::list(const std::optional<LocalContent>& after,
                                                 std::size_t count_max) {
  return store_.contents_after(after, count_max);
}

}  // namespace daybook
