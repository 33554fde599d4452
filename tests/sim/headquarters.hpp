// SPDX-License-Identifier: Apache-2.0
// The server: the real core on the memory store, with its crashes, backups and restores, and the
// people at its desks.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/platform/memory_blob_store.hpp"
#include "sync-server/attachments/attachment_door.hpp"
#include "sync-server/auth/device_sessions.hpp"
#include "sync-server/conflicts/desk.hpp"
#include "sync-server/office/office.hpp"
#include "sync-server/session/server_core.hpp"
#include "sync-server/store/memory/memory_server_store.hpp"
#include "tests/sim/book.hpp"
#include "tests/sim/phone.hpp"
#include "tests/sim/ports.hpp"

namespace daybook::sim {

// What the simulated process dies of.
struct Crash {};

// The answer to a request: the frame and what it says, or why there is none.
struct Answer {
  Bytes frame;
  std::optional<wire::SyncReply> reply;
  Errc error = Errc::kOk;
};

class Headquarters {
 public:
  using Reply = std::function<void(const Answer&)>;

  Headquarters(const Time& time, Line& line, Book& book,
               std::vector<std::unique_ptr<Device>>& devices, std::uint64_t seed);

  void start();
  bool is_up() const { return core_ != nullptr; }
  void enrol(Device& device);
  bool knows(const Device& device);  // not after a restore to a time before it was enrolled
  void hand_over(Device& device, const ActorId& actor);

  void receive(Device& device, Bytes frame, Reply reply);
  bool has_mail() const { return !inbox_.empty(); }
  // Everything that came, as one group. Returns the scopes in which something moved.
  std::set<std::string> work(bool crash_before_commit, bool crash_before_reply);

  // What is called out to a device whose scopes were touched: nothing, a page, or an empty one for
  // the bare bell.
  std::optional<Bytes> call_for(Device& device);

  // One act of a person, as a group of its own; an error changes nothing.
  Result<Receipt> office(const ActorId& who, const std::vector<OfficeEdit>& edits);
  Result<ConflictCase> resolve(const Decision& decision);
  // The next group meets a full disk at its write number `writes`.
  void fill_disk(std::uint64_t writes) { full_after_ = writes; }

  // One call of the lane, as the door's thread sees it: whole, or of a piece only what came before
  // the line broke. Nothing when the office is down, or dies of it.
  struct LaneTrouble {
    bool power = false, crash = false, disk = false;
    std::uint64_t torn_size = 0;  // of the piece that is written when the power goes
  };
  std::optional<http::Response> attachment(Device& device, http::Request request, bool cut,
                                           const LaneTrouble& trouble);
  MemoryBlobStore& blobs() { return blobs_; }

  void back_up();
  std::size_t backups() const { return backups_.size(); }
  // Falls back to a kept backup (0 = oldest). Everything later is gone; of contents only when the
  // disk was lost too.
  void restore(std::size_t which, bool contents_too);

  MemoryServerStore& store() { return store_; }
  ServerCore& core() { return *core_; }
  const std::map<std::string, std::uint64_t>& counted() const { return counted_; }

 private:
  struct Mail {
    Device* device;
    Bytes frame;
    Reply reply;
  };
  struct Tape {
    BackupRow row;
    MemoryServerStore::Snapshot snapshot;
    MemoryBlobStore contents;
  };
  Result<AfterCommit> serve(ServerCore& core, Mail& mail, bool mute);
  void take_notes();
  void die(const char* why);
  void open_lane();
  bool run_alone(CoreTask task);
  void keep_watch();

  const Time& time_;
  Line& line_;
  Book& book_;
  std::vector<std::unique_ptr<Device>>& devices_;
  WorldClock clock_;
  Dice dice_, lane_dice_;
  PlaceTrace trace_;
  MemoryServerStore store_;
  std::optional<StoreHead> last_known_;
  std::unique_ptr<ServerCore> core_;
  std::unique_ptr<Office> office_;
  std::unique_ptr<Desk> desk_;
  MemoryBlobStore blobs_;
  LaneLimits limits_;
  std::unique_ptr<DeviceSessions> sessions_;
  std::unique_ptr<AttachmentDoor> door_;
  bool crashes_in_lane_ = false;
  std::deque<Mail> inbox_;
  std::optional<std::uint64_t> full_after_;
  std::vector<Tape> backups_;
  std::map<std::string, std::uint64_t> counted_;
};

}  // namespace daybook::sim
