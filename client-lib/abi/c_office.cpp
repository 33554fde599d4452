// SPDX-License-Identifier: Apache-2.0
// daybook.h: exchanging with the office, what became of my work, and deleting by name.
#include "client-lib/abi/c_door.hpp"
#include "core/base/hex.hpp"

namespace {

using namespace daybook;

template <class Enum>
Result<Enum> read_enum(int32_t number, Enum last, std::string_view what) {
  if (number < 0 || number > static_cast<int32_t>(last)) {
    return failure(Errc::kInvalid, std::string(what), std::to_string(number));
  }
  return static_cast<Enum>(number);
}

}  // namespace

extern "C" {

int32_t daybook_start_sync(daybook_handle* handle, daybook_error* error) {
  return abi::answer(handle, error, [](abi::OpenHandle& open) { return open.start_sync(); });
}

int32_t daybook_stop_sync(daybook_handle* handle, daybook_error* error) {
  return abi::answer(handle, error, [](abi::OpenHandle& open) { return open.stop_sync(); });
}

int32_t daybook_sync_now(daybook_handle* handle, daybook_error* error) {
  return abi::answer(handle, error, [](abi::OpenHandle& open) { return open.sync_now(); });
}

int32_t daybook_set_network(daybook_handle* handle, int32_t network, daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const auto told, read_enum(network, abi::Network::kOffline, "network"));
    return open.set_network(told);
  });
}

int32_t daybook_wait_idle(daybook_handle* handle, int64_t timeout_ms, daybook_error* error) {
  return abi::answer(handle, error,
                     [&](abi::OpenHandle& open) { return open.wait_idle(timeout_ms); });
}

int32_t daybook_status(daybook_handle* handle, char** json, size_t* json_size,
                       daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [](abi::OpenHandle& open) { return open.status(); });
}

int32_t daybook_counters(daybook_handle* handle, char** json, size_t* json_size,
                         daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [](abi::OpenHandle& open) { return open.counters(); });
}

int32_t daybook_receipts_of(daybook_handle* handle, const char* set, size_t set_size, char** json,
                            size_t* json_size, daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const SetId id, abi::read_id_argument(set, set_size, "set"));
        return open.receipts_of(id);
      });
}

int32_t daybook_receipts_since(daybook_handle* handle, uint64_t ordinal, uint64_t count_max,
                               char** json, size_t* json_size, daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error, [&](abi::OpenHandle& open) {
    return open.receipts_since(ordinal, count_max);
  });
}

int32_t daybook_own_sets(daybook_handle* handle, int32_t which, char** json, size_t* json_size,
                         daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const auto wanted, read_enum(which, abi::WhichSets::kParked, "which"));
        return open.own_sets(wanted);
      });
}

int32_t daybook_find_set(daybook_handle* handle, const char* set, size_t set_size, char** json,
                         size_t* json_size, daybook_error* error) {
  return abi::answer_text(
      handle, json, json_size, error, [&](abi::OpenHandle& open) -> Result<std::string> {
        DAYBOOK_ASSIGN(const SetId id, abi::read_id_argument(set, set_size, "set"));
        return open.find_set(id);
      });
}

int32_t daybook_discard_set(daybook_handle* handle, const char* set, size_t set_size,
                            const char* confirmation, size_t confirmation_size,
                            int32_t with_dependents, daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const SetId id, abi::read_id_argument(set, set_size, "set"));
    DAYBOOK_ASSIGN(const SetId again,
                   abi::read_id_argument(confirmation, confirmation_size, "confirmation"));
    if (again != id) return failure(Errc::kInvalid, "confirmation", "not the id of the set");
    if (with_dependents != 0 && with_dependents != 1)
      return failure(Errc::kInvalid, "with_dependents", "0 or 1");
    return open.discard_set(id, with_dependents == 1);
  });
}

int32_t daybook_wipe(daybook_handle* handle, const char* confirmation, size_t confirmation_size,
                     daybook_error* error) {
  return abi::answer(handle, error, [&](abi::OpenHandle& open) -> Result<void> {
    DAYBOOK_ASSIGN(const auto text,
                   abi::read_text_argument(confirmation, confirmation_size, "confirmation",
                                           abi::kShortTextSizeMax));
    return open.wipe(text);
  });
}

int32_t daybook_inspect(daybook_handle* handle, char** json, size_t* json_size,
                        daybook_error* error) {
  return abi::answer_text(handle, json, json_size, error,
                          [](abi::OpenHandle& open) { return open.inspect(); });
}

}  // extern "C"
