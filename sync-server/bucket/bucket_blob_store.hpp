// SPDX-License-Identifier: Apache-2.0
// Contents of attachments in a bucket that speaks S3, each under prefix + digest in hex. A content
// on its way is staged in a local folder (upload_folder.hpp), where its pieces cost no requests and
// are durable at once, and sent whole when it is finished. S3 promises that an object is there
// whole or not at all, so what is half sent when a connection breaks is never visible; should a
// server break that promise, an object of another size is sent again. Threads as in BlobStore. One
// object is at most 5 GiB: that is what a bucket takes in one piece.
//
// Errors of the bucket are kIo, kBusy, kForbidden, kUntrusted, kDiskFull, or kNotFound at "bucket";
// the detail says what to do, and never holds the secret. Of the staging folder they are as in
// UploadFolder.
#pragma once

#include <memory>
#include <string>

#include "core/platform/upload_folder.hpp"
#include "core/ports/blob_store.hpp"
#include "sync-server/bucket/bucket_line.hpp"

namespace daybook {

class BucketBlobStore final : public BlobStore {
 public:
  // Judges the settings and opens the staging folder; asks nobody. kInvalid at a setting.
  static Result<std::unique_ptr<BucketBlobStore>> open(const BucketSettings& settings,
                                                       const std::string& staging);
  // Whether the bucket answers, and lets us look at it: for the start, and for those who ask.
  Result<void> check();

  Result<std::uint64_t> kept(const Uuid& upload) override { return uploads_.kept(upload); }
  Result<void> grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) override {
    return uploads_.grow(upload, offset, bytes);
  }
  Result<Bytes> head(const Uuid& upload, std::size_t size_max) override {
    return uploads_.head(upload, size_max);
  }
  // When the bucket fails, the upload is as it was, and finishing it may be tried again.
  Result<void> finish(const Uuid& upload, const Digest& digest, std::uint64_t size) override;
  Result<void> drop(const Uuid& upload) override { return uploads_.drop(upload); }
  Result<std::vector<Uuid>> uploads() override { return uploads_.uploads(); }

  // A bucket that is not there cannot be told from a content that is not: check() can.
  Result<std::optional<std::uint64_t>> size_of(const Digest& digest) override;
  Result<Bytes> read(const Digest& digest, std::uint64_t offset, std::size_t size_max) override;
  Result<void> remove(const Digest& digest) override;
  Result<std::vector<Digest>> list(const std::optional<Digest>& after,
                                   std::size_t count_max) override;

 private:
  BucketBlobStore(const BucketSettings& settings, const BucketPlace& place, UploadFolder uploads)
      : prefix_(settings.prefix),
        list_page_size_(settings.list_page_size),
        place_(place),
        line_(settings, place),
        uploads_(std::move(uploads)) {}
  struct Page {
    std::vector<Digest> digests;
    std::string last_key;
    std::string next_token;  // empty: the last page
  };

  std::string key_of(const Digest& digest) const;
  Error failure_for(const BucketReply& reply, const char* method) const;
  Result<Page> list_page(const std::string& token, const std::string& after, std::size_t count_max);

  std::string prefix_;
  std::size_t list_page_size_;
  BucketPlace place_;
  BucketLine line_;
  UploadFolder uploads_;
};

}  // namespace daybook
