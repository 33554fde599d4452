// SPDX-License-Identifier: Apache-2.0
// Every call with arguments that no call may trust: null, too long, not UTF-8, numbers out of
// range. The answer names the argument, the outputs are empty, and the phone works as before.
#include <functional>
#include <vector>

#include "core/base/hex.hpp"
#include "tests/conformance/abi/enrolled_store.hpp"

namespace daybook::test {
namespace {

// A call that gives a text, told apart by its arguments only.
using TextCall = std::function<std::int32_t(daybook_handle*, char**, std::size_t*, daybook_error*)>;
using PlainCall = std::function<std::int32_t(daybook_handle*, daybook_error*)>;

constexpr const char* kId = "019b0000-0000-7000-8000-000000000001";

std::vector<TextCall> text_calls() {
  return {
      daybook_device,
      daybook_schema,
      daybook_status,
      daybook_counters,
      daybook_inspect,
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_commit(h, "{}", 2, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_query_all(h, "select 1", DAYBOOK_TO_NUL, nullptr, 0, 1, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_act(h, "go", 2, nullptr, 0, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_act_check(h, "go", 2, "{}", 2, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_form_present(h, "{}", 2, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_form_sign(h, "{}", 2, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_form_seal(h, kId, DAYBOOK_TO_NUL, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) { return daybook_next_event(h, 0, t, s, e); },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_receipts_of(h, kId, DAYBOOK_TO_NUL, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_receipts_since(h, 0, 1, t, s, e);
      },
      [](auto* h, char** t, std::size_t* s, auto* e) { return daybook_own_sets(h, 0, t, s, e); },
      [](auto* h, char** t, std::size_t* s, auto* e) {
        return daybook_find_set(h, kId, DAYBOOK_TO_NUL, t, s, e);
      },
  };
}

std::vector<PlainCall> plain_calls() {
  return {
      daybook_start_sync,
      daybook_stop_sync,
      daybook_sync_now,
      daybook_interrupt_events,
      [](auto* h, auto* e) { return daybook_enrol(h, "x", 1, nullptr, 0, e); },
      [](auto* h, auto* e) { return daybook_enrol_with(h, nullptr, e); },
      [](auto* h, auto* e) { return daybook_unwatch(h, 1, e); },
      [](auto* h, auto* e) { return daybook_form_close(h, kId, DAYBOOK_TO_NUL, e); },
      [](auto* h, auto* e) { return daybook_set_network(h, 0, e); },
      [](auto* h, auto* e) { return daybook_wait_idle(h, 0, e); },
      [](auto* h, auto* e) {
        return daybook_discard_set(h, kId, DAYBOOK_TO_NUL, kId, DAYBOOK_TO_NUL, 0, e);
      },
      [](auto* h, auto* e) { return daybook_wipe(h, kId, DAYBOOK_TO_NUL, e); },
  };
}

}  // namespace

TEST_CASE("abi: every call answers a null handle", "[abi]") {
  for (const auto& call : text_calls()) {
    char* text = reinterpret_cast<char*>(1);
    std::size_t size = 7;
    const Answer answer =
        answer_of([&](daybook_error* error) { return call(nullptr, &text, &size, error); });
    CHECK(answer.code == DAYBOOK_INVALID);
    CHECK(answer.field == "handle");
    CHECK(text == nullptr);
    CHECK(size == 0);
  }
  for (const auto& call : plain_calls()) {
    const Answer answer = answer_of([&](daybook_error* error) { return call(nullptr, error); });
    CHECK(answer.code == DAYBOOK_INVALID);
    CHECK(answer.field == "handle");
  }
  CHECK(daybook_new_id(nullptr, nullptr, nullptr) == DAYBOOK_INVALID);
  CHECK(daybook_query(nullptr, "select 1", 8, nullptr, 0, nullptr, nullptr) == DAYBOOK_INVALID);
  CHECK(daybook_watch(nullptr, "{}", 2, nullptr, nullptr) == DAYBOOK_INVALID);
}

TEST_CASE("abi: every call that gives a text answers a null output", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  for (const auto& call : text_calls()) {
    const Answer answer = answer_of(
        [&](daybook_error* error) { return call(phone.handle(), nullptr, nullptr, error); });
    CHECK(answer.code == DAYBOOK_INVALID);
    CHECK(answer.field == "output");
  }
  CHECK(answer_of([&](auto* e) { return daybook_new_id(phone.handle(), nullptr, e); }).field ==
        "id");
  CHECK(answer_of([&](auto* e) {
          return daybook_watch(phone.handle(), "{}", 2, nullptr, e);
        }).field == "watch");
  new_visit(phone);
}

TEST_CASE("abi: a null, overlong or broken text is refused by its name", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  daybook_handle* const handle = phone.handle();
  char* text = nullptr;
  const auto refused = [&](const Answer& answer, std::int32_t code, const std::string& field) {
    CHECK(answer.code == code);
    CHECK(answer.field == field);
    CHECK(text == nullptr);
  };
  const std::string broken = "{\"changes\":\"\xC3\x28\"}";
  const std::string endless(20u << 20, ' ');
  refused(answer_of([&](auto* e) { return daybook_commit(handle, nullptr, 9, &text, nullptr, e); }),
          1, "commit");
  refused(commit(phone, broken), 1, "commit");
  refused(commit(phone, endless), 2, "commit");
  refused(answer_of([&](auto* e) {
            return daybook_query_all(handle, endless.data(), endless.size(), nullptr, 0, 1, &text,
                                     nullptr, e);
          }),
          2, "sql");
  refused(answer_of(
              [&](auto* e) { return daybook_receipts_of(handle, "no id", 5, &text, nullptr, e); }),
          1, "set");
  refused(answer_of([&](auto* e) { return daybook_own_sets(handle, 4, &text, nullptr, e); }), 1,
          "which");
  refused(answer_of([&](auto* e) { return daybook_own_sets(handle, -1, &text, nullptr, e); }), 1,
          "which");
  refused(answer_of([&](auto* e) { return daybook_set_network(handle, 3, e); }), 1, "network");
  refused(answer_of([&](auto* e) { return daybook_unwatch(handle, 99, e); }), 8, "watch");
  refused(answer_of([&](auto* e) { return daybook_sentence("{}", 2, "fr", 2, &text, nullptr, e); }),
          10, "language");
  refused(answer_of([&](auto* e) { return daybook_sentence("[]", 2, "en", 2, &text, nullptr, e); }),
          6, "sentence");
  new_visit(phone);
}

TEST_CASE("abi: an error structure of another size is left alone", "[abi]") {
  daybook_error error = DAYBOOK_ERROR_INIT;
  error.struct_size = 8;
  error.code = 77;
  CHECK(daybook_open(nullptr, nullptr, &error) == DAYBOOK_INVALID);
  CHECK(error.code == 77);
}

TEST_CASE("abi: open refuses what it cannot do", "[abi]") {
  const EnrolledStore store;
  const std::string path = store.path();
  daybook_handle* handle = nullptr;
  daybook_open_options options = DAYBOOK_OPEN_OPTIONS_INIT;
  options.path = path.data();
  options.path_size = path.size();
  const auto field_of = [&](const daybook_open_options& tried, std::int32_t code) {
    const Answer answer =
        answer_of([&](daybook_error* error) { return daybook_open(&tried, &handle, error); });
    CHECK(answer.code == code);
    CHECK(handle == nullptr);
    return answer.field;
  };
  auto small = options;
  small.struct_size = 4;
  CHECK(field_of(small, DAYBOOK_INVALID) == "options.struct_size");
  auto flagged = options;
  flagged.flags = 1;
  CHECK(field_of(flagged, DAYBOOK_NOT_SUPPORTED) == "options.flags");
  auto memory = options;
  memory.path = ":memory:";
  memory.path_size = DAYBOOK_TO_NUL;
  CHECK(field_of(memory, DAYBOOK_INVALID) == "options.path");
  auto keyed = options;
  keyed.key = "secret";
  keyed.key_size = 6;
  CHECK(field_of(keyed, DAYBOOK_NOT_SUPPORTED) == "options.key");
  auto ruled = options;
  ruled.schema = "{}";
  ruled.schema_size = 2;
  CHECK_FALSE(field_of(ruled, DAYBOOK_INVALID).empty());
}

TEST_CASE("abi: a newer caller's larger structure is accepted as long as the rest is zero",
          "[abi]") {
  const EnrolledStore store;
  const std::string path = store.path();
  struct Newer {
    daybook_open_options known = DAYBOOK_OPEN_OPTIONS_INIT;
    std::uint64_t later = 0;
  } options;
  options.known.struct_size = sizeof options;
  options.known.path = path.data();
  options.known.path_size = path.size();
  daybook_handle* handle = nullptr;
  CHECK(daybook_open(&options.known, &handle, nullptr) == DAYBOOK_OK);
  daybook_close(handle);
  options.later = 1;
  CHECK(daybook_open(&options.known, &handle, nullptr) == DAYBOOK_NOT_SUPPORTED);
}

TEST_CASE("abi: enrolling with options refuses what it cannot do, by its name", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  const auto refusal_of = [&](const daybook_enrol_options* options) {
    const Answer answer = answer_of(
        [&](daybook_error* error) { return daybook_enrol_with(phone.handle(), options, error); });
    return std::to_string(answer.code) + " " + answer.field;
  };
  daybook_enrol_options options = DAYBOOK_ENROL_OPTIONS_INIT;
  CHECK(refusal_of(nullptr) == "1 options");
  CHECK(refusal_of(&options) == "1 options.code");
  options.code = "daybook://enrol?";
  options.code_size = DAYBOOK_TO_NUL;
  CHECK(refusal_of(&options).find("1 enrol_text") == 0);
  for (const std::int32_t unknown : {-1, 3, 256 + 2}) {
    options.key_alg = unknown;
    CHECK(refusal_of(&options) == "10 options.key_alg");
  }
  options.key_alg = DAYBOOK_KEY_ALG_ES256;
  options.device_name = "\xC3\x28";
  options.device_name_size = 2;
  CHECK(refusal_of(&options) == "1 options.device_name");
  options.struct_size = 8;
  CHECK(refusal_of(&options) == "1 options.struct_size");
  struct Newer {
    daybook_enrol_options known = DAYBOOK_ENROL_OPTIONS_INIT;
    std::uint64_t later = 1;
  } newer;
  newer.known.struct_size = sizeof newer;
  CHECK(refusal_of(&newer.known) == "10 options");
  new_visit(phone);
}

TEST_CASE("abi: a phone keeps the algorithm of its key until it is wiped", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  CHECK(Json::parse(phone.device()).at("key_alg") == "ed25519");
  // A code of the server that it knows already; nobody listens there.
  const std::string pin = Json::parse(phone.device()).at("pins").at(0);
  const std::string code =
      "daybook://enrol?u=https://127.0.0.1:1&p=" + to_base64url(from_hex(pin).value()) +
      "&c=" + to_base64url(Bytes(16, 7));
  try {
    phone.enrol(code, "", DAYBOOK_KEY_ALG_ES256);
    FAIL("changed its key");
  } catch (const app::Failure& failure) {
    CHECK(failure.code() == DAYBOOK_ALREADY_EXISTS);
    CHECK(failure.field() == "key_alg");
  }
  // The one it has is no trouble: then it is the network that is missing.
  try {
    phone.enrol(code, "", DAYBOOK_KEY_ALG_ED25519);
    FAIL("enrolled at nobody");
  } catch (const app::Failure& failure) {
    CHECK(failure.code() == DAYBOOK_OFFLINE);
  }
}

TEST_CASE("abi: a file is opened by one at a time", "[abi]") {
  const EnrolledStore store;
  app::Phone phone(store.path());
  try {
    app::Phone second(store.path());
    FAIL("opened twice");
  } catch (const app::Failure& failure) {
    CHECK(failure.code() == DAYBOOK_BUSY);
  }
}

}  // namespace daybook::test
