// SPDX-License-Identifier: Apache-2.0
// What is known of the contents of attachments.
#include "client-lib/local/sqlite/store.hpp"

namespace daybook {
namespace {

constexpr std::string_view kColumns =
    "select digest,size,state,priority,line,number,carried,added_ms,trouble,trouble_field,"
    "trouble_detail from daybook_content ";

std::string sql(std::string_view rest) { return std::string(kColumns) + std::string(rest); }

template <class Enum>
Result<Enum> read_enum(sqlite::Statement& read, int at, Enum last) {
  const std::uint64_t value = read.uint64(at);
  if (value > static_cast<std::uint64_t>(last))
    return failure(Errc::kCorrupt, std::string(read.column_name(at)), std::to_string(value));
  return static_cast<Enum>(value);
}

Result<LocalContent> read_content(sqlite::Statement& read) {
  LocalContent row;
  row.digest = read.digest(0);
  row.size = read.uint64(1);
  DAYBOOK_ASSIGN(row.state, read_enum(read, 2, ContentState::kFreed));
  row.priority = static_cast<std::uint8_t>(read.uint64(3));
  DAYBOOK_ASSIGN(row.line, read_enum(read, 4, ContentLine::kNow));
  row.number = read.uint64(5);
  row.carried = read.uint64(6);
  row.added_ms = read.int64(7);
  if (!read.is_null(8))
    row.trouble = Error{static_cast<Errc>(read.int64(8)), std::string(read.text(9)),
                        std::string(read.text(10))};
  return row;
}

Result<std::vector<LocalContent>> read_contents(sqlite::Statement& read) {
  std::vector<LocalContent> rows;
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    DAYBOOK_ASSIGN(auto row, read_content(read));
    rows.push_back(std::move(row));
  }
  DAYBOOK_TRY(read.check());
  return rows;
}

}  // namespace

Result<void> SqliteLocalStore::put_content(const LocalContent& row) {
  std::optional<std::int64_t> code;
  std::optional<std::string> field, detail;
  if (row.trouble) {
    code = static_cast<std::int64_t>(row.trouble->code);
    field = row.trouble->field;
    detail = row.trouble->detail;
  }
  return file_->run(
      "insert or replace into daybook_content(digest,size,state,priority,line,number,carried,"
      "added_ms,trouble,trouble_field,trouble_detail) values(?,?,?,?,?,?,?,?,?,?,?)",
      row.digest, row.size, row.state, row.priority, row.line, row.number, row.carried,
      row.added_ms, code, field, detail);
}

Result<void> SqliteLocalStore::erase_content(const Digest& content) {
  return file_->run("delete from daybook_content where digest=?", content);
}

Result<std::optional<LocalContent>> SqliteLocalStore::find_content(const Digest& content) {
  DAYBOOK_ASSIGN(auto read, file_->prepare(sql("where digest=?")));
  read.bind_all(content);
  DAYBOOK_ASSIGN(auto rows, read_contents(read));
  return rows.empty() ? std::optional<LocalContent>{} : std::optional(std::move(rows.front()));
}

Result<std::vector<LocalContent>> SqliteLocalStore::contents_that_are(ContentState state,
                                                                      std::size_t count_max) {
  DAYBOOK_ASSIGN(auto read,
                 file_->prepare(sql("where state=? order by priority,number,digest limit ?")));
  read.bind_all(state, static_cast<std::int64_t>(count_max));
  return read_contents(read);
}

Result<std::vector<LocalContent>> SqliteLocalStore::contents_after(
    const std::optional<LocalContent>& after, std::size_t count_max) {
  DAYBOOK_ASSIGN(auto read, file_->prepare(sql("where (added_ms,digest)>(?,?) "
                                               "order by added_ms,digest limit ?")));
  read.bind_all(after ? after->added_ms : INT64_MIN, after ? after->digest : Digest{},
                static_cast<std::int64_t>(count_max));
  return read_contents(read);
}

}  // namespace daybook
