// SPDX-License-Identifier: Apache-2.0
// What the webhook courier needs of the world: a way out, and a book of its own to read. Called by
// serve().
#pragma once

#include <functional>
#include <memory>

#include "sync-server/app/config.hpp"
#include "sync-server/integration/webhook_courier.hpp"
#include "sync-server/store/sqlite/sqlite_server_store.hpp"

namespace daybook {

std::function<Result<int>(const WebhookCall& call)> webhook_sender(const Config& config);
Result<std::unique_ptr<SqliteServerStore>> open_webhook_book(const std::string& store_path);

}  // namespace daybook
