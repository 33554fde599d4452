// SPDX-License-Identifier: Apache-2.0
// The floor's tables and how units of work get into them. Used by the floor's server and client
// alike, one thread per database. Checks nothing: the floor is a lower bound on cost, not a
// product. Any failure ends the process.
#pragma once

#include <sqlite3.h>

#include <boost/json.hpp>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace floor_peer {

namespace json = boost::json;

inline constexpr const char* kTables[] = {"visits", "parts", "signatures"};
inline constexpr int kVisits = 0;

struct Operation {
  bool put;   // otherwise: set the named fields of a record that exists
  int table;  // index in kTables
  std::string id;
  std::vector<std::pair<std::string, json::value>> fields;
};

// What is committed together. `raw` is the JSON of its operations, as it goes into the outbox and
// over the wire.
struct Unit {
  std::vector<Operation> operations;
  std::string raw;
};

[[noreturn]] void die(const std::string& why);

Unit parse_operations(const json::array& operations);
std::string print_operations(const std::vector<Operation>& operations);
std::vector<Unit> load_units(const std::string& path);

// WAL, and synchronous as given (FULL, NORMAL, OFF). Makes the tables when they are not there.
sqlite3* open_database(const std::string& path, const std::string& synchronous);
void remove_database(const std::string& path);
void execute(sqlite3* database, const char* sql);
sqlite3_stmt* prepare(sqlite3* database, const std::string& sql);
double query_number(sqlite3* database, const char* sql);
double count_records(sqlite3* database);

// Writes operations with prepared statements, one per shape of operation.
class Writer {
 public:
  explicit Writer(sqlite3* database) : database_(database) {}
  ~Writer();
  Writer(const Writer&) = delete;
  Writer& operator=(const Writer&) = delete;
  void write(const Operation& operation);

 private:
  sqlite3* database_;
  std::unordered_map<std::string, sqlite3_stmt*> statements_;
};

struct WriteOptions {
  bool outbox = true;  // the unit's JSON as a row of the outbox, in the same transaction
  std::size_t units_per_commit = 1;
  std::vector<double>* latencies_s = nullptr;
};
void write_units(sqlite3* database, const std::vector<Unit>& units, const WriteOptions& options);

// A batch on the wire is frames: sequence (8 bytes), length (4 bytes), the JSON of one unit.
void append_frame(std::string& batch, std::uint64_t sequence, const void* bytes, std::size_t count);

struct Frame {
  std::uint64_t sequence;
  std::string_view text;
};
// False at the end of the batch. Moves `at` behind the frame.
bool read_frame(const std::string& batch, std::size_t& at, Frame& frame);

// Writes every unit of the batch in one transaction; the sequence of the last, or `since` when the
// batch is empty.
std::uint64_t apply_batch(sqlite3* database, const std::string& batch, std::uint64_t since);

std::string compress(const std::string& bytes);
std::string decompress(const std::string& bytes);

double now_s();
double cpu_s();
double peak_memory_mb();

}  // namespace floor_peer
