// SPDX-License-Identifier: Apache-2.0
// A line for plain calls as this device: what AttachmentCarrier needs of whoever carries. Carrier
// is one, over TLS; scenarios have one that breaks where the story says. The caller's thread.
#pragma once

#include <cstddef>

#include "client-lib/net/https_client.hpp"
#include "core/base/result.hpp"

namespace daybook {

class DeviceCalls {
 public:
  virtual ~DeviceCalls() = default;

  // Not resumable, for small questions and pieces. Any status is a value, save 401.
  virtual Result<HttpReply> call(const HttpCall& call) = 0;
  // Of the last call's body, handed to the line so far.
  virtual std::size_t body_bytes_sent() const = 0;
};

}  // namespace daybook
