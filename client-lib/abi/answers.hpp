// SPDX-License-Identifier: Apache-2.0
// What comes out of the C door, as JSON: status, receipts, sets, errors, the device. Codes and
// parameters, no sentences. Pure.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "client-lib/abi/json/json_text.hpp"
#include "client-lib/local/local_store.hpp"
#include "client-lib/session/client_core.hpp"
#include "core/schema/schema.hpp"

namespace daybook::abi {

enum class Network : std::uint8_t { kOnline = 0, kMetered = 1, kOffline = 2 };
std::string_view name_of(Network network);

// What the status says beside what the core knows.
struct Surroundings {
  std::int64_t now_ms = 0;
  std::int16_t utc_offset_min = 0;
  bool syncing = false;
  Network network = Network::kOnline;
};

void write_error(JsonWriter& out, const Error& error);
void write_status(JsonWriter& out, const ClientStatus& status, const Surroundings& surroundings);
// `schema` may be null: then fields have no labels and references come as hex.
void write_receipt(JsonWriter& out, const ReceiptRow& row, const Schema* schema);
void write_set(JsonWriter& out, const SetSummary& set);
void write_device(JsonWriter& out, const std::optional<Enrolment>& enrolment, const Schema* schema);
std::string commit_answer(const CommitResult& result, const CommitInput& input);

// "unsent", "stored", "parked", "settled".
std::string_view state_name(const SetSummary& set);

}  // namespace daybook::abi
