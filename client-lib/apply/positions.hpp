// SPDX-License-Identifier: Apache-2.0
// Where this phone stands in each scope, kept as the server gave it and sent back as it came (the
// receipts' own scope "device:<id>" included). Used by apply and session.
#pragma once

#include <vector>

#include "client-lib/local/local_store.hpp"
#include "core/wire/message.hpp"

namespace daybook {

Result<std::vector<wire::ScopePosition>> find_positions(LocalStore& store);
Result<void> put_positions(LocalStore& store, const std::vector<wire::ScopePosition>& positions);

// The scope in which a device's receipts travel has no records.
bool is_receipt_scope(const std::string& scope);

}  // namespace daybook
