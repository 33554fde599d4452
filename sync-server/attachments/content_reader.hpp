// SPDX-License-Identifier: Apache-2.0
// Gives the bytes of contents, whole or a range of them, to devices whom they concern and to people
// at headquarters. Loop thread only.
#pragma once

#include <functional>
#include <string>

#include "core/ports/blob_store.hpp"
#include "sync-server/attachments/errands.hpp"
#include "sync-server/attachments/lane.hpp"
#include "sync-server/http/message.hpp"

namespace daybook {

class ContentReader {
 public:
  using Reply = std::function<void(http::Response)>;
  using Refusal = http::Response (*)(const Error& error);

  // Borrows all for its life.
  ContentReader(const Errands& errands, BlobStore& blobs, const LaneLimits& limits)
      : errands_(errands), blobs_(blobs), limits_(limits) {}

  void give(const DeviceRow& device, const Digest& content, const http::Request& request,
            const Reply& reply);
  // For people who may read records; `name`: the content's, as the path has it, `refusal`: how
  // their API says no.
  void give_to_office(const std::string& name, const http::Request& request, Refusal refusal,
                      const Reply& reply);

 private:
  void read_out(const Digest& content, std::uint64_t size, const http::Request& request,
                Refusal refusal, const Reply& reply);

  const Errands& errands_;
  BlobStore& blobs_;
  const LaneLimits& limits_;
};

}  // namespace daybook
