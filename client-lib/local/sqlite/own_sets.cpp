// SPDX-License-Identifier: Apache-2.0
// Own sets and the shadows they throw.
#include "client-lib/local/sqlite/shadow_bytes.hpp"
#include "client-lib/local/sqlite/store.hpp"

namespace daybook {
namespace {

constexpr std::string_view kColumns =
    "number,incarnation,seq,id,body_hash,link,state,captured_ms,attachments,body";

std::string select_sets(std::string_view rest) {
  return "select " + std::string(kColumns) + " from daybook_own_set " + std::string(rest);
}

Result<OwnSet> read_set(sqlite::Statement& row) {
  OwnSet set;
  set.number = row.uint64(0);
  set.incarnation = static_cast<std::uint32_t>(row.uint64(1));
  set.seq = row.uint64(2);
  set.id = row.uuid(3);
  set.body_hash = row.digest(4);
  set.link = row.digest(5);
  set.state = static_cast<SetState>(row.uint64(6));
  set.captured_ms = row.int64(7);
  set.attachments = static_cast<std::uint32_t>(row.uint64(8));
  set.body = copy_of(row.bytes(9));
  DAYBOOK_TRY(row.check());
  return set;
}

Result<std::optional<OwnSet>> read_one(sqlite::Statement& find) {
  DAYBOOK_ASSIGN(const bool found, find.step());
  if (!found) return std::optional<OwnSet>{};
  DAYBOOK_ASSIGN(auto set, read_set(find));
  return std::optional<OwnSet>(std::move(set));
}

}  // namespace

Result<std::optional<ShadowRow>> SqliteLocalStore::find_shadow(const RecordRef& record) {
  DAYBOOK_ASSIGN(auto find,
                 file_->prepare("select content from daybook_shadow where collection=? and id=?"));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(record.collection, record.id).step());
  if (!found) return std::optional<ShadowRow>{};
  DAYBOOK_ASSIGN(auto row, decode_shadow(find.bytes(0)));
  return std::optional<ShadowRow>(std::move(row));
}

Result<void> SqliteLocalStore::put_shadow(const RecordRef& record, const ShadowRow& row) {
  return file_->run("insert or replace into daybook_shadow(collection,id,content) values(?,?,?)",
                    record.collection, record.id, encode_shadow(row));
}

Result<void> SqliteLocalStore::erase_shadow(const RecordRef& record) {
  return file_->run("delete from daybook_shadow where collection=? and id=?", record.collection,
                    record.id);
}

Result<std::vector<RecordRef>> SqliteLocalStore::list_shadows() {
  std::vector<RecordRef> records;
  DAYBOOK_ASSIGN(auto read, file_->prepare("select collection,id from daybook_shadow"));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    records.push_back({std::string(read.text(0)), read.uuid(1)});
  }
  DAYBOOK_TRY(read.check());
  return records;
}

Result<bool> SqliteLocalStore::has_shadows() {
  DAYBOOK_ASSIGN(const auto found,
                 file_->find_int64("select exists(select 1 from daybook_shadow)"));
  return found.value_or(0) != 0;
}

Result<void> SqliteLocalStore::append_set(const OwnSet& set) {
  return file_->run(
      "insert into "
      "daybook_own_set(number,incarnation,seq,id,body_hash,link,state,captured_ms,attachments,size,"
      "body) "
      "values(?,?,?,?,?,?,?,?,?,?,?)",
      set.number, set.incarnation, set.seq, set.id, set.body_hash, set.link, set.state,
      set.captured_ms, set.attachments, set.body.size(), set.body);
}

Result<std::optional<OwnSet>> SqliteLocalStore::find_set(std::uint64_t number) {
  DAYBOOK_ASSIGN(auto find, file_->prepare(select_sets("where number=?")));
  find.bind(1, number);
  return read_one(find);
}

Result<std::optional<OwnSet>> SqliteLocalStore::find_set(const SetId& id) {
  // No index: it would cost every commit() a write, and only people ask by id.
  DAYBOOK_ASSIGN(auto find, file_->prepare(select_sets("where id=?")));
  find.bind(1, id);
  return read_one(find);
}

Result<std::optional<OwnSet>> SqliteLocalStore::newest_set() {
  DAYBOOK_ASSIGN(auto find, file_->prepare(select_sets("order by number desc limit 1")));
  return read_one(find);
}

Result<std::optional<Digest>> SqliteLocalStore::find_link(std::uint64_t number) {
  DAYBOOK_ASSIGN(auto find, file_->prepare("select link from daybook_own_set where number=?"));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(number).step());
  if (!found) return std::optional<Digest>{};
  const Digest link = find.digest(0);
  DAYBOOK_TRY(find.check());
  return std::optional<Digest>(link);
}

Result<std::vector<OwnSet>> SqliteLocalStore::sets_after(std::uint64_t number, std::size_t size_max,
                                                         std::size_t count_max) {
  std::vector<OwnSet> sets;
  DAYBOOK_ASSIGN(auto read, file_->prepare(select_sets("where number>? order by number")));
  read.bind(1, number);
  std::size_t size = 0;
  while (sets.size() < count_max) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    DAYBOOK_ASSIGN(auto set, read_set(read));
    size += set.body.size();
    if (size > size_max && !sets.empty()) break;
    sets.push_back(std::move(set));
  }
  return sets;
}

Result<void> SqliteLocalStore::set_state(std::uint64_t number, SetState state) {
  return file_->run("update daybook_own_set set state=? where number=?", state, number);
}

Result<void> SqliteLocalStore::settle_sets(std::uint64_t first, std::uint64_t last) {
  return file_->run("update daybook_own_set set state=? where number between ? and ?",
                    SetState::kSettled, first, last);
}

Result<void> SqliteLocalStore::relink_set(std::uint64_t number, std::uint32_t incarnation,
                                          std::uint64_t seq, const Digest& link) {
  return file_->run("update daybook_own_set set incarnation=?, seq=?, link=? where number=?",
                    incarnation, seq, link, number);
}

Result<void> SqliteLocalStore::erase_set(std::uint64_t number) {
  return file_->run("delete from daybook_own_set where number=?", number);
}

Result<SetTotals> SqliteLocalStore::totals_after(std::uint64_t number) {
  DAYBOOK_ASSIGN(
      auto read,
      file_->prepare("select count(*), coalesce(sum(size),0), coalesce(sum(attachments),0), "
                     "coalesce(sum(state=1),0), coalesce(min(captured_ms),0), "
                     "coalesce(min(number),0) "
                     "from daybook_own_set where number>? and state<>2"));
  DAYBOOK_ASSIGN(const bool found, read.bind_all(number).step());
  ensure(found);
  const SetTotals totals{read.uint64(0), read.uint64(1), read.uint64(2),
                         read.uint64(3), read.int64(4),  read.uint64(5)};
  DAYBOOK_TRY(read.check());
  return totals;
}

Result<std::vector<std::uint64_t>> SqliteLocalStore::unsettled_sets() {
  std::vector<std::uint64_t> numbers;
  DAYBOOK_ASSIGN(
      auto read,
      file_->prepare("select number from daybook_own_set where state<>2 order by number"));
  for (;;) {
    DAYBOOK_ASSIGN(const bool more, read.step());
    if (!more) break;
    numbers.push_back(read.uint64(0));
  }
  DAYBOOK_TRY(read.check());
  return numbers;
}

}  // namespace daybook
