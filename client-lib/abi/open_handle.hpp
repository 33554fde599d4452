// SPDX-License-Identifier: Apache-2.0
// What a daybook_handle is: the core on its thread, the courier, the read doors and the events,
// wired together. The C door calls it and does nothing else. Any thread; destroyed when nobody
// calls any more.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "client-lib/abi/attachment_courier.hpp"
#include "client-lib/abi/core_worker.hpp"
#include "client-lib/abi/courier.hpp"
#include "client-lib/abi/event_queue.hpp"
#include "client-lib/abi/read_doors.hpp"
#include "client-lib/acts/acts.hpp"
#include "client-lib/papers/paper_desk.hpp"
#include "core/crypto/sha256.hpp"
#include "core/platform/file_blob_store.hpp"
#include "core/platform/os_rng.hpp"
#include "core/platform/sqlite/owner_lock.hpp"
#include "core/platform/system_clock.hpp"
#include "core/ports/trace.hpp"

namespace daybook::abi {

struct Opening {
  std::string path;
  std::string schema;  // JSON; empty: the built-in rules
  Bytes key;
};

enum class WhichSets : std::uint8_t { kUnsettled = 0, kUnsent = 1, kStored = 2, kParked = 3 };

class OpenHandle {
 public:
  static Result<std::unique_ptr<OpenHandle>> open(const Opening& opening);
  ~OpenHandle();
  OpenHandle(const OpenHandle&) = delete;
  OpenHandle& operator=(const OpenHandle&) = delete;

  // After it, everything is answered kInternal.
  void break_with(const Error& why) { worker_->break_with(why); }

  // `key_alg`: EnrolmentCall::key_alg.
  Result<void> enrol(std::string_view code, std::string_view device_name,
                     std::optional<KeyAlg> key_alg);
  Result<std::string> device();
  Result<std::string> schema_json();
  Result<Uuid> new_id();
  Result<std::string> commit(std::string_view json);

  // What an act answered; nothing was written unless it may go on.
  struct ActAnswer {
    bool may_go_on = false;
    std::string json;
  };
  Result<ActAnswer> act(const std::string& name, std::string_view json, bool only_weigh);

  Result<std::unique_ptr<RowReader>> query(std::string_view sql, std::string_view parameters);
  Result<std::string> query_all(std::string_view sql, std::string_view parameters,
                                std::uint64_t rows_max);
  Result<std::uint64_t> watch(std::string_view json);
  EventQueue& events() { return events_; }

  Result<void> start_sync();
  Result<void> stop_sync();
  Result<void> sync_now();
  Result<void> set_network(Network network);
  Result<void> wait_idle(std::int64_t timeout_ms);
  Result<std::string> status();
  Result<std::string> counters();

  // Contents of attachments. `options`: {"network":"any"|"unmetered"|"now"}, or empty.
  Result<std::string> add_file(const std::string& path, std::string_view options);
  Result<Uuid> begin_adding();
  Result<void> append(const Uuid& adding, BytesView bytes);
  Result<std::string> finish_adding(const Uuid& adding, std::string_view options);
  Result<void> cancel_adding(const Uuid& adding);
  Result<std::string> attachments();
  Result<std::string> find_attachment(const Digest& content);
  // 0 at the end. kNotFound: not on this phone.
  Result<std::size_t> read_attachment(const Digest& content, std::uint64_t offset,
                                      std::span<std::uint8_t> into);
  Result<void> fetch_attachment(const Digest& content);
  Result<void> choose_network(const Digest& content, std::string_view network);
  Result<void> forget_attachment(const Digest& content);
  Result<std::string> free_attachments(std::uint64_t keep_bytes);

  // Papers that a customer signs; JSON as daybook.h says.
  Result<std::string> present_paper(std::string_view json);
  Result<std::string> sign_paper(std::string_view json);
  Result<std::string> seal_paper(const Uuid& paper);
  Result<void> close_paper(const Uuid& paper);

  Result<std::string> receipts_of(const SetId& set);
  Result<std::string> receipts_since(std::uint64_t ordinal, std::uint64_t count_max);
  Result<std::string> own_sets(WhichSets which);
  Result<std::string> find_set(const SetId& set);
  Result<void> discard_set(const SetId& set, bool with_dependents);
  Result<void> wipe(std::string_view confirmation);
  Result<std::string> inspect();

 private:
  struct Adding {
    Sha256 hash;
    std::uint64_t size = 0;
    std::mutex one_at_a_time;
  };
  Result<std::shared_ptr<Adding>> find_adding(const Uuid& adding);
  // Digest and size of a file, whose bytes lie in the blob store from now on.
  Result<std::pair<Digest, std::uint64_t>> take_file(const std::string& path,
                                                     std::optional<ContentLine> line);
  Result<void> note_added(const Digest& content, std::uint64_t size,
                          std::optional<ContentLine> line);
  Result<void> drop_what_was_left();
  Result<void> remove_all_contents();
  void write_view_trouble(JsonWriter& out);

  explicit OpenHandle(const Opening& opening)
      : opening_(opening),
        doors_(opening.path),
        papers_([this](const auto& sql, const auto& about) { return ask_rows(sql, about); },
                clock_) {}
  Result<std::vector<JsonValue>> ask_rows(const std::string& sql, const std::string& about);
  Result<Desk> open_desk();
  void pass_on(Desk& desk);
  void pass_on_receipt(Desk& desk, const Receipt& receipt, const Schema* schema);
  Result<std::optional<Enrolment>> enrolment();
  Result<std::shared_ptr<const Schema>> load_rules() const;
  std::shared_ptr<const Schema> rules() const;
  Surroundings surroundings();

  const Opening opening_;
  SystemClock clock_;
  OsRng rng_;
  NoTrace trace_;
  std::optional<sqlite::OwnerLock> owner_;
  EventQueue events_;
  ReadDoors doors_;
  papers::PaperDesk papers_;  // the core thread's
  mutable std::mutex rules_mutex_;
  std::shared_ptr<const Schema> rules_;
  std::mutex life_mutex_;  // enrol, start, stop and wipe, one at a time
  std::unique_ptr<FileBlobStore> blobs_;
  std::mutex adding_mutex_;
  std::map<Uuid, std::shared_ptr<Adding>> adding_;
  std::optional<ActAsker> asker_;  // the core thread's
  std::unique_ptr<CoreWorker> worker_;
  RightOfWay way_;
  std::unique_ptr<Courier> courier_;
  std::unique_ptr<AttachmentCourier> attachments_;
};

}  // namespace daybook::abi
