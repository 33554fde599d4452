// SPDX-License-Identifier: Apache-2.0
// The one door to SQLite, for both sides: every database file is opened here, always with the same
// hardening and the same promise (what a commit acknowledged survives a power cut: WAL and
// synchronous=FULL). Used by the two store adapters, abi and app. A connection is used by one
// thread at a time; interrupt() alone may be called from any. Knows nothing of what the tables
// mean.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/base/bytes.hpp"
#include "core/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace daybook::sqlite {

class Statement;

struct OpenOptions {
  std::string path;  // a file, or ":memory:"
  bool read_only = false;
  bool create = true;  // false: a missing file answers kNotFound
  Bytes key;           // reserved for encrypted files: anything but empty answers kNotSupported
  bool wal = true;     // false: a rollback journal, for files that must stay one file
  int busy_timeout_ms = 5000;
  int cache_kib = 2048;
  int attached_max = 0;                // files that attach() may add; host-app SQL never can
  std::int32_t length_max = 32 << 20;  // bytes of one text, blob or row
  std::string vfs;                     // empty: the system's; tests put a faulty one in
};

// Name and value as SQLite reports them, not as they were asked for.
using Pragmas = std::vector<std::pair<std::string, std::string>>;

class Connection {
 public:
  // kNotFound, kIo, kCorrupt (not a database), kReadOnly, kBusy, kNotSupported (a key). A file that
  // is created is readable by its owner only.
  static Result<std::unique_ptr<Connection>> open(const OpenOptions& options);
  ~Connection();
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  // One statement, kept prepared for the next time the same text comes. Must not outlive the
  // connection.
  Result<Statement> prepare(std::string_view sql);
  // Several statements without parameters: schemas, pragmas.
  Result<void> execute(const std::string& sql);
  // One statement to its end, its rows thrown away. Parameters as Statement::bind takes them.
  // (Defined in statement.hpp.)
  template <class... Parameters>
  Result<void> run(std::string_view sql, const Parameters&... parameters);
  // First column of the first row; empty when there is no row or it is null. (Defined in
  // statement.hpp.)
  template <class... Parameters>
  Result<std::optional<std::int64_t>> find_int64(std::string_view sql,
                                                 const Parameters&... parameters);

  bool in_transaction() const;
  std::int64_t changes() const;  // rows written by the last statement
  std::int64_t last_row_id() const;
  void interrupt();  // the running statement answers kTimedOut; any thread

  // Another file under `name`, through the same door. `name` is a word of ours, not input.
  Result<void> attach(const std::string& path, const std::string& name);
  Result<void> detach(const std::string& name);

  // A complete copy as of now, durable when this returns. kAlreadyExists when there is such a file.
  Result<void> copy_to(const std::string& path);
  // Writes the log back into the file and empties it; kBusy when readers hold it.
  Result<void> checkpoint();
  // kCorrupt with SQLite's words when the file's structure is damaged. Reads all of it.
  Result<void> check();

  Result<Pragmas> pragmas();
  const std::string& path() const { return path_; }

 private:
  friend class Statement;
  friend class ReadDoor;

  Connection() = default;
  Result<void> configure(const OpenOptions& options);
  Result<sqlite3_stmt*> prepare_new(std::string_view sql);
  void give_back(const std::string& sql, sqlite3_stmt* statement);
  void forget_idle_statements();

  // Statements of one text: those at rest, and how many are on loan.
  struct Shelf {
    std::vector<sqlite3_stmt*> idle;
    int on_loan = 0;
  };
  using Shelves = std::map<std::string, Shelf, std::less<>>;

  sqlite3* db_ = nullptr;
  std::string path_;
  bool read_only_ = false;
  Shelves shelves_;
};

// SQLite's own, e.g. "3.40.1".
std::string library_version();

}  // namespace daybook::sqlite
