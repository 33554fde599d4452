// SPDX-License-Identifier: Apache-2.0
// Brings one content to the office and fetches one from there: the phone's half of
// core/wire/ATTACHMENTS.md. Goes on where it stopped, whatever broke; keeps nothing itself, because
// the office knows how far a content came and the blob store how far one got here. Blocking; one
// thread at a time. Sends nothing but contents: records have a line of their own.
#pragma once

#include <cstdint>
#include <functional>

#include "client-lib/net/device_calls.hpp"
#include "core/base/result.hpp"
#include "core/ports/blob_store.hpp"
#include "core/wire/standing.hpp"

namespace daybook {

struct AttachmentCounters {
  std::uint64_t bytes_up = 0;      // of contents, handed to the line
  std::uint64_t bytes_resent = 0;  // of them, not there after a break
  std::uint64_t bytes_down = 0;
  std::uint64_t proven = 0;  // contents that the office had, and took our word for
};

class AttachmentCarrier {
 public:
  // Told after each piece: bytes at the other end.
  using Progress = std::function<void(std::uint64_t bytes)>;

  // Borrows all for its life.
  AttachmentCarrier(DeviceCalls& line, BlobStore& blobs, const Uuid& device)
      : line_(line), blobs_(blobs), device_(device) {}

  // The office has all of it, durable, when this returns. kNotFound at "content": it does not know
  // the set yet. kForbidden, kTooLarge, kWrongHash, kInvalid: it will not take it. kBusy, and what
  // the line says: later.
  Result<void> bring(const Digest& content, std::uint64_t size, const Progress& progress);
  // All of it is here, durable and compared, when this returns its size. kNotFound: the office has
  // none that we may read.
  Result<std::uint64_t> fetch(const Digest& content, const Progress& progress);

  // How the office stands to each of these, at most wire::kStandingsMax.
  Result<std::vector<wire::ContentStanding>> ask_standing(const std::vector<Digest>& contents);

  const AttachmentCounters& counters() const { return counters_; }
  // Under what name a content lies in the blob store while it is fetched.
  static Uuid id_of(const Digest& content);

 private:
  Result<HttpReply> ask(std::string_view method, const std::string& target,
                        std::vector<HttpHeader> headers, BytesView body,
                        std::string_view content_type);
  Result<std::uint64_t> create(const Digest& content, std::uint64_t size);
  Result<void> prove(const Digest& content, const Bytes& nonce);
  Result<std::uint64_t> send_piece(const Digest& content, std::uint64_t offset, std::uint64_t size);

  DeviceCalls& line_;
  BlobStore& blobs_;
  const Uuid device_;
  AttachmentCounters counters_;
  std::uint64_t sent_to_ = 0;            // of the content under way, as far as the line took it
  std::size_t piece_size_ = 256 * 1024;  // what the line is trusted with
};

}  // namespace daybook
