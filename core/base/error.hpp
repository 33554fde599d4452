// SPDX-License-Identifier: Apache-2.0
// What went wrong, as a code with parameters. Sentences are made at the edge (abi, api, tools), in
// Chinese or English; here is only what a program can act upon. Value type, no thread rule.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace daybook {

// Numbers are part of the C ABI and of the wire: frozen, never reused. New codes are appended to
// their block.
enum class Errc : std::int32_t {
  kOk = 0,
  // The caller's input: nothing was changed.
  kInvalid = 1,            // malformed; `field` names what
  kTooLarge = 2,           // over a limit; `field` names what, `detail` the limit
  kUnknownCollection = 3,  // not in the schema
  kUnknownField = 4,
  kUnknownRecord = 5,
  kWrongType = 6,
  kImmutable = 7,  // a fact or an immutable field would change
  kNotFound = 8,
  kAlreadyExists = 9,
  kNotSupported = 10,  // a newer or older format than this build speaks
  kReadOnly = 11,      // a write through the SQL door
  kMissing = 12,       // an act whose conditions do not hold; the answer says which
  // The world: try again later.
  kOffline = 20,
  kTimedOut = 21,
  kBusy = 22,
  kDiskFull = 23,
  kIo = 24,
  kCut = 25,  // the line broke in the middle
  // Trust: nothing was acknowledged.
  kUntrusted = 40,     // TLS pin, captive portal, foreign answer
  kUnauthorized = 41,  // no or expired proof; ask for a new one
  kForbidden = 42,     // known, but not allowed
  kRevoked = 43,       // this device or account was revoked
  kWrongSignature = 44,
  kWrongHash = 45,
  // Our own house.
  kCorrupt = 60,   // stored bytes do not verify
  kTooNew = 61,    // written by a newer Daybook; left untouched
  kInternal = 62,  // a broken invariant; the handle is poisoned
  kClosed = 63,
};

// The stable lower-case name of a code, e.g. "disk_full"; "unknown" for numbers this build does not
// know.
std::string_view name_of(Errc code);

struct Error {
  Errc code = Errc::kInternal;
  std::string field;   // which input or record, e.g. "changes[2].set.qty"; may be empty
  std::string detail;  // parameters for the sentence, English and technical; never shown alone
};

// "too_large at changes[2].set.qty: 70000 bytes, at most 65536" — for logs and tests.
std::string to_string(const Error& error);

}  // namespace daybook
