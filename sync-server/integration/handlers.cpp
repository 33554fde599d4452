// SPDX-License-Identifier: Apache-2.0
#include "sync-server/integration/handlers.hpp"

namespace daybook {

CoreHandler machines_core(Action action) {
  switch (action) {
    case Action::kPostSet: return post_set;
    case Action::kRemoveAttachment: return remove_attachment;
    case Action::kListTokens: return list_tokens;
    case Action::kCreateToken: return create_token;
    case Action::kRevokeToken: return revoke_token;
    case Action::kListWebhooks: return list_webhooks;
    case Action::kCreateWebhook: return create_webhook;
    case Action::kShowWebhook: return show_webhook;
    case Action::kChangeWebhook: return change_webhook;
    case Action::kForgetWebhook: return forget_webhook;
    case Action::kReplayWebhook: return replay_webhook;
    default: return nullptr;
  }
}

ReadRoute machines_read(Action action) {
  constexpr ReadNeeds kReports{.reports = true};
  constexpr ReadNeeds kReportsSlowly{.reports = true, .slow = true};
  switch (action) {
    case Action::kListRecords: return {list_records, kReports};
    case Action::kListAttachments: return {list_attachments, kReports};
    case Action::kExport: return {export_records, kReportsSlowly};
    case Action::kSql: return {answer_sql, kReportsSlowly};
    case Action::kFeed: return {feed_page};
    case Action::kMetrics: return {show_metrics};
    default: return {};
  }
}

}  // namespace daybook
