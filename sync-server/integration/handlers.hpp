// SPDX-License-Identifier: Apache-2.0
// What machines ask headquarters for, by action: app plugs these two tables into api's door. The
// handlers of `machines_read` work on the reading thread, those of `machines_core` on the core
// thread, inside a group.
#pragma once

#include "sync-server/api/call.hpp"

namespace daybook {

CoreHandler machines_core(Action action);
ReadRoute machines_read(Action action);

// lists.cpp
Result<http::Response> list_records(const Call& call, ReadDesk& desk);
// attachments.cpp
Result<http::Response> list_attachments(const Call& call, ReadDesk& desk);
Result<http::Response> remove_attachment(const Call& call, CoreDesk& desk);
// export.cpp
Result<http::Response> export_records(const Call& call, ReadDesk& desk);
// sql.cpp
Result<http::Response> answer_sql(const Call& call, ReadDesk& desk);
// feed_page.cpp
Result<http::Response> feed_page(const Call& call, ReadDesk& desk);
// metrics_page.cpp
Result<http::Response> show_metrics(const Call& call, ReadDesk& desk);
// office_sets.cpp
Result<http::Response> post_set(const Call& call, CoreDesk& desk);
// tokens.cpp
Result<http::Response> list_tokens(const Call& call, CoreDesk& desk);
Result<http::Response> create_token(const Call& call, CoreDesk& desk);
Result<http::Response> revoke_token(const Call& call, CoreDesk& desk);
// webhooks.cpp
Result<http::Response> list_webhooks(const Call& call, CoreDesk& desk);
Result<http::Response> create_webhook(const Call& call, CoreDesk& desk);
Result<http::Response> show_webhook(const Call& call, CoreDesk& desk);
Result<http::Response> change_webhook(const Call& call, CoreDesk& desk);
Result<http::Response> forget_webhook(const Call& call, CoreDesk& desk);
Result<http::Response> replay_webhook(const Call& call, CoreDesk& desk);

}  // namespace daybook
