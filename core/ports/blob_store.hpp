// SPDX-License-Identifier: Apache-2.0
// Where the contents of attachments lie, each once under its SHA-256, and where a content waits
// while it comes in piece by piece. Blocking; called from threads that may wait, never from the
// core thread. Calls about different contents may run at the same time; whoever takes an upload in
// makes sure that its pieces come one after the other.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

class BlobStore {
 public:
  virtual ~BlobStore() = default;

  // Contents on their way. What is kept of one outlives a crash: `grow` returns when it is durable,
  // and `kept` tells how far it came. An upload nobody heard of has 0 bytes.
  virtual Result<std::uint64_t> kept(const Uuid& upload) = 0;
  // Appends at `offset`, which must be what is kept: else kInvalid at "offset", and nothing is
  // written. kDiskFull and kIo leave what was kept before.
  virtual Result<void> grow(const Uuid& upload, std::uint64_t offset, BytesView bytes) = 0;
  // Its first bytes, fewer when less is kept: what it will be can be told before it is a content.
  virtual Result<Bytes> head(const Uuid& upload, std::size_t size_max) = 0;
  // All of it is there: from now on it is a content, durable when this returns, and the upload is
  // gone. kInvalid at "size" when the size differs, kWrongHash when the bytes are something else;
  // then the upload is as it was. Fresh bytes take the place of a content that is there already:
  // it may have been damaged.
  virtual Result<void> finish(const Uuid& upload, const Digest& digest, std::uint64_t size) = 0;
  virtual Result<void> drop(const Uuid& upload) = 0;  // what came of it; nothing there: no error
  // All uploads on their way, in no order.
  virtual Result<std::vector<Uuid>> uploads() = 0;

  // Contents.
  virtual Result<std::optional<std::uint64_t>> size_of(const Digest& digest) = 0;
  // At most `size_max` bytes from `offset`, fewer only at the end; kNotFound when it is not there,
  // kInvalid at "offset" beyond its end.
  virtual Result<Bytes> read(const Digest& digest, std::uint64_t offset, std::size_t size_max) = 0;
  virtual Result<void> remove(const Digest& digest) = 0;  // durable; nothing there: no error
  // In order, those after `after`, at most `count_max`.
  virtual Result<std::vector<Digest>> list(const std::optional<Digest>& after,
                                           std::size_t count_max) = 0;
};

}  // namespace daybook
