// SPDX-License-Identifier: Apache-2.0
// Daybook for host apps in C++17: daybook.h with owners for its handles and an exception for its
// errors. Compiled into the host app, no part of the binary interface. Thread rules as in
// daybook.h. JSON stays text: bring the JSON library you have.
#pragma once

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

#include "daybook.h"

namespace daybook::app {

// What a call answered instead of DAYBOOK_OK.
class Failure : public std::runtime_error {
 public:
  Failure(std::int32_t code, std::string field, std::string detail)
      : std::runtime_error(describe(code, field, detail)),
        code_(code),
        field_(std::move(field)),
        detail_(std::move(detail)) {}

  std::int32_t code() const { return code_; }
  const std::string& field() const { return field_; }
  const std::string& detail() const { return detail_; }

 private:
  static std::string describe(std::int32_t code, const std::string& field,
                              const std::string& detail) {
    std::string text = daybook_code_name(code);
    if (!field.empty()) text += " at " + field;
    if (!detail.empty()) text += ": " + detail;
    return text;
  }

  std::int32_t code_;
  std::string field_;
  std::string detail_;
};

// Calls `call(&error)` and throws when it fails.
template <class Call>
void check(Call&& call) {
  daybook_error error = DAYBOOK_ERROR_INIT;
  const std::int32_t code = call(&error);
  if (code != DAYBOOK_OK) throw Failure(code, error.field, error.detail);
}

// Calls `call(&text, &size, &error)` and takes the text over.
template <class Call>
std::string text_of(Call&& call) {
  char* text = nullptr;
  std::size_t size = 0;
  check([&](daybook_error* error) { return call(&text, &size, error); });
  std::string copy(text, size);
  daybook_string_free(text);
  return copy;
}

inline std::string sentence(std::string_view json, std::string_view language) {
  return text_of([&](char** text, std::size_t* size, daybook_error* error) {
    return daybook_sentence(json.data(), json.size(), language.data(), language.size(), text, size,
                            error);
  });
}

// Rows of one query. Must not outlive its Phone.
class Rows {
 public:
  explicit Rows(daybook_statement* statement) : statement_(statement) {}
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;
  ~Rows() { daybook_statement_close(statement_); }

  // JSON array of names.
  std::string_view columns() const {
    const char* json = nullptr;
    std::size_t size = 0;
    check([&](daybook_error* error) {
      return daybook_statement_columns(statement_, &json, &size, error);
    });
    return {json, size};
  }
  // The next row as a JSON array, which lives until the next call; nothing at the end.
  std::optional<std::string_view> next() {
    std::int32_t has_row = 0;
    check(
        [&](daybook_error* error) { return daybook_statement_step(statement_, &has_row, error); });
    if (has_row == 0) return std::nullopt;
    const char* json = nullptr;
    std::size_t size = 0;
    check([&](daybook_error* error) {
      return daybook_statement_row(statement_, &json, &size, error);
    });
    return std::string_view(json, size);
  }

 private:
  daybook_statement* statement_;
};

// An open store.
class Phone {
 public:
  // `schema`: JSON to begin with when it enrols; empty: the built-in rules.
  explicit Phone(std::string_view path, std::string_view schema = {}) {
    daybook_open_options options = DAYBOOK_OPEN_OPTIONS_INIT;
    options.path = path.data();
    options.path_size = path.size();
    options.schema = schema.empty() ? nullptr : schema.data();
    options.schema_size = schema.size();
    check([&](daybook_error* error) { return daybook_open(&options, &handle_, error); });
  }
  Phone(Phone&& other) noexcept : handle_(std::exchange(other.handle_, nullptr)) {}
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;
  ~Phone() { daybook_close(handle_); }

  daybook_handle* handle() const { return handle_; }

