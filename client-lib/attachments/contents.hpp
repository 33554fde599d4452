// SPDX-License-Identifier: Apache-2.0
// The phone's book of contents: what is here, what the office is to have, what goes next. The bytes
// lie in a blob store beside it and travel in a lane of their own (client-lib/net). Core thread;
// each verb is one transaction.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <vector>

#include "client-lib/local/local_store.hpp"
#include "core/base/result.hpp"
#include "core/ports/clock.hpp"

namespace daybook {

// What one content's way to the office or back came to.
struct Carried {
  std::uint64_t bytes = 0;       // at the other end, durable
  std::optional<Error> trouble;  // why it stopped; empty: all of it is there
};

class Contents {
 public:
  Contents(LocalStore& store, Clock& clock) : store_(store), clock_(clock) {}

  // The bytes are here. Again: as it was, and from now on with this line when one is given.
  Result<void> added(const Digest& content, std::uint64_t size, std::optional<ContentLine> line);
  Result<void> choose_line(const Digest& content, ContentLine line);  // kNotFound
  // To be fetched from the office; nothing when it is here.
  Result<void> want(const Digest& content);
  // Only what no set names goes: kForbidden else. The caller removes the bytes then.
  Result<void> forget(const Digest& content);

  // What goes next, of the sets up to number `held`, which the office has; nothing when nothing is
  // due. On a metered line what may wait for another one waits. It is under way then, and not given
  // again until carried() is told what came of it.
  Result<std::optional<LocalContent>> next(std::uint64_t held, bool metered);
  // Nothing is under way any more: whoever carried has stopped.
  void stopped() { under_way_.clear(); }
  // Milliseconds until something that failed may be tried again; -1: nothing waits for that.
  std::int64_t retry_in_ms() const;
  // `size`: of a content that was wanted.
  Result<void> carried(const Digest& content, std::uint64_t size, const Carried& carried);

  // The office lost what it had: everything that is here is asked for again.
  Result<void> office_restored();

  // Brought, and not known to be safe: at most `count_max` behind `after`, the last of those before.
  Result<std::vector<LocalContent>> to_ask_after(std::optional<LocalContent>& after,
                                                 std::size_t count_max);
  // The office said how it stands: what it asks for goes again, what is safe may be let go.
  Result<void> stands(const Digest& content, bool is_asked_for, bool is_safe);
  // Lets go the oldest that are safe until at most `keep_bytes` of them are left, and gives those
  // that went; the caller removes their bytes. What went before is given again, at most
  // `count_max` in all: its bytes may be there still.
  Result<std::vector<LocalContent>> free(std::uint64_t keep_bytes, std::size_t count_max);

  Result<std::optional<LocalContent>> find(const Digest& content);
  Result<std::vector<LocalContent>> list(const std::optional<LocalContent>& after,
                                         std::size_t count_max);

 private:
  Result<void> write(const std::function<Result<void>()>& change);
  Result<void> put(const LocalContent& row);
  Result<std::optional<LocalContent>> first_of(ContentState state, std::uint64_t held,
                                               bool metered);

  LocalStore& store_;
  Clock& clock_;
  // The lane pauses after a failure of the line, longer each time, and goes on at once after a
  // success. What is wrong with one content holds up that one.
  std::uint32_t failures_ = 0;
  std::int64_t not_before_ms_ = 0;
  std::map<Digest, std::int64_t> later_;
  std::set<Digest> under_way_;
};

// Whether trying again can help.
bool is_for_good(const Error& error);

}  // namespace daybook
