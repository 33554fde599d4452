// SPDX-License-Identifier: Apache-2.0
// What the webhook courier needs of the world: a way out. Called by serve().
#pragma once

#include <functional>

#include "sync-server/app/config.hpp"
#include "sync-server/integration/webhook_courier.hpp"

namespace daybook {

std::function<Result<int>(const WebhookCall& call)> webhook_sender(const Config& config);

}  // namespace daybook
