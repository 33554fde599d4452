// SPDX-License-Identifier: Apache-2.0
// daybook.h: reading by SQL, watches and events.
#include "client-lib/abi/c_door.hpp"

using namespace daybook;

extern "C" {

int32_t daybook_query(daybook_handle* handle, const char* sql, size_t sql_size, const char* params,
                      size_t params_size, daybook_statement** statement, daybook_error* error) {
  if (statement != nullptr) *statement = nullptr;
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    if (statement == nullptr) return failure(Errc::kInvalid, "statement", "null");
    DAYBOOK_ASSIGN(const auto text,
                   abi::read_text_argument(sql, sql_size, "sql", abi::kSqlSizeMax));
    DAYBOOK_ASSIGN(const auto values,
                   abi::read_optional_text(params, params_size, "params", abi::kJsonTextSizeMax));
    auto fresh = std::make_unique<daybook_statement>();
    fresh->handle = handle;
    DAYBOOK_ASSIGN(fresh->rows, open.query(text, values));
    *statement = fresh.release();
    return success();
  });
}

int32_t daybook_statement_step(daybook_statement* statement, int32_t* has_row,
                               daybook_error* error) {
  if (has_row != nullptr) *has_row = 0;
  if (statement == nullptr) return abi::report(failure(Errc::kInvalid, "statement", "null"), error);
  return abi::answer(statement->handle, error, [&](abi::OpenHandle&) -> Result<void> {
    if (has_row == nullptr) return failure(Errc::kInvalid, "has_row", "null");
    DAYBOOK_ASSIGN(const bool found, statement->rows->step());
    *has_row = found ? 1 : 0;
    return success();
  });
}

int32_t daybook_statement_columns(daybook_statement* statement, const char** json,
                                  size_t* json_size, daybook_error* error) {
  if (json != nullptr) *json = nullptr;
  if (json_size != nullptr) *json_size = 0;
  if (statement == nullptr) return abi::report(failure(Errc::kInvalid, "statement", "null"), error);
  return abi::answer(statement->handle, error, [&](abi::OpenHandle&) -> Result<void> {
    if (json == nullptr) return failure(Errc::kInvalid, "output", "null");
    *json = statement->rows->columns().c_str();
    if (json_size != nullptr) *json_size = statement->rows->columns().size();
    return success();
  });
}

int32_t daybook_statement_row(daybook_statement* statement, const char** json, size_t* json_size,
                              daybook_error* error) {
  if (json != nullptr) *json = nullptr;
  if (json_size != nullptr) *json_size = 0;
  if (statement == nullptr) return abi::report(failure(Errc::kInvalid, "statement", "null"), error);
  return abi::answer(statement->handle, error, [&](abi::OpenHandle&) -> Result<void> {
    if (json == nullptr) return failure(Errc::kInvalid, "output", "null");
    const std::string& row = statement->rows->row();
    if (row.empty()) return failure(Errc::kNotFound, "row", "step first");
    *json = row.c_str();
    if (json_size != nullptr) *json_size = row.size();
    return success();
  });
}

void daybook_statement_close(daybook_statement* statement) {
  static_cast<void>(abi::answer(nullptr, [&]() -> Result<void> {
    delete statement;
    return success();
  }));
}

int32_t daybook_query_all(daybook_handle* handle, const char* sql, size_t sql_size,
                          const char* params, size_t params_size, uint64_t rows_max, char** json,
                          size_t* json_size, daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const auto text,
                       abi::read_text_argument(sql, sql_size, "sql", abi::kSqlSizeMax));
        DAYBOOK_ASSIGN(const auto values, abi::read_optional_text(params, params_size, "params",
                                                                  abi::kJsonTextSizeMax));
        return open.query_all(text, values, rows_max);
      });
}

int32_t daybook_watch(daybook_handle* handle, const char* json, size_t json_size, uint64_t* watch,
                      daybook_error* error) {
  if (watch != nullptr) *watch = 0;
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    if (watch == nullptr) return failure(Errc::kInvalid, "watch", "null");
    DAYBOOK_ASSIGN(const auto text,
                   abi::read_text_argument(json, json_size, "watch", abi::kJsonTextSizeMax));
    DAYBOOK_ASSIGN(*watch, open.watch(text));
    return success();
  });
}

int32_t daybook_unwatch(daybook_handle* handle, uint64_t watch, daybook_error* error) {
  return abi::answer(handle, error,
                     [&](abi::OpenHandle& open) { return open.events().remove_watch(watch); });
}

int32_t daybook_next_event(daybook_handle* handle, int64_t timeout_ms, char** json,
                           size_t* json_size, daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [&](abi::OpenHandle& open) { return open.events().next(timeout_ms); });
}

int32_t daybook_interrupt_events(daybook_handle* handle, daybook_error* error) {
  return abi::answer(handle, error, [](abi::OpenHandle& open) -> Result<void> {
    open.events().interrupt();
    return success();
  });
}

}  // extern "C"
