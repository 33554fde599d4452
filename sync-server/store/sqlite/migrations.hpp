// SPDX-License-Identifier: Apache-2.0
// The numbered files under migrations/, as CMake puts them into the binary. Used by opening a store
// only.
#pragma once

#include <span>

#include "core/platform/sqlite/migrate.hpp"

namespace daybook {

std::span<const sqlite::Migration> server_store_migrations();

// "DBks": the server's book; the client's file carries another mark.
inline constexpr std::uint32_t kServerStoreApplicationId = 0x44426b73;

}  // namespace daybook
