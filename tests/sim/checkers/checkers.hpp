// SPDX-License-Identifier: Apache-2.0
// What must hold, one file each. A checker throws Violation with its own name; it changes nothing.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/base/hex.hpp"
#include "core/wire/message.hpp"
#include "tests/sim/book.hpp"
#include "tests/sim/phone.hpp"
#include "tests/sim/ports.hpp"

namespace daybook::sim {

class Headquarters;

using Phones = std::vector<std::unique_ptr<Phone>>;

// scope.cpp, inside the transaction that made the reply: nothing in it is outside the device's
// scopes, in fields or in raw bytes. Also keeps what a complete page says the device now holds.
void check_reply(const Book& book, Device& device, ServerStore& store, const wire::SyncReply& reply,
                 BytesView raw);

// exact_state.cpp, after every reply: what lies under the own work is exactly the office state at
// the cursor; no half set.
void check_exact_state(Phone& phone);
// Every set that counts as settled has its verdict here; the overlay is not lifted before.
void check_settled(Phone& phone);

// acknowledged.cpp, at any time: every acknowledged set is in a phone's file or in the log.
void check_acknowledged(const Book& book, const Phones& phones, ServerStore& store);
// After a file was destroyed on purpose.
void note_destroyed_file(Book& book, const Phones& phones, ServerStore& store);
// After the server fell back to a backup.
void note_restored(Book& book, const Phones& phones, ServerStore& store);

// exactly_once.cpp
void check_exactly_once(const Book& book, ServerStore& store);

// words.cpp, at rest: nobody's words vanished without a trace.
void check_words(const Book& book, ServerStore& store);

// blind_write.cpp, at rest: nobody overwrote what he had not seen.
void check_blind_writes(const Book& book, ServerStore& store);

// rest.cpp, at rest: everything went up, was answered and came back; all see the same.
bool is_at_rest(Phone& phone, ServerStore& store, std::string* why);
void check_convergence(Phone& phone, ServerStore& store);
void check_queue(const Book& book, ServerStore& store);

// rehearsal.cpp, at rest: the same rules judge the whole history the same way again.
void check_rehearsal(const Schema& rules, ServerStore& store, Clock& clock);

// photos.cpp: at any time; after copies were destroyed on purpose; at rest.
void check_photos_somewhere(const Book& book, const Phones& phones, Headquarters& office);
void note_lost_photos(Book& book, const Phones& phones, Headquarters& office);
void check_photos(const Book& book, const Phones& phones, Headquarters& office);
bool has_photos_to_carry(Phone& phone);

// clocks.cpp: what the server decided, without anything that a clock may have written.
std::string outcome_of(ServerStore& store);

}  // namespace daybook::sim
