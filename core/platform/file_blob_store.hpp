// SPDX-License-Identifier: Apache-2.0
// Contents of attachments as files: `<root>/contents/ab/abcdef…` (the digest in hex, a shelf for
// each first byte) and, while they come in, `<root>/uploads/` (upload_folder.hpp). Files are 0600,
// folders 0700; below the root no symbolic link is followed. Reading a content does not hash it
// again. Threads as in BlobStore; one process owns the root.
//
// Syncs, counted by a test: a piece costs one of its file and one of the folder of uploads,
// `finish` one of the content's folder. So a content that comes in one piece costs three, of which
// one moves its bytes, and the first on its shelf a fourth. `finish` gives the file its second name
// first and takes the first one away last, unsynced: when the power goes in between, or the sync
// fails, the upload is still there and finishing it again ends well. So may an upload be there
// again after a power cut though its content was finished: whoever drops old uploads drops it too.
#pragma once

#include <bitset>
#include <memory>
#include <mutex>
#include <string>

#include "core/platform/upload_folder.hpp"
#include "core/ports/blob_store.hpp"

namespace daybook {

class FileBlobStore final : public BlobStore {
 public:
  // Makes the root and the folders in it where they are missing, but not what the root lies in.
  static Result<std::unique_ptr<FileBlobStore>> open(const std::string& root);

  Result<std::uint64_t> kept(const Uuid& upload) override { return uploads_.kept(upload); }
  Result<void> grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) override {
    return uploads_.grow(upload, offset, bytes);
  }
  Result<Bytes> head(const Uuid& upload, std::size_t size_max) override {
    return uploads_.head(upload, size_max);
  }
  Result<void> finish(const Uuid& upload, const Digest& digest, std::uint64_t size) override;
  Result<void> drop(const Uuid& upload) override { return uploads_.drop(upload); }
  Result<std::vector<Uuid>> uploads() override { return uploads_.uploads(); }

  Result<std::optional<std::uint64_t>> size_of(const Digest& digest) override;
  Result<Bytes> read(const Digest& digest, std::uint64_t offset, std::size_t size_max) override;
  Result<void> remove(const Digest& digest) override;
  Result<std::vector<Digest>> list(const std::optional<Digest>& after,
                                   std::size_t count_max) override;

 private:
  FileBlobStore(Folder contents, UploadFolder uploads)
      : contents_(std::move(contents)), uploads_(std::move(uploads)) {}
  Result<std::optional<Folder>> find_shelf(std::uint8_t first_byte) const;
  Result<Folder> durable_shelf(std::uint8_t first_byte);

  Folder contents_;
  UploadFolder uploads_;
  std::mutex shelves_mutex_;
  std::bitset<256> durable_shelves_;  // by first byte; under the mutex
};

}  // namespace daybook
