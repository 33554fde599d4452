// SPDX-License-Identifier: Apache-2.0
// What the documents of this room are put together from: cells of a record's fields, tables of its
// children, signatures, and the frame around them. The thread of the store's owner.
#pragma once

#include <initializer_list>
#include <map>
#include <string>
#include <vector>

#include "sync-server/paper/documents.hpp"

namespace daybook {

// A record and everything whose parent it is, each kind in the order in which it reached the book.
struct RecordFile {
  RecordState record;
  std::map<std::string, std::vector<RecordState>> children;

  const std::vector<RecordState>& of(const std::string& collection) const;
  Version version() const;  // of what changed last
};
// kNotFound. At most kChildrenMax of each kind.
Result<RecordFile> load_file(ServerStore& store, const RecordRef& ref);

// A cell of a field with its label, as wide as its text needs; nothing for a field that the schema
// does not have.
Result<void> add_cells(PaperBox& box, const PaperWords& words, const RecordState& record,
                       std::initializer_list<const char*> fields);
// Every field of the record but its parent, what was drawn and what only machines read.
Result<PaperBox> box_of_all(const PaperWords& words, const RecordState& record);
// A row for each record.
struct TablePlan {
  // With their weight: "name*3"; "name*3?" is left out when nothing stands in it. None: all that
  // hold something.
  std::vector<std::string> columns;
  bool numbered = true;
};
Result<PaperTable> table_of(const PaperWords& words, const CollectionSchema& collection,
                            const std::vector<RecordState>& records, const TablePlan& plan);
// What was drawn in `record`, with these lines beside it.
PaperSignature signature_of(const RecordState& record, std::string label,
                            std::vector<std::string> lines);

// Title, number, words of pages; `hash`: what was signed, may be empty.
Result<Paper> framed_paper(const PaperWords& words, const RecordFile& file, std::string hash);
// The date of the file: when headquarters took in what changed last.
Result<std::int64_t> dated_ms(ServerStore& store, Version version);
std::string number_of(const PaperWords& words, const RecordState& record);
std::string file_name_of(const RecordState& record);

}  // namespace daybook
