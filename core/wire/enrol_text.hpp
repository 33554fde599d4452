// SPDX-License-Identifier: Apache-2.0
// The enrolment code as people carry it, in a QR picture or pasted:
// daybook://enrol?u=<url>&p=<pin>&c=<code>. It brings all that a phone needs to trust exactly one
// server. Made by the server's enrolment door, read by the client library. Pure.
#pragma once

#include <string>
#include <string_view>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook::wire {

struct EnrolText {
  std::string url;  // "https://host:port", no path
  Digest pin;       // SHA-256 of the server certificate's SubjectPublicKeyInfo
  Bytes code;       // one-time
  bool operator==(const EnrolText&) const = default;
};

std::string to_text(const EnrolText& enrolment);
// Errors name the part: "enrol_text.u". White space around the text is passed over, because people
// paste.
Result<EnrolText> read_enrol_text(std::string_view text);

}  // namespace daybook::wire
