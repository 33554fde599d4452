// SPDX-License-Identifier: Apache-2.0
// See rows.hpp.
#include "rows.hpp"

#include <sys/resource.h>
#include <unistd.h>
#include <zstd.h>

#include <algorithm>
#include <boost/json/src.hpp>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>

namespace floor_peer {

namespace {

constexpr int kZstdLevel = 3;

constexpr const char* kMakeTables =
    "CREATE TABLE IF NOT EXISTS visits(id TEXT PRIMARY KEY NOT "
    "NULL,ref,technician,customer,phone,address,city,"
    "postcode,lat,lon,asset_model,asset_serial,fault_code,priority,status,scheduled_start,"
    "scheduled_end,description,"
    "notes,departed_at,arrived_at,meter,finished_at) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS parts(id TEXT PRIMARY KEY NOT "
    "NULL,visit,part_no,name,old_serial,new_serial,qty,"
    "price_cents,warranty,reason) WITHOUT ROWID;"
    "CREATE TABLE IF NOT EXISTS signatures(id TEXT PRIMARY KEY NOT "
    "NULL,visit,signer,signed_at,width,height,strokes);"
    "CREATE TABLE IF NOT EXISTS outbox(seq INTEGER PRIMARY KEY, unit BLOB);"
    "CREATE TABLE IF NOT EXISTS log(id INTEGER PRIMARY KEY, dev TEXT, seq INT, unit BLOB);"
    "CREATE TABLE IF NOT EXISTS devs(dev TEXT PRIMARY KEY, last INT);"
    "CREATE TABLE IF NOT EXISTS blobs(id TEXT PRIMARY KEY, b BLOB)";

void bind_text(sqlite3_stmt* statement, int place, std::string_view text) {
  sqlite3_bind_text(statement, place, text.data(), static_cast<int>(text.size()), SQLITE_STATIC);
}

void bind_value(sqlite3_stmt* statement, int place, const json::value& value) {
  if (value.is_string()) {
    bind_text(statement, place, {value.as_string().data(), value.as_string().size()});
  } else if (value.is_int64()) {
    sqlite3_bind_int64(statement, place, value.as_int64());
  } else if (value.is_double()) {
    sqlite3_bind_double(statement, place, value.as_double());
  } else if (value.is_bool()) {
    sqlite3_bind_int(statement, place, value.as_bool() ? 1 : 0);
  } else {
    sqlite3_bind_null(statement, place);
  }
}

std::string make_sql(const Operation& operation) {
  std::string sql;
  if (operation.put) {
    sql = std::string("INSERT INTO ") + kTables[operation.table] + "(id";
    for (const auto& [name, value] : operation.fields) {
      sql += "," + name;
    }
    sql += ") VALUES(?";
    for (std::size_t i = 0; i < operation.fields.size(); ++i) {
      sql += ",?";
    }
    return sql + ")";
  }
  sql = std::string("UPDATE ") + kTables[operation.table] + " SET ";
  bool first = true;
  for (const auto& [name, value] : operation.fields) {
    sql += (first ? "" : ",") + name + "=?";
    first = false;
  }
  return sql + " WHERE id=?";
}

}  // namespace

void die(const std::string& why) {
  std::fprintf(stderr, "floor: %s\n", why.c_str());
  std::exit(1);
}

Unit parse_operations(const json::array& operations) {
  Unit unit;
  for (const json::value& entry : operations) {
    const auto& collection = entry.at("c").as_string();
    Operation operation;
    operation.put = entry.at("op").as_string() == "put";
    operation.table = collection == "visits" ? 0 : collection == "parts" ? 1 : 2;
    operation.id = std::string(entry.at("id").as_string());
    for (const auto& field : entry.at("d").as_object()) {
      operation.fields.emplace_back(std::string(field.key()), field.value());
    }
    unit.operations.push_back(std::move(operation));
  }
  return unit;
}

std::string print_operations(const std::vector<Operation>& operations) {
  json::array array;
  for (const Operation& operation : operations) {
    json::object fields;
    for (const auto& [name, value] : operation.fields) {
      fields[name] = value;
    }
    array.push_back(json::object{{"op", operation.put ? "put" : "set"},
                                 {"c", kTables[operation.table]},
                                 {"id", operation.id},
                                 {"d", std::move(fields)}});
  }
  return json::serialize(array);
}

std::vector<Unit> load_units(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    die("cannot read " + path);
  }
  std::vector<Unit> units;
  for (std::string line; std::getline(file, line);) {
    const json::value parsed = json::parse(line);
    Unit unit = parse_operations(parsed.at("ops").as_array());
    unit.raw = json::serialize(parsed.at("ops"));
    units.push_back(std::move(unit));
  }
  return units;
}

sqlite3* open_database(const std::string& path, const std::string& synchronous) {
  sqlite3* database = nullptr;
  if (sqlite3_open(path.c_str(), &database) != SQLITE_OK) {
    die("cannot open " + path);
  }
  execute(database, "PRAGMA journal_mode=WAL");
  execute(database, ("PRAGMA synchronous=" + synchronous).c_str());
  execute(database, kMakeTables);
  return database;
}

void remove_database(const std::string& path) {
  for (const char* tail : {"", "-wal", "-shm"}) {
    unlink((path + tail).c_str());
  }
}