  void enrol(std::string_view code, std::string_view device_name = {}) {
    check([&](daybook_error* error) {
      return daybook_enrol(handle_, code.data(), code.size(), device_name.data(),
                           device_name.size(), error);
    });
  }
  void enrol(std::string_view code, std::string_view device_name, daybook_key_alg key_alg) {
    daybook_enrol_options options = DAYBOOK_ENROL_OPTIONS_INIT;
    options.key_alg = key_alg;
    options.code = code.data();
    options.code_size = code.size();
    options.device_name = device_name.data();
    options.device_name_size = device_name.size();
    check([&](daybook_error* error) { return daybook_enrol_with(handle_, &options, error); });
  }
  std::string device() { return ask(daybook_device); }
  std::string schema() { return ask(daybook_schema); }
  std::string new_id() {
    char id[37];
    check([&](daybook_error* error) { return daybook_new_id(handle_, id, error); });
    return id;
  }

  // JSON in, JSON out; durable when it returns.
  std::string commit(std::string_view json) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_commit(handle_, json.data(), json.size(), text, size, error);
    });
  }

  // What an act of the rules answered. Not done: something is missing, or warns and was not told to
  // go on; `json` says what, and nothing was written.
  struct ActAnswer {
    bool done = false;
    std::string json;
  };
  ActAnswer act(std::string_view name, std::string_view json = {}) {
    return act_by(daybook_act, name, json);
  }
  // Only whether it could be done.
  ActAnswer check_act(std::string_view name, std::string_view json = {}) {
    return act_by(daybook_act_check, name, json);
  }

  // {"digest":"…","size":…} of what lies in the store from now on.
  std::string add_attachment(std::string_view path, std::string_view options = {}) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_attachment_add_file(handle_, path.data(), path.size(), options.data(),
                                         options.size(), text, size, error);
    });
  }
  std::string attachments() { return ask(daybook_attachments); }

  // Papers that a customer signs: JSON as daybook.h says.
  std::string present_form(std::string_view json) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_form_present(handle_, json.data(), json.size(), text, size, error);
    });
  }
  std::string sign_form(std::string_view json) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_form_sign(handle_, json.data(), json.size(), text, size, error);
    });
  }
  std::string seal_form(std::string_view id) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_form_seal(handle_, id.data(), id.size(), text, size, error);
    });
  }
  void close_form(std::string_view id) {
    check([&](daybook_error* error) {
      return daybook_form_close(handle_, id.data(), id.size(), error);
    });
  }

  std::string find_attachment(std::string_view content) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_attachment_find(handle_, content.data(), content.size(), text, size, error);
    });
  }
  // Bytes from `offset`, empty at the end.
  std::string read_attachment(std::string_view content, std::uint64_t offset,
                              std::size_t size_max = 1u << 20) {
    std::string bytes(size_max, '\0');
    std::size_t size = 0;
    check([&](daybook_error* error) {
      return daybook_attachment_read(handle_, content.data(), content.size(), offset,
                                     reinterpret_cast<std::uint8_t*>(bytes.data()), bytes.size(),
                                     &size, error);
    });
    bytes.resize(size);
    return bytes;
  }
  void fetch_attachment(std::string_view content) {
    check([&](daybook_error* error) {
      return daybook_attachment_fetch(handle_, content.data(), content.size(), error);
    });
  }
  void choose_attachment_network(std::string_view content, std::string_view network) {
    check([&](daybook_error* error) {
      return daybook_attachment_network(handle_, content.data(), content.size(), network.data(),
                                        network.size(), error);
    });
  }
  void forget_attachment(std::string_view content) {
    check([&](daybook_error* error) {
      return daybook_attachment_forget(handle_, content.data(), content.size(), error);
    });
  }

  // {"freed":2,"bytes":417792}
  std::string free_attachments(std::uint64_t keep_bytes = 0) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_attachments_free(handle_, keep_bytes, text, size, error);
    });
  }

  Rows query(std::string_view sql, std::string_view params = {}) {
    daybook_statement* statement = nullptr;
    check([&](daybook_error* error) {
      return daybook_query(handle_, sql.data(), sql.size(), params.data(), params.size(),
                           &statement, error);
    });
    return Rows(statement);
  }
  std::string query_all(std::string_view sql, std::string_view params = {},
                        std::uint64_t rows_max = 100'000) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_query_all(handle_, sql.data(), sql.size(), params.data(), params.size(),
                               rows_max, text, size, error);
    });
  }

  std::uint64_t watch(std::string_view json) {
    std::uint64_t watch = 0;
    check([&](daybook_error* error) {
      return daybook_watch(handle_, json.data(), json.size(), &watch, error);
    });
    return watch;
  }
  void unwatch(std::uint64_t watch) {
    check([&](daybook_error* error) { return daybook_unwatch(handle_, watch, error); });
  }
  // Nothing when none came in time.
  std::optional<std::string> next_event(std::int64_t timeout_ms) {
    try {
      return text_of([&](char** text, std::size_t* size, daybook_error* error) {
        return daybook_next_event(handle_, timeout_ms, text, size, error);
      });
    } catch (const Failure& none) {
      if (none.code() == DAYBOOK_TIMED_OUT || none.code() == DAYBOOK_CLOSED) return std::nullopt;
      throw;
    }
  }
  void interrupt_events() { tell(daybook_interrupt_events); }

  void start_sync() { tell(daybook_start_sync); }
  void stop_sync() { tell(daybook_stop_sync); }
  void sync_now() { tell(daybook_sync_now); }
  void set_network(daybook_network network) {
    check([&](daybook_error* error) { return daybook_set_network(handle_, network, error); });
  }
  void wait_idle(std::int64_t timeout_ms) {
    check([&](daybook_error* error) { return daybook_wait_idle(handle_, timeout_ms, error); });
  }
  std::string status() { return ask(daybook_status); }
  std::string counters() { return ask(daybook_counters); }
  std::string inspect() { return ask(daybook_inspect); }

  std::string receipts_of(std::string_view set) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_receipts_of(handle_, set.data(), set.size(), text, size, error);
    });
  }
  std::string receipts_since(std::uint64_t ordinal, std::uint64_t count_max = 1000) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_receipts_since(handle_, ordinal, count_max, text, size, error);
    });
  }
  std::string own_sets(daybook_sets which = DAYBOOK_SETS_UNSETTLED) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_own_sets(handle_, which, text, size, error);
    });
  }
  std::string find_set(std::string_view set) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return daybook_find_set(handle_, set.data(), set.size(), text, size, error);
    });
  }

  // `confirmation`: the id of the set again.
  void discard_set(std::string_view set, std::string_view confirmation, bool with_dependents) {
    check([&](daybook_error* error) {
      return daybook_discard_set(handle_, set.data(), set.size(), confirmation.data(),
                                 confirmation.size(), with_dependents ? 1 : 0, error);
    });
  }
  // `confirmation`: the device id.
  void wipe(std::string_view confirmation) {
    check([&](daybook_error* error) {
      return daybook_wipe(handle_, confirmation.data(), confirmation.size(), error);
    });
  }

 private:
  std::string ask(std::int32_t (*call)(daybook_handle*, char**, std::size_t*, daybook_error*)) {
    return text_of([&](char** text, std::size_t* size, daybook_error* error) {
      return call(handle_, text, size, error);
    });
  }
  ActAnswer act_by(decltype(&daybook_act) call, std::string_view name, std::string_view json) {
    daybook_error error = DAYBOOK_ERROR_INIT;
    char* text = nullptr;
    std::size_t size = 0;
    const std::int32_t code =
        call(handle_, name.data(), name.size(), json.data(), json.size(), &text, &size, &error);
    ActAnswer answer;
    answer.done = code == DAYBOOK_OK;
    if (text != nullptr) answer.json.assign(text, size);
    daybook_string_free(text);
    if (code != DAYBOOK_OK && code != DAYBOOK_MISSING)
      throw Failure(code, error.field, error.detail);
    return answer;
  }
  void tell(std::int32_t (*call)(daybook_handle*, daybook_error*)) {
    check([&](daybook_error* error) { return call(handle_, error); });
  }

  daybook_handle* handle_ = nullptr;
};

}  // namespace daybook::app
