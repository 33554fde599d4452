// SPDX-License-Identifier: Apache-2.0
// Headquarters' lane for contents of attachments in a scenario: the real door on a store in memory,
// and a line to it that breaks after so many bytes. Whoever is on its other end is a real carrier.
// Single-threaded; used by headquarters and phone.
#pragma once

#include <optional>

#include "client-lib/net/device_calls.hpp"
#include "core/crypto/device_key.hpp"
#include "core/platform/memory_blob_store.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/attachments/attachment_door.hpp"

namespace daybook::scenario {

class ContentDesk {
 public:
  ContentDesk(ServerCore& core, Clock& clock, Rng& rng, Trace& trace);

  // The token of a session that the device would have opened.
  Bytes open_session(const DeviceId& device);
  http::Response answer(http::Request request);
  // The line broke in the middle of the body: `partial` has what had arrived.
  void note_cut(http::Request partial);

  // How many contents are here.
  std::size_t contents();
  // Bytes that are here of a content that this device brings; nothing when none are.
  std::optional<std::uint64_t> bytes_of(const Digest& content, const DeviceId& device);
  bool is_whole(const Digest& content);

 private:
  bool run(const CoreTask& task);

  ServerCore& core_;
  DeviceSessions sessions_;
  MemoryBlobStore blobs_;
  AttachmentDoor door_;
};

// As far as `bytes_max` of bodies; then it breaks, and stays so.
class ContentLine final : public DeviceCalls {
 public:
  ContentLine(ContentDesk& desk, const DeviceId& device, Signer& signer, std::uint64_t bytes_max);

  Result<HttpReply> call(const HttpCall& call) override;
  std::size_t body_bytes_sent() const override { return sent_; }

 private:
  ContentDesk& desk_;
  Signer& signer_;
  Bytes token_;
  std::uint64_t left_;  // bytes that still get through
  std::size_t sent_ = 0;
  bool broken_ = false;
};

}  // namespace daybook::scenario
