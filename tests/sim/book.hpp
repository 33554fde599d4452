// SPDX-License-Identifier: Apache-2.0
// What the simulator knows to be true because it did it: every acknowledged set, every word
// written, who was ever shown what. The checkers hold the product against it; the product never
// sees it.
#pragma once

#include <array>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "core/model/ids.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook::sim {

std::shared_ptr<const Schema> sim_schema();

// A set that a phone's commit() or headquarters' door acknowledged.
struct Acked {
  SetId set;
  Digest body_hash;
  int device = -1;           // index of the device; -1 = headquarters
  bool server_only = false;  // no phone holds it any more, because a file was destroyed on purpose
                             // (or headquarters made it)
  bool excused = false;      // its last copy was destroyed on purpose
};

// A word that somebody added to the notes of a visit while seeing the rest.
struct Word {
  std::string word;
  RecordRef record;
  SetId set;
  bool by_office = false;
};

// A content that a phone took in and whose promise it acknowledged.
struct Photo {
  Digest digest;
  Bytes bytes;
  int device = 0;
  SetId set;
  bool excused = false;  // its last copy was destroyed on purpose
};

// The office state of a device's scopes at a head, as the model sees it (not the feed).
struct Expected {
  std::map<RecordRef, std::pair<Version, Bytes>> rows;
};

// Fields of a visit that only people change, each value written once: what replaces what can be
// followed.
inline constexpr std::array<const char*, 2> kWatchedFields{"address", "category"};
using FieldRef = std::pair<RecordRef, std::string>;

// What a phone showed in a field when a set was written on it.
struct Shown {
  std::optional<Value> value;
  bool covered = false;  // by own unsettled work: what is shown is not the office's
  EpochId epoch;         // of the office row below it, and its version there
  Version version = 0;
  std::optional<SetId> before;  // the same device's earlier set that looked at this field
};

// Every commit that ever was, those too that a restore took back.
class Heads {
 public:
  void note(ServerStore& store);
  std::optional<Digest> head_at(const EpochId& epoch, Version version) const;

 private:
  std::map<std::pair<EpochId, Version>, Digest> heads_;
  std::map<EpochId, EpochRow> epochs_;
};

struct Book {
  std::map<SetId, Acked> acked;
  std::vector<SetId> order;
  std::vector<Word> words;
  std::set<SetId> poisoned;
  std::map<RecordRef, std::string> canaries;
  std::map<RecordRef, std::set<int>> authors;       // devices whose own sets created the record
  std::vector<RecordRef> visits, customers, parts;  // in the order they were made
  std::map<SetId, std::map<FieldRef, Shown>> shown;
  std::map<std::pair<int, FieldRef>, SetId> last_look;  // by device
  std::vector<Photo> photos;
  std::map<Digest, std::set<int>> had;  // devices that ever held all of a content's bytes
  Heads heads;
  int next_word = 1;
};

// Who sees a record, computed from the records alone: the person of the visit, its customer and
// events with it, parts for all.
std::map<RecordRef, std::pair<Version, Bytes>> scope_by_model(ServerStore& store,
                                                              const ActorId& actor);

}  // namespace daybook::sim
