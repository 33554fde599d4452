// SPDX-License-Identifier: Apache-2.0
// Transactions and savepoints that undo themselves unless they are told to stay. Savepoints nest
// and end in the reverse order of their beginning. Used by whoever holds the connection.
#pragma once

#include "core/platform/sqlite/connection.hpp"

namespace daybook::sqlite {

class Transaction {
 public:
  // kWrite takes the write lock at once, so that a busy file is learnt of before any work is done.
  enum class Kind : std::uint8_t { kRead, kWrite };
  static Result<Transaction> begin(Connection& connection, Kind kind = Kind::kWrite);

  Transaction(Transaction&& other) noexcept
      : connection_(std::exchange(other.connection_, nullptr)) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() { roll_back(); }

  // After an error nothing of it is in the file. REQUIRES: not committed or rolled back before.
  Result<void> commit();
  void roll_back();

 private:
  explicit Transaction(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

class Savepoint {
 public:
  static Result<Savepoint> begin(Connection& connection);

  Savepoint(Savepoint&& other) noexcept : connection_(std::exchange(other.connection_, nullptr)) {}
  Savepoint(const Savepoint&) = delete;
  Savepoint& operator=(const Savepoint&) = delete;
  ~Savepoint() { roll_back(); }

  // Keeps the work for the transaction around it. REQUIRES: not released or rolled back before.
  Result<void> release();
  void roll_back();

 private:
  explicit Savepoint(Connection& connection) : connection_(&connection) {}
  Connection* connection_;
};

}  // namespace daybook::sqlite
