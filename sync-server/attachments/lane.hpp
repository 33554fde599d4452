// SPDX-License-Identifier: Apache-2.0
// What headquarters' book says of a content: whether a device may bring it, whether it is here,
// and who may read it. Core thread, inside a transaction. Called by the doors of this room.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/model/limits.hpp"
#include "core/wire/standing.hpp"
#include "sync-server/attachments/content_look.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// An upload whose set came longer ago than this begins anew.
inline constexpr std::int64_t kUploadKeptMs = 30LL * 24 * 60 * 60 * 1000;

// Bytes that may come; set by app.
struct LaneLimits {
  std::uint64_t content_bytes_max = kAttachmentSizeMax;
  std::uint64_t record_bytes_max = 200ULL << 20;    // of one record, kept contents
  std::uint64_t device_day_bytes_max = 5ULL << 30;  // in 24 hours
};

void note_look(ContentRow& content, const ContentLook& look);  // nobody looked: as it was
// kWrongType at "content" when it says that it is a picture and is a page, an archive or a program.
Result<void> check_look(std::string_view promised, const ContentLook& look);

class Lane {
 public:
  Lane(ServerStore& store, const LaneLimits& limits, std::int64_t now_ms)
      : store_(store), limits_(limits), now_ms_(now_ms) {}

  struct Admission {
    std::uint64_t size = 0;       // as promised
    bool is_here = false;         // the device brought or proved it before: nothing is to be done
    std::int64_t expires_ms = 0;  // what comes of it is kept until then, unless it comes whole
    std::string media_type;       // as promised, by the newest set
    bool is_damaged = false;      // what is here is not it any more: the bytes must come
  };
  // kNotFound at "content": no set of the device names it, or that set is not here yet. kForbidden
  // at "content": it was removed, with the reason. kTooLarge at "quota.record": for good. kBusy at
  // "quota.day": later.
  Result<Admission> admit(const DeviceId& device, const Digest& content);

  // The device brought the bytes, or proved that it has them; every promise of its own is kept.
  // `look`: what they are. kWrongType at "content": not at all what it was promised to be.
  Result<void> arrived(const DeviceId& device, const Digest& content, std::uint64_t size,
                       const ContentLook& look = {});

  // How each of these stands that the device promised; kUnknown for others.
  Result<std::vector<wire::ContentStanding>> standing_of(const DeviceId& device,
                                                         const std::vector<Digest>& contents);

  // The content's size, when a record in the device's scopes has it for certain. kNotFound
  // otherwise: nobody learns what there is.
  Result<std::uint64_t> readable_by(const DeviceRow& device, const Digest& content);

  // For headquarters. kNotFound; kForbidden when it was removed, with the reason.
  struct Shown {
    std::uint64_t size = 0;
    std::string media_type;  // of a picture, a paper or a film by its bytes; else that of bytes
    std::string ending;      // ".jpg", for the name of a file
  };
  Result<Shown> show(const Digest& content);

 private:
  Result<std::vector<PromiseRow>> promises_by(const DeviceId& device, const Digest& content);
  Result<void> check_quotas(const DeviceId& device, const PromiseRow& promise);

  ServerStore& store_;
  const LaneLimits& limits_;
  const std::int64_t now_ms_;
};

}  // namespace daybook
