// SPDX-License-Identifier: Apache-2.0
// Reads one reply, strictly: what our office never says is refused as a stranger's. Used by
// HttpsClient, by its tests and its fuzz target. Pure; Beast stays in the .cpp.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "client-lib/net/https_client.hpp"
#include "client-lib/net/limits.hpp"
#include "core/base/result.hpp"

namespace daybook {

struct ReplyExpectation {
  std::size_t body_size_max = 0;
  bool head_only = false;        // the reply to HEAD: a length, but no body
  bool upgrade_allowed = false;  // 101: what follows its head is not HTTP any more
};

class ReplyReader {
 public:
  ReplyReader(const HttpsLimits& limits, const ReplyExpectation& expected);

  // Takes what belongs to the reply; returns how much that was. Anything left over was not asked
  // for.
  Result<std::size_t> feed(BytesView bytes);

  bool has_head() const { return reply_.status != 0; }
  // Head and body are there.
  bool complete() const { return has_head() && reply_.body.size() == length_; }
  bool ends_connection() const { return close_; }
  const HttpReply& reply() const { return reply_; }
  HttpReply take_reply();

 private:
  Result<void> read_head(std::size_t size);
  Result<void> judge_length(std::optional<std::uint64_t> length);

  const HttpsLimits limits_;
  const ReplyExpectation expected_;
  std::string head_;
  HttpReply reply_;
  std::size_t length_ = 0;
  bool close_ = false;
};

}  // namespace daybook
