// SPDX-License-Identifier: Apache-2.0
// The tables beside the collections, as SQL and as file format. Forward only: a later build adds a
// step, never changes one.
#pragma once

#include "core/platform/sqlite/migrate.hpp"

namespace daybook {

const sqlite::FileFormat& local_file_format();
const sqlite::FileFormat& staging_file_format();

}  // namespace daybook
