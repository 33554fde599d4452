// SPDX-License-Identifier: Apache-2.0
// The devices' lane for attachments under /v1/attachments: tus 1.0 with creation, checksum,
// expiration and termination, proofs of possession, and contents by range; grammar in
// core/wire/ATTACHMENTS.md. Asks the core thread what is due, lets threads that may wait write and
// read, and tells the device when a piece is durable. Loop thread only; what runs elsewhere comes
// back through `post`.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>

#include "core/ports/blob_store.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/ports/trace.hpp"
#include "sync-server/attachments/content_reader.hpp"
#include "sync-server/attachments/errands.hpp"
#include "sync-server/attachments/lane.hpp"
#include "sync-server/attachments/upload_table.hpp"
#include "sync-server/attachments/upload_words.hpp"
#include "sync-server/auth/device_sessions.hpp"
#include "sync-server/http/message.hpp"
#include "sync-server/session/server_core.hpp"

namespace daybook {

class AttachmentDoor {
 public:
  struct Parts {
    DeviceSessions& sessions;
    BlobStore& blobs;
    Clock& clock;
    Rng& rng;
    Trace& trace;
    LaneLimits limits{};
    Errands errands;
  };
  explicit AttachmentDoor(Parts parts)
      : parts_(std::move(parts)),
        errands_(parts_.errands),
        reader_(errands_, parts_.blobs, parts_.limits) {}
  AttachmentDoor(const AttachmentDoor&) = delete;
  AttachmentDoor& operator=(const AttachmentDoor&) = delete;

  static bool owns(const http::Request& request);

  std::optional<http::Response> on_head(const http::Request& head, std::uint64_t content_length);
  void on_request(http::Request request, http::ReplySink sink);
  // What arrived of a piece is kept, unless it came with a checksum of the whole.
  void on_cut(http::Request partial);

  ContentReader& reader() { return reader_; }

 private:
  using Key = UploadTable::Key;
  using Reply = ContentReader::Reply;
  template <class T>
  using Then = Errands::Then<T>;
  struct Challenge {
    Bytes nonce;
    std::int64_t expires_ms = 0;
  };

  void answer(const DeviceRow& device, http::Request request, const Reply& reply);
  void tell_standing(const DeviceId& device, const http::Request& request, const Reply& reply);
  void create(const DeviceRow& device, http::Request request, const Reply& reply);
  void bring(const Key& key, std::uint64_t offset, http::Request request, const Reply& reply);
  void tell_offset(const Key& key, const Reply& reply);
  void give_up(const Key& key, const Reply& reply);
  void challenge(const Key& key, const Reply& reply);
  void prove(const DeviceRow& device, const Digest& content, const Bytes& body, const Reply& reply);
  void proven_noted(const Key& key, bool is_free, std::uint64_t size, const Result<bool>& noted,
                    const Reply& reply);
  // The upload as the book and the blob store know it, on the loop thread.
  void find_upload(const Key& key, const Then<Incoming>& then);
  bool is_whole(const Key& key);
  void write_piece(const Key& key, Bytes piece, const Reply& reply);
  void piece_written(const Key& key, std::size_t bytes, const Result<ContentLook>& written,
                     const Reply& reply);
  void piece_refused(const Key& key, const Error& why, const Reply& reply);
  void note_arrival(const Key& key, std::uint64_t size, const ContentLook& look,
                    const Then<bool>& then);
  http::Response refuse(const http::Request& request, const Error& error);

  Parts parts_;
  const Errands& errands_;
  ContentReader reader_;
  UploadTable uploads_;
  std::map<Key, Challenge> challenges_;
};

}  // namespace daybook
