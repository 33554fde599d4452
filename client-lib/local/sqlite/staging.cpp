// SPDX-License-Identifier: Apache-2.0
// The staging file: a connection of its own, so that no transaction of the store ever waits for it.
#include "client-lib/local/sqlite/store.hpp"
#include "client-lib/local/sqlite/tables.hpp"
#include "core/platform/sqlite/migrate.hpp"

namespace daybook {

Result<sqlite::Connection*> SqliteLocalStore::staging(bool create) {
  if (!staging_) {
    sqlite::OpenOptions file;
    file.path = options_.path == ":memory:" ? options_.path : options_.path + "-staging";
    file.cache_kib = 256;
    file.create = create;
    // Most phones never stage a page: a file that is not there holds none.
    if (!create && file.path == ":memory:") return nullptr;
    auto opened = sqlite::open_file(file, staging_file_format());
    if (!opened && !create && opened.error().code == Errc::kNotFound) return nullptr;
    if (!opened) return opened.error();
    staging_ = std::move(opened).value();
    // What is lost here is downloaded again.
    DAYBOOK_TRY(staging_->execute("pragma synchronous=off"));
  }
  return staging_.get();
}

Result<void> SqliteLocalStore::stage_page(BytesView page) {
  DAYBOOK_ASSIGN(sqlite::Connection * file, staging(true));
  return file->run("insert into page(number,content) values((select count(*) from page),?)", page);
}

Result<std::uint64_t> SqliteLocalStore::staged_pages() {
  DAYBOOK_ASSIGN(sqlite::Connection * file, staging(false));
  if (!file) return std::uint64_t{0};
  DAYBOOK_ASSIGN(const auto count, file->find_int64("select count(*) from page"));
  return static_cast<std::uint64_t>(count.value_or(0));
}

Result<Bytes> SqliteLocalStore::load_staged(std::uint64_t index) {
  DAYBOOK_ASSIGN(sqlite::Connection * file, staging(true));
  DAYBOOK_ASSIGN(auto find, file->prepare("select content from page where number=?"));
  DAYBOOK_ASSIGN(const bool found, find.bind_all(index).step());
  if (!found) return failure(Errc::kNotFound, "staging", std::to_string(index));
  auto page = copy_of(find.bytes(0));
  DAYBOOK_TRY(find.check());
  return page;
}

Result<void> SqliteLocalStore::clear_staged() {
  DAYBOOK_ASSIGN(sqlite::Connection * file, staging(false));
  if (!file) return {};
  return file->run("delete from page");
}

}  // namespace daybook
