// SPDX-License-Identifier: Apache-2.0
// Which papers there are, and what each says: short functions from records to Paper. Called with a
// store to read from, by whoever owns that store's thread; the jobs they give are plain values.
// Reads only.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/auth/territory.hpp"
#include "sync-server/paper/paper.hpp"
#include "sync-server/paper/paper_words.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

struct PaperWish {
  PaperTongue tongue = PaperTongue::kBoth;
  std::int16_t utc_offset_min = 0;
  const Territory* sees = nullptr;  // who asks sees this much; null: the whole house
};

struct Document {
  PrintJob job;
  std::string file_name;  // ASCII, without a folder
};

// The service form of a visit with its signatures; behind it each of its surveys, a paper of its
// own with its own signature and its own page numbers. kNotFound.
Result<Document> visit_document(ServerStore& store, const Schema& schema, const Uuid& visit,
                                const PaperWish& wish);
// Any record with what belongs to it: a requisition, a take-away receipt; a goods receipt in two
// copies. kNotFound, kUnknownCollection.
Result<Document> record_document(ServerStore& store, const Schema& schema, const RecordRef& record,
                                 const PaperWish& wish);

}  // namespace daybook