void execute(sqlite3* database, const char* sql) {
  if (sqlite3_exec(database, sql, nullptr, nullptr, nullptr) != SQLITE_OK) {
    die(std::string(sql) + ": " + sqlite3_errmsg(database));
  }
}

sqlite3_stmt* prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite3_prepare_v3(database, sql.c_str(), -1, SQLITE_PREPARE_PERSISTENT, &statement,
                         nullptr) != SQLITE_OK) {
    die(sql + ": " + sqlite3_errmsg(database));
  }
  return statement;
}

double query_number(sqlite3* database, const char* sql) {
  sqlite3_stmt* statement = prepare(database, sql);
  sqlite3_step(statement);
  const double number = sqlite3_column_double(statement, 0);
  sqlite3_finalize(statement);
  return number;
}

double count_records(sqlite3* database) {
  return query_number(database,
                      "SELECT (SELECT count(*) FROM visits)+(SELECT count(*) FROM parts)+"
                      "(SELECT count(*) FROM signatures)");
}

Writer::~Writer() {
  for (const auto& [sql, statement] : statements_) {
    sqlite3_finalize(statement);
  }
}

void Writer::write(const Operation& operation) {
  const std::string sql = make_sql(operation);
  sqlite3_stmt*& statement = statements_[sql];
  if (statement == nullptr) {
    statement = prepare(database_, sql);
  }
  int place = 1;
  if (operation.put) {
    bind_text(statement, place++, operation.id);
  }
  for (const auto& [name, value] : operation.fields) {
    bind_value(statement, place++, value);
  }
  if (!operation.put) {
    bind_text(statement, place++, operation.id);
  }
  if (sqlite3_step(statement) != SQLITE_DONE) {
    die(sql + ": " + sqlite3_errmsg(database_));
  }
  sqlite3_reset(statement);
}

void write_units(sqlite3* database, const std::vector<Unit>& units, const WriteOptions& options) {
  Writer writer(database);
  sqlite3_stmt* outbox = prepare(database, "INSERT INTO outbox(unit) VALUES(?)");
  for (std::size_t from = 0; from < units.size(); from += options.units_per_commit) {
    const std::size_t to = std::min(units.size(), from + options.units_per_commit);
    const double began = now_s();
    execute(database, "BEGIN IMMEDIATE");
    for (std::size_t i = from; i < to; ++i) {
      for (const Operation& operation : units[i].operations) {
        writer.write(operation);
      }
      if (options.outbox) {
        const std::string& raw = units[i].raw;
        sqlite3_bind_blob(outbox, 1, raw.data(), static_cast<int>(raw.size()), SQLITE_STATIC);
        sqlite3_step(outbox);
        sqlite3_reset(outbox);
      }
    }
    execute(database, "COMMIT");
    if (options.latencies_s != nullptr) {
      options.latencies_s->push_back(now_s() - began);
    }
  }
  sqlite3_finalize(outbox);
}

void append_frame(std::string& batch, std::uint64_t sequence, const void* bytes,
                  std::size_t count) {
  const auto length = static_cast<std::uint32_t>(count);
  batch.append(reinterpret_cast<const char*>(&sequence), sizeof sequence);
  batch.append(reinterpret_cast<const char*>(&length), sizeof length);
  batch.append(static_cast<const char*>(bytes), count);
}

bool read_frame(const std::string& batch, std::size_t& at, Frame& frame) {
  constexpr std::size_t kHead = 12;
  if (at + kHead > batch.size()) {
    return false;
  }
  std::uint32_t length = 0;
  std::memcpy(&frame.sequence, &batch[at], sizeof frame.sequence);
  std::memcpy(&length, &batch[at + sizeof frame.sequence], sizeof length);
  if (at + kHead + length > batch.size()) {
    die("a frame is longer than its batch");
  }
  frame.text = std::string_view(batch).substr(at + kHead, length);
  at += kHead + length;
  return true;
}

std::uint64_t apply_batch(sqlite3* database, const std::string& batch, std::uint64_t since) {
  if (batch.empty()) {
    return since;
  }
  Writer writer(database);
  execute(database, "BEGIN IMMEDIATE");
  Frame frame{};
  for (std::size_t at = 0; read_frame(batch, at, frame); since = frame.sequence) {
    const json::value parsed = json::parse({frame.text.data(), frame.text.size()});
    for (const Operation& operation : parse_operations(parsed.as_array()).operations) {
      writer.write(operation);
    }
  }
  execute(database, "COMMIT");
  return since;
}

std::string compress(const std::string& bytes) {
  std::string packed(ZSTD_compressBound(bytes.size()), '\0');
  packed.resize(
      ZSTD_compress(packed.data(), packed.size(), bytes.data(), bytes.size(), kZstdLevel));
  return packed;
}

std::string decompress(const std::string& bytes) {
  const unsigned long long size = ZSTD_getFrameContentSize(bytes.data(), bytes.size());
  if (size > (1ULL << 30U)) {
    die("a batch says it is larger than 1 GiB");
  }
  std::string plain(size, '\0');
  ZSTD_decompress(plain.data(), plain.size(), bytes.data(), bytes.size());
  return plain;
}

double now_s() {
  timespec time{};
  clock_gettime(CLOCK_MONOTONIC, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double cpu_s() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

double peak_memory_mb() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.rfind("VmHWM", 0) == 0) {
      return static_cast<double>(std::atol(line.c_str() + 6)) / 1024.0;
    }
  }
  return 0;
}

}  // namespace floor_peer
