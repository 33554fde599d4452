// SPDX-License-Identifier: Apache-2.0
// Signed requests to one bucket over HTTP, by libcurl, which signs them (AWS Signature Version 4),
// keeps connections and speaks TLS. Redirects are not followed, proxies of the environment are not
// asked. Blocking: a request may take as long as bytes go on coming. Any thread, several at a time,
// each on a connection of its own.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/platform/folder.hpp"
#include "sync-server/bucket/bucket_reply.hpp"
#include "sync-server/bucket/bucket_settings.hpp"

namespace daybook {

struct BucketRequest {
  enum class Method { kGet, kHead, kPut, kDelete };
  Method method = Method::kGet;
  std::string url;
  // kGet of a part: first and last byte. What a bucket sends beyond it is not read.
  std::optional<std::pair<std::uint64_t, std::uint64_t>> range;
  std::size_t body_size_max = 0;  // kGet without range: more than that is an error
  // kPut: the bytes, streamed, and their SHA-256, which the signature covers.
  const OpenFile* file = nullptr;
  std::uint64_t file_size = 0;
  Digest file_digest{};
};

class BucketLine {
 public:
  BucketLine(BucketSettings settings, BucketPlace place);
  ~BucketLine();
  BucketLine(const BucketLine&) = delete;
  BucketLine& operator=(const BucketLine&) = delete;

  // Whatever was answered, after up to two further tries when the connection broke or the answer
  // was one of passing trouble. kIo, kBusy (nothing came for too long) or kUntrusted (a certificate
  // nobody vouches for) when there was no answer.
  Result<BucketReply> ask(const BucketRequest& request);

 private:
  using Handle = std::unique_ptr<void, void (*)(void*)>;
  struct Exchange;

  Handle take_handle();
  void give_back(Handle handle);
  Result<BucketReply> try_once(const BucketRequest& request, bool& may_retry);
  void set_up(void* curl, const BucketRequest& request, Exchange& exchange) const;

  BucketSettings settings_;
  BucketPlace place_;
  std::mutex idle_mutex_;
  std::vector<Handle> idle_;  // with their connections; under the mutex
};

}  // namespace daybook
