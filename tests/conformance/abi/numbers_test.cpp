// SPDX-License-Identifier: Apache-2.0
// Numbers and names that host apps have compiled in: frozen. A failing line here is a broken
// promise, not an outdated test.
#include "client-lib/include/daybook/daybook.h"
#include "core/base/error.hpp"
#include "tests/support/catch.hpp"

extern "C" int daybook_canary_sings(void);

namespace daybook {
namespace {

struct Frozen {
  std::int32_t number;
  std::int32_t in_header;
  Errc in_core;
  std::string_view name;
};

constexpr Frozen kFrozen[] = {
    {0, DAYBOOK_OK, Errc::kOk, "ok"},
    {1, DAYBOOK_INVALID, Errc::kInvalid, "invalid"},
    {2, DAYBOOK_TOO_LARGE, Errc::kTooLarge, "too_large"},
    {3, DAYBOOK_UNKNOWN_COLLECTION, Errc::kUnknownCollection, "unknown_collection"},
    {4, DAYBOOK_UNKNOWN_FIELD, Errc::kUnknownField, "unknown_field"},
    {5, DAYBOOK_UNKNOWN_RECORD, Errc::kUnknownRecord, "unknown_record"},
    {6, DAYBOOK_WRONG_TYPE, Errc::kWrongType, "wrong_type"},
    {7, DAYBOOK_IMMUTABLE, Errc::kImmutable, "immutable"},
    {8, DAYBOOK_NOT_FOUND, Errc::kNotFound, "not_found"},
    {9, DAYBOOK_ALREADY_EXISTS, Errc::kAlreadyExists, "already_exists"},
    {10, DAYBOOK_NOT_SUPPORTED, Errc::kNotSupported, "not_supported"},
    {11, DAYBOOK_READ_ONLY, Errc::kReadOnly, "read_only"},
    {12, DAYBOOK_MISSING, Errc::kMissing, "missing"},
    {20, DAYBOOK_OFFLINE, Errc::kOffline, "offline"},
    {21, DAYBOOK_TIMED_OUT, Errc::kTimedOut, "timed_out"},
    {22, DAYBOOK_BUSY, Errc::kBusy, "busy"},
    {23, DAYBOOK_DISK_FULL, Errc::kDiskFull, "disk_full"},
    {24, DAYBOOK_IO, Errc::kIo, "io"},
    {25, DAYBOOK_CUT, Errc::kCut, "cut"},
    {40, DAYBOOK_UNTRUSTED, Errc::kUntrusted, "untrusted"},
    {41, DAYBOOK_UNAUTHORIZED, Errc::kUnauthorized, "unauthorized"},
    {42, DAYBOOK_FORBIDDEN, Errc::kForbidden, "forbidden"},
    {43, DAYBOOK_REVOKED, Errc::kRevoked, "revoked"},
    {44, DAYBOOK_WRONG_SIGNATURE, Errc::kWrongSignature, "wrong_signature"},
    {45, DAYBOOK_WRONG_HASH, Errc::kWrongHash, "wrong_hash"},
    {60, DAYBOOK_CORRUPT, Errc::kCorrupt, "corrupt"},
    {61, DAYBOOK_TOO_NEW, Errc::kTooNew, "too_new"},
    {62, DAYBOOK_INTERNAL, Errc::kInternal, "internal"},
    {63, DAYBOOK_CLOSED, Errc::kClosed, "closed"},
};

}  // namespace

TEST_CASE("abi: the canary sings in C", "[abi]") { CHECK(daybook_canary_sings() == 1); }

TEST_CASE("abi: codes have the same numbers and names in C, in the core and in this list",
          "[abi]") {
  for (const Frozen& code : kFrozen) {
    CHECK(code.in_header == code.number);
    CHECK(static_cast<std::int32_t>(code.in_core) == code.number);
    CHECK(daybook_code_name(code.number) == code.name);
  }
}

TEST_CASE("abi: every other number has the name unknown", "[abi]") {
  for (std::int32_t number = -2; number < 300; ++number) {
    bool frozen = false;
    for (const Frozen& code : kFrozen) frozen = frozen || code.number == number;
    if (!frozen) CHECK(daybook_code_name(number) == std::string_view("unknown"));
  }
}

TEST_CASE("abi: enums have their numbers", "[abi]") {
  CHECK(DAYBOOK_NETWORK_ONLINE == 0);
  CHECK(DAYBOOK_NETWORK_METERED == 1);
  CHECK(DAYBOOK_NETWORK_OFFLINE == 2);
  CHECK(DAYBOOK_SETS_UNSETTLED == 0);
  CHECK(DAYBOOK_SETS_UNSENT == 1);
  CHECK(DAYBOOK_SETS_STORED == 2);
  CHECK(DAYBOOK_SETS_PARKED == 3);
  CHECK(DAYBOOK_KEY_ALG_DEFAULT == 0);
  CHECK(DAYBOOK_KEY_ALG_ED25519 == 1);
  CHECK(DAYBOOK_KEY_ALG_ES256 == 2);
  CHECK(sizeof(daybook_error) == 776);
  CHECK(std::string_view(daybook_version()).find('.') != std::string_view::npos);
}

}  // namespace daybook
