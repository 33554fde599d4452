// SPDX-License-Identifier: Apache-2.0
// What the host app has not been told yet. Bounded: changes of one watch wait as one event,
// receipts up to a limit. Filled by the core's thread, emptied by daybook_next_event(); any thread.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/ids.hpp"

namespace daybook::abi {

inline constexpr std::size_t kWatchesMax = 256;
inline constexpr std::size_t kReceiptsWaitingMax = 1000;
inline constexpr std::size_t kIdsPerEventMax = 1000;

class EventQueue {
 public:
  // kTooLarge when there are too many.
  Result<std::uint64_t> add_watch(std::set<std::string> collections);
  Result<void> remove_watch(std::uint64_t watch);

  // No ids: anything in the collection may have changed.
  void note_records(const std::string& collection, const std::vector<Uuid>& ids);
  // False: the next receipt would only be counted as missed, so it need not be written down.
  bool has_room_for_receipt();
  void note_receipt(std::string json);
  void note_status();
  void note_schema();
  void note_attachments();

  // As JSON. kTimedOut; kClosed after interrupt(). A negative timeout waits for ever.
  Result<std::string> next(std::int64_t timeout_ms);
  void interrupt();

 private:
  struct Touched {
    std::set<Uuid> ids;
    bool all = false;
  };
  struct Watch {
    std::set<std::string> collections;
    std::map<std::string, Touched> touched;  // not empty: its event waits
  };
  enum class Kind : std::uint8_t { kWatch, kReceipt, kStatus, kSchema, kAttachments, kMissed };
  struct Waiting {
    Kind kind = Kind::kStatus;
    std::uint64_t watch = 0;
    std::string receipt;
  };

  void note_once(Kind kind);
  std::string take_front();
  std::string watch_json(std::uint64_t number, const Watch& watch) const;

  std::mutex mutex_;
  std::condition_variable came_;
  std::map<std::uint64_t, Watch> watches_;
  std::deque<Waiting> waiting_;
  std::uint64_t last_watch_ = 0;
  std::size_t receipts_waiting_ = 0;
  bool interrupted_ = false;
};

}  // namespace daybook::abi
