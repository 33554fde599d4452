// SPDX-License-Identifier: Apache-2.0
// A phone of a scenario: the real client core on SQLite, a clock of its own that may be wrong, and
// the line to headquarters, which carries whole requests and replies or loses them.
// Single-threaded; used by world only.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client-lib/acts/acts.hpp"
#include "client-lib/papers/paper_desk.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/platform/memory_blob_store.hpp"
#include "core/ports/simulated.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/store/server_store.hpp"
#include "tools/scenario/headquarters.hpp"

namespace daybook::scenario {

class FieldPhone {
 public:
  // `path` of its file, or ":memory:".
  FieldPhone(std::string name, ActorId actor, std::string path, std::uint64_t seed,
             std::int64_t now_ms);

  // A new phone under the rules that it is given, known to headquarters from now on.
  void enrol(Headquarters& office, const std::string& schema);
  // Starts as what a backup of `other` makes of it: the same file, the same key, the same chain.
  void begin_as_copy_of(FieldPhone& other);
  void restart();

  Result<CommitResult> commit(std::vector<RecordInput> changes,
                              std::vector<Attachment> attachments = {});
  // An act of the rules: what it came to, and what was committed if it may go on. On a file only.
  struct Done {
    ActEffect effect;
    std::optional<CommitResult> committed;
  };
  Result<Done> act(const std::string& name, ActCall call);
  // A paper that a customer is shown, signs (or refuses to), and that is sealed.
  struct Signed {
    std::vector<std::string> missing;  // not shown: Chinese and English sentences of what it lacks
    std::optional<papers::Sealed> sealed;
  };
  struct Wish {
    std::string paper;  // "form", "survey"
    Uuid about;
    std::string signer, kind, reason, witness;  // nobody: it needs no signature
    Fields values;  // the survey's answers, or what an amendment changes
  };
  Result<Signed> sign(const Wish& wish);
  // Its file, to look at.
  const std::string& path() const { return path_; }

  // The line. sync() exchanges until nothing waits (false: there is no end to it); send() carries
  // one request to headquarters and keeps the answer on its way, until hear() or lose().
  bool sync(Headquarters& office);
  bool send(Headquarters& office);  // false: there was nothing to ask, or one is on its way
  bool hear();                      // false: nothing is on its way
  bool lose();
  // Everything that was ever sent, once more.
  void resend(Headquarters& office);

  // Contents of attachments lie beside the file, and outlive the app as it does.
  void hold(const Digest& content, const Bytes& bytes);
  std::optional<std::uint64_t> size_of(const Digest& content);
  // Brings the content that is to go next, which must be this one, over a line that breaks after so
  // many bytes. False: another is to go next, or none.
  bool carry(Headquarters& office, const Digest& content, std::uint64_t bytes_max);
  // Since begin_to_carry(): what went over the line, of the whole content, and how often it broke.
  void begin_to_carry() { carried_ = carried_percent_ = broken_ = 0; }
  std::uint64_t carried_percent() const { return carried_percent_; }
  std::uint64_t broken() const { return broken_; }

  bool is_online() const { return online_; }
  void set_online(bool online) { online_ = online; }

  const std::string& name() const { return name_; }
  const ActorId& actor() const { return actor_; }
  const DeviceId& device() const { return device_; }
  ClientCore& core() { return *core_; }
  ManualClock& clock() { return clock_; }

 private:
  void open();
  Result<std::vector<abi::JsonValue>> ask(const std::string& sql, const std::string& about);

  std::string name_;
  ActorId actor_;
  std::string path_;
  ManualClock clock_;
  SeededRng rng_;
  NoTrace trace_;
  DeviceId device_;
  bool online_ = true;
  LocalStore* store_ = nullptr;  // the core's
  std::unique_ptr<ClientCore> core_;
  papers::PaperDesk papers_{[this](const auto& sql, const auto& about) { return ask(sql, about); },
                            clock_};
  std::optional<ActAsker> asker_;
  std::optional<Result<Bytes>> on_its_way_;
  std::vector<Bytes> sent_;
  MemoryBlobStore blobs_;
  std::uint64_t carried_ = 0, carried_percent_ = 0, broken_ = 0;
};

}  // namespace daybook::scenario
