// SPDX-License-Identifier: Apache-2.0
// The JSON of daybook_commit() as an act for the core. Strict: a member that is not understood is
// refused, because it may be a misspelt one. Used by the C door and the fuzz entry abi_json. Pure;
// whoever calls takes in the files that attachments name.
#pragma once

#include <functional>

#include "client-lib/abi/json/json_text.hpp"
#include "client-lib/capture/capture.hpp"
#include "core/schema/schema.hpp"

namespace daybook::abi {

struct CommitReading {
  const Schema& schema;
  std::function<Uuid()> make_id;
  // Digest and size of a file's content, which is kept from then on.
  std::function<Result<std::pair<Digest, std::uint64_t>>(const std::string& path)> read_file;
};

// Errors name the place: "changes[2].set.qty".
Result<CommitInput> read_commit(std::string_view json, const CommitReading& reading);

}  // namespace daybook::abi
