// SPDX-License-Identifier: Apache-2.0
#include "sync-server/ops/last_known.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "core/crypto/sha256.hpp"
#include "core/model/cbor.hpp"

namespace daybook {
namespace {

constexpr std::size_t kFileSizeMax = 256;

Bytes encode_head(const StoreHead& head) {
  CborWriter out;
  out.array(5).text("daybook.last-known").unsigned_integer(1).bytes(head.epoch.view());
  out.unsigned_integer(head.version).bytes(head.head.view());
  return out.take();
}

}  // namespace

Result<LastKnown> LastKnown::open(const std::string& store_path) {
  const std::string path = store_path + ".last-known";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0) return failure(Errc::kIo, path, std::strerror(errno));
  return LastKnown(file);
}

LastKnown::LastKnown(LastKnown&& other) noexcept : file_(std::exchange(other.file_, -1)) {}

LastKnown::~LastKnown() {
  if (file_ >= 0) ::close(file_);
}

std::optional<StoreHead> LastKnown::read() const {
  Bytes held(kFileSizeMax);
  const auto size = ::pread(file_, held.data(), held.size(), 0);
  if (size <= static_cast<ssize_t>(Digest::kSize)) return std::nullopt;
  held.resize(static_cast<std::size_t>(size));
  const auto body = BytesView(held).first(held.size() - Digest::kSize);
  if (!same_bytes(sha256(body).view(), BytesView(held).last(Digest::kSize))) return std::nullopt;
  CborReader in(body);
  in.array_of("last_known", 5);
  in.text("tag", 32);
  in.unsigned_integer("format", 1);
  StoreHead head;
  head.epoch = in.fixed<EpochId>("epoch");
  head.version = in.unsigned_integer("version");
  head.head = in.fixed<Digest>("head");
  return in.finish("last_known").ok() ? std::optional(head) : std::nullopt;
}

void LastKnown::write(const StoreHead& head) {
  Bytes bytes = encode_head(head);
  const Digest seal = sha256(bytes);
  bytes.insert(bytes.end(), seal.raw.begin(), seal.raw.end());
  // Lost or half writes show in the seal and are treated like a first start.
  const auto written = ::pwrite(file_, bytes.data(), bytes.size(), 0);
  const auto shortened = ::ftruncate(file_, static_cast<off_t>(bytes.size()));
  (void)written;
  (void)shortened;
}

}  // namespace daybook
