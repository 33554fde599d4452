// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/event_queue.hpp"

#include <algorithm>
#include <chrono>

#include "client-lib/abi/json/json_text.hpp"
#include "core/base/hex.hpp"

namespace daybook::abi {

Result<std::uint64_t> EventQueue::add_watch(std::set<std::string> collections) {
  const std::scoped_lock lock(mutex_);
  if (watches_.size() >= kWatchesMax)
    return failure(Errc::kTooLarge, "watch", "at most " + std::to_string(kWatchesMax));
  watches_[++last_watch_].collections = std::move(collections);
  return last_watch_;
}

Result<void> EventQueue::remove_watch(std::uint64_t watch) {
  const std::scoped_lock lock(mutex_);
  if (watches_.erase(watch) == 0) return failure(Errc::kNotFound, "watch", std::to_string(watch));
  std::erase_if(waiting_, [&](const Waiting& event) {
    return event.kind == Kind::kWatch && event.watch == watch;
  });
  return success();
}

void EventQueue::note_records(const std::string& collection, const std::vector<Uuid>& ids) {
  const std::scoped_lock lock(mutex_);
  for (auto& [number, watch] : watches_) {
    if (!watch.collections.contains(collection)) continue;
    if (watch.touched.empty()) waiting_.push_back({Kind::kWatch, number, {}});
    Touched& touched = watch.touched[collection];
    touched.ids.insert(ids.begin(), ids.end());
    touched.all = touched.all || ids.empty() || touched.ids.size() > kIdsPerEventMax;
    if (touched.all) touched.ids.clear();
  }
  came_.notify_all();
}

bool EventQueue::has_room_for_receipt() {
  const std::scoped_lock lock(mutex_);
  return receipts_waiting_ < kReceiptsWaitingMax;
}

void EventQueue::note_receipt(std::string json) {
  {
    const std::scoped_lock lock(mutex_);
    if (receipts_waiting_ < kReceiptsWaitingMax) {
      ++receipts_waiting_;
      waiting_.push_back({Kind::kReceipt, 0, std::move(json)});
      came_.notify_all();
      return;
    }
  }
  note_once(Kind::kMissed);
}

void EventQueue::note_status() { note_once(Kind::kStatus); }
void EventQueue::note_schema() { note_once(Kind::kSchema); }

void EventQueue::note_attachments() { note_once(Kind::kAttachments); }

void EventQueue::note_once(Kind kind) {
  const std::scoped_lock lock(mutex_);
  const bool waits = std::any_of(waiting_.begin(), waiting_.end(),
                                 [&](const Waiting& event) { return event.kind == kind; });
  if (!waits) waiting_.push_back({kind, 0, {}});
  came_.notify_all();
}

Result<std::string> EventQueue::next(std::int64_t timeout_ms) {
  // Longer than any app lives, and short enough for the clock's arithmetic.
  constexpr std::int64_t for_ever_ms = 1'000'000'000;
  const auto wait =
      std::chrono::milliseconds(timeout_ms < 0 ? for_ever_ms : std::min(timeout_ms, for_ever_ms));
  std::unique_lock lock(mutex_);
  came_.wait_for(lock, wait, [&] { return interrupted_ || !waiting_.empty(); });
  if (interrupted_) {
    interrupted_ = false;
    return failure(Errc::kClosed, "events", "interrupted");
  }
  if (waiting_.empty()) return failure(Errc::kTimedOut, "events", "none");
  return take_front();
}

void EventQueue::interrupt() {
  const std::scoped_lock lock(mutex_);
  interrupted_ = true;
  came_.notify_all();
}

std::string EventQueue::take_front() {
  const Waiting event = std::move(waiting_.front());
  waiting_.pop_front();
  switch (event.kind) {
    case Kind::kWatch: {
      Watch& watch = watches_.at(event.watch);
      std::string json = watch_json(event.watch, watch);
      watch.touched.clear();
      return json;
    }
    case Kind::kReceipt:
      --receipts_waiting_;
      return R"({"event":"receipt","receipt":)" + event.receipt + "}";
    case Kind::kStatus: return R"({"event":"status"})";
    case Kind::kSchema: return R"({"event":"schema"})";
    case Kind::kAttachments: return R"({"event":"attachments"})";
    case Kind::kMissed: return R"({"event":"missed"})";
  }
  return {};
}

std::string EventQueue::watch_json(std::uint64_t number, const Watch& watch) const {
  JsonWriter out;
  out.begin_object()
      .key("event")
      .text("watch")
      .key("watch")
      .count(number)
      .key("changes")
      .begin_array();
  for (const auto& [collection, touched] : watch.touched) {
    out.begin_object().key("collection").text(collection);
    if (!touched.all) {
      out.key("ids").begin_array();
      for (const Uuid& id : touched.ids) out.text(to_string(id));
      out.end_array();
    }
    out.end_object();
  }
  out.end_array().end_object();
  return out.take();
}

}  // namespace daybook::abi
