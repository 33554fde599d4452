// SPDX-License-Identifier: Apache-2.0
// One phone: the real client core on a file or in memory, with what can happen to the device it
// lives on. Two phones may be one device: a clone, or what a restored backup makes of it.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "client-lib/local/sqlite/sqlite_local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/platform/memory_blob_store.hpp"
#include "core/wire/message.hpp"
#include "tests/sim/book.hpp"
#include "tests/sim/plan.hpp"
#include "tests/sim/ports.hpp"

namespace daybook::sim {

// What the server and the world know under one device id.
struct Device {
  int index = 0;
  DeviceId id;
  ActorId actor;     // as the server knows it now
  ActorId enrolled;  // as the phone was enrolled
  Bytes seed;
  std::optional<Version> met;         // the head at the first contact
  std::set<RecordRef> shown;          // every record that was ever sent to it
  std::set<RecordRef> once_in_scope;  // since the first contact
  // Complete pages it was served, by their heads: at one head more than one, when it was handed
  // over.
  std::map<std::pair<Version, Digest>, std::vector<Expected>> states;
};

class Phone {
 public:
  Phone(int number, Device& device, const Plan& plan, const Time& time, Line& line, Book& book,
        std::map<IncarnationId, int>& drawers, std::string path);
  ~Phone();

  void open();   // what lies in the file
  void start();  // open() and enrol()
  void enrol();
  void close();
  void kill();  // as the operating system does: nothing is flushed, nothing is said
  // The file as a backup tool would find it now, and back again. Only phones in files.
  void keep_copy();
  bool has_copy() const { return !copy_.empty(); }
  void go_back_to_copy();
  void begin_as_copy_of(const Phone& other);  // a clone: this phone's file is other's kept copy
  void set_clock();                           // the next offset of its clock

  Result<CommitResult> act(std::vector<RecordInput> changes,
                           std::vector<Attachment> attachments = {});
  std::optional<Outgoing> ask();
  void hear(BytesView frame, const wire::SyncReply* honest);
  // A page that the office called out, or the bare bell. Whether the page fitted.
  bool hear_call(BytesView page);
  void fail(Errc code);

  std::optional<Fields> row(const RecordRef& record);
  bool holds(const SetId& set);
  ClientCore& core() { return *core_; }
  MemoryBlobStore& blobs() { return blobs_; }
  LocalStore& store() { return *store_; }
  Device& device() { return device_; }
  int number() const { return number_; }
  const std::string& name() const { return name_; }
  bool in_file() const { return path_ != ":memory:"; }

  std::optional<Uuid> in_flight;
  bool carries_soon = false;
  std::set<Digest> pretended;  // named without having them
  std::int64_t poll_at = -1;
  std::int64_t offline_until = 0;
  Bytes last_reply;
  bool between = false;  // a fork was told, and no complete page came since

 private:
  std::map<FieldRef, Shown> look_at(const std::vector<RecordInput>& changes);
  void note_incarnations();
  void check_never();

  int number_;
  Device& device_;
  const Plan& plan_;
  Line& line_;
  Book& book_;
  std::map<IncarnationId, int>& drawers_;
  std::string name_, path_, copy_;
  bool copy_between_ = false;
  int clock_changes_ = 0;
  std::size_t incarnations_ = 0;  // of this file, looked at
  WorldClock clock_;
  Dice dice_;
  PlaceTrace trace_;
  MemoryBlobStore blobs_, blobs_copy_;  // what is acknowledged there outlives a kill
  LocalStore* store_ = nullptr;
  std::unique_ptr<ClientCore> core_;
};

}  // namespace daybook::sim
