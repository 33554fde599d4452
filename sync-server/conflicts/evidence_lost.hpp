// SPDX-License-Identifier: Apache-2.0
// What a record names and went with a phone: the record stands, its evidence is incomplete, and one
// case for each visit (the record at the top) names what is missing, in `device_value` as a list of
// "role media-type bytes digest". It closes by itself when all of it is here after all. Called by
// api (a phone is revoked) and by attachments (a content came). Core thread, inside a transaction.
#pragma once

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// REQUIRES: the device's row says so already. What is here, was removed for privacy or is promised
// by another phone that is in use is not lost.
Result<void> evidence_went_with(ServerStore& store, const Schema& rules, const DeviceRow& device,
                                std::int64_t now_ms);
// The content is here: the cases that named it name it no more, and close when they name nothing.
Result<void> evidence_came(ServerStore& store, const Digest& content, std::int64_t now_ms);

}  // namespace daybook
