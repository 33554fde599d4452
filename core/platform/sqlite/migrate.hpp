// SPDX-License-Identifier: Apache-2.0
// How a file gets from the format it has to the format of this build: numbered steps, forward only,
// each in a transaction of its own. A file that a newer Daybook wrote, or that is none of ours, is
// refused before a byte of it changes.
#pragma once

#include <span>

#include "core/platform/sqlite/connection.hpp"

namespace daybook::sqlite {

struct Migration {
  std::uint32_t version = 0;  // 1, 2, 3… without gaps
  std::string_view name;      // for errors: "0002_sent_log"
  std::string_view sql;
  Result<void> (*step)(Connection&) =
      nullptr;  // what SQL cannot say; runs after `sql`, in the same transaction
};

struct FileFormat {
  std::uint32_t application_id =
      0;  // tells our files from others', and the client's from the server's
  std::span<const Migration> migrations;
  std::uint32_t newest() const { return static_cast<std::uint32_t>(migrations.size()); }
};

// Opens and brings up to date. kTooNew and kInvalid (another program's file) leave the file byte
// for byte as it was. Read-only: nothing is migrated, an older file answers kNotSupported.
Result<std::unique_ptr<Connection>> open_file(const OpenOptions& options, const FileFormat& format);

// The second half of open_file, for a connection that is open already (":memory:").
Result<void> migrate(Connection& connection, const FileFormat& format);

}  // namespace daybook::sqlite
