// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/read_doors.hpp"

#include "core/base/hex.hpp"

namespace daybook::abi {
namespace {

constexpr std::size_t kIdleMax = 2;

// Ours are named daybook_…, everything else is a collection.
bool may_read(std::string_view table) { return table.substr(0, 8) != "daybook_"; }

sqlite::ReadDoorOptions options_for(const std::string& path) {
  sqlite::ReadDoorOptions options;
  options.file.path = path;
  options.file.create = false;
  options.file.cache_kib = 1024;
  options.may_read = may_read;
  return options;
}

}  // namespace

RowReader::~RowReader() {
  statement_.reset();
  doors_.give_back(std::move(door_));
}

Result<void> RowReader::bind(const JsonValue& parameters) {
  const int wanted = statement_->parameter_count();
  const std::size_t given = parameters.items.size();
  if (given != static_cast<std::size_t>(wanted)) {
    return failure(Errc::kInvalid, "params",
                   "expected " + std::to_string(wanted) + ", not " + std::to_string(given));
  }
  for (std::size_t i = 0; i < given; ++i) {
    const JsonValue& value = parameters.items[i];
    const int at = static_cast<int>(i) + 1;
    switch (value.kind) {
      case JsonValue::Kind::kNull: statement_->bind(at, nullptr); break;
      case JsonValue::Kind::kBool: statement_->bind(at, value.boolean); break;
      case JsonValue::Kind::kInt: statement_->bind(at, value.integer); break;
      case JsonValue::Kind::kText: statement_->bind(at, value.text); break;
      default:
        return failure(Errc::kWrongType, place_in("params", i),
                       "expected a text, a number, true, false or null");
    }
  }
  return statement_->check();
}

Result<bool> RowReader::step() {
  row_.clear();
  DAYBOOK_ASSIGN(const bool found, statement_->step());
  if (found) {
    write_row();
    DAYBOOK_TRY(statement_->check());
  }
  return found;
}

void RowReader::write_row() {
  JsonWriter out;
  out.begin_array();
  for (int i = 0; i < statement_->column_count(); ++i) {
    switch (statement_->kind(i)) {
      case sqlite::ColumnKind::kInteger: out.integer(statement_->int64(i)); break;
      case sqlite::ColumnKind::kText: out.text(statement_->text(i)); break;
      case sqlite::ColumnKind::kReal: out.text(statement_->any_text(i)); break;
      case sqlite::ColumnKind::kBytes: out.text(to_hex(statement_->bytes(i))); break;
      case sqlite::ColumnKind::kNull: out.null(); break;
    }
  }
  out.end_array();
  row_ = out.take();
}

Result<std::unique_ptr<RowReader>> ReadDoors::open(std::string_view sql,
                                                   const JsonValue& parameters) {
  if (!parameters.is(JsonValue::Kind::kNull) && !parameters.is(JsonValue::Kind::kArray)) {
    return failure(Errc::kWrongType, "params", "expected an array");
  }
  if (parameters.items.size() > kQueryParametersMax) {
    return failure(Errc::kTooLarge, "params", "at most " + std::to_string(kQueryParametersMax));
  }
  DAYBOOK_ASSIGN(auto door, take_door());
  // From here on the reader brings the door back, whatever happens.
  std::unique_ptr<RowReader> reader(new RowReader(*this, std::move(door)));
  DAYBOOK_ASSIGN(auto statement, reader->door_->prepare(sql));
  reader->statement_.emplace(std::move(statement));
  DAYBOOK_TRY(reader->bind(parameters));
  JsonWriter names;
  names.begin_array();
  for (int i = 0; i < reader->statement_->column_count(); ++i)
    names.text(reader->statement_->column_name(i));
  names.end_array();
  reader->columns_ = names.take();
  return reader;
}

Result<std::set<std::string>> ReadDoors::tables_of(std::string_view sql) {
  std::set<std::string> tables;
  auto options = options_for(path_);
  options.may_read = [&tables](std::string_view table) {
    tables.emplace(table);
    return may_read(table);
  };
  // A door of its own: the authorizer is asked only when a statement is prepared for the first
  // time.
  DAYBOOK_ASSIGN(const auto door, sqlite::ReadDoor::open(options));
  DAYBOOK_ASSIGN(const auto statement, door->prepare(sql));
  return tables;
}

Result<sqlite::Pragmas> ReadDoors::pragmas() const {
  sqlite::OpenOptions options;
  options.path = path_;
  options.create = false;
  DAYBOOK_ASSIGN(const auto connection, sqlite::Connection::open(options));
  return connection->pragmas();
}

std::size_t ReadDoors::open_count() {
  const std::scoped_lock lock(mutex_);
  return on_loan_;
}

Result<std::unique_ptr<sqlite::ReadDoor>> ReadDoors::take_door() {
  {
    const std::scoped_lock lock(mutex_);
    if (on_loan_ >= kStatementsMax) {
      return failure(Errc::kBusy, "statement",
                     "at most " + std::to_string(kStatementsMax) + " are open at a time");
    }
    ++on_loan_;
    if (!idle_.empty()) {
      auto door = std::move(idle_.back());
      idle_.pop_back();
      return door;
    }
  }
  auto opened = sqlite::ReadDoor::open(options_for(path_));
  if (!opened.ok()) {
    const std::scoped_lock lock(mutex_);
    --on_loan_;
  }
  return opened;
}

void ReadDoors::give_back(std::unique_ptr<sqlite::ReadDoor> door) {
  const std::scoped_lock lock(mutex_);
  --on_loan_;
  if (idle_.size() < kIdleMax) idle_.push_back(std::move(door));
}

}  // namespace daybook::abi
