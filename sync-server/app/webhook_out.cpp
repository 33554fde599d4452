// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/webhook_out.hpp"

#include "sync-server/net/out_call.hpp"

namespace daybook {
namespace {

constexpr std::int64_t kTimeoutMs = 15'000;
constexpr std::size_t kReplySizeMax = 64 * 1024;

}  // namespace

std::function<Result<int>(const WebhookCall& call)> webhook_sender(const Config& config) {
  OutTrust trust;
  if (!config.webhook_ca.empty()) trust.ca_file = config.path_of(config.webhook_ca);
  return [trust](const WebhookCall& call) -> Result<int> {
    OutCall out;
    out.method = "POST";
    out.url = call.url;
    out.headers = call.headers;
    out.body = call.body;
    out.timeout_ms = kTimeoutMs;
    out.reply_size_max = kReplySizeMax;
    DAYBOOK_ASSIGN(const auto reply, call_out(out, trust));
    return reply.status;
  };
}

}  // namespace daybook
