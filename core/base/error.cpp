// SPDX-License-Identifier: Apache-2.0
#include "core/base/error.hpp"

namespace daybook {

std::string_view name_of(Errc code) {
  switch (code) {
    case Errc::kOk: return "ok";
    case Errc::kInvalid: return "invalid";
    case Errc::kTooLarge: return "too_large";
    case Errc::kUnknownCollection: return "unknown_collection";
    case Errc::kUnknownField: return "unknown_field";
    case Errc::kUnknownRecord: return "unknown_record";
    case Errc::kWrongType: return "wrong_type";
    case Errc::kImmutable: return "immutable";
    case Errc::kNotFound: return "not_found";
    case Errc::kAlreadyExists: return "already_exists";
    case Errc::kNotSupported: return "not_supported";
    case Errc::kReadOnly: return "read_only";
    case Errc::kMissing: return "missing";
    case Errc::kOffline: return "offline";
    case Errc::kTimedOut: return "timed_out";
    case Errc::kBusy: return "busy";
    case Errc::kDiskFull: return "disk_full";
    case Errc::kIo: return "io";
    case Errc::kCut: return "cut";
    case Errc::kUntrusted: return "untrusted";
    case Errc::kUnauthorized: return "unauthorized";
    case Errc::kForbidden: return "forbidden";
    case Errc::kRevoked: return "revoked";
    case Errc::kWrongSignature: return "wrong_signature";
    case Errc::kWrongHash: return "wrong_hash";
    case Errc::kCorrupt: return "corrupt";
    case Errc::kTooNew: return "too_new";
    case Errc::kInternal: return "internal";
    case Errc::kClosed: return "closed";
  }
  return "unknown";
}

std::string to_string(const Error& error) {
  std::string text(name_of(error.code));
  if (!error.field.empty()) text += " at " + error.field;
  if (!error.detail.empty()) text += ": " + error.detail;
  return text;
}

}  // namespace daybook
