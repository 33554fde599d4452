// SPDX-License-Identifier: Apache-2.0
#include "core/platform/sqlite/transaction.hpp"

#include "core/base/ensure.hpp"
#include "core/platform/sqlite/statement.hpp"
#include "core/platform/sqlite/transaction_probe.hpp"

namespace daybook::sqlite {
namespace {

// For undoing in a destructor: after some errors (a full disk, a broken card) SQLite has rolled
// back already, and there is nothing to say and nobody to say it to.
void try_run(Connection& connection, std::string_view sql) {
  static_cast<void>(connection.run(sql).ok());
}

}  // namespace

Result<Transaction> Transaction::begin(Connection& connection, Kind kind) {
  DAYBOOK_TRY(connection.run(kind == Kind::kWrite ? "begin immediate" : "begin deferred"));
  if (kind == Kind::kWrite) show_phase(TransactionPhase::kInside);
  return Transaction(connection);
}

Result<void> Transaction::commit() {
  ensure(connection_ != nullptr);
  if (!connection_->in_transaction()) {
    connection_ = nullptr;
    return failure(Errc::kIo, "sqlite.commit", "an earlier error has rolled everything back");
  }
  show_phase(TransactionPhase::kCommitting);
  auto committed = connection_->run("commit");
  show_phase(TransactionPhase::kOutside);
  if (!committed.ok()) roll_back();
  connection_ = nullptr;
  return committed;
}

void Transaction::roll_back() {
  if (connection_ == nullptr) return;
  if (connection_->in_transaction()) try_run(*connection_, "rollback");
  show_phase(TransactionPhase::kOutside);
  connection_ = nullptr;
}

Result<Savepoint> Savepoint::begin(Connection& connection) {
  DAYBOOK_TRY(connection.run("savepoint step"));
  return Savepoint(connection);
}

Result<void> Savepoint::release() {
  ensure(connection_ != nullptr);
  if (!connection_->in_transaction()) {
    connection_ = nullptr;
    return failure(Errc::kIo, "sqlite.release", "an earlier error has rolled everything back");
  }
  auto released = connection_->run("release step");
  if (!released.ok()) roll_back();
  connection_ = nullptr;
  return released;
}

void Savepoint::roll_back() {
  if (connection_ == nullptr) return;
  if (connection_->in_transaction()) {
    try_run(*connection_, "rollback to step");
    try_run(*connection_, "release step");
  }
  connection_ = nullptr;
}

}  // namespace daybook::sqlite
