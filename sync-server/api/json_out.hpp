// SPDX-License-Identifier: Apache-2.0
// What we hold, as JSON for people's programs: whole numbers, references as uuid text, bytes and
// digests as hex, names instead of codes. Pure; any thread.
#pragma once

#include <optional>
#include <string>

#include "core/model/change_set.hpp"
#include "core/model/receipt.hpp"
#include "core/model/record_state.hpp"
#include "core/schema/schema.hpp"
#include "sync-server/api/json_in.hpp"
#include "sync-server/store/server_store.hpp"

namespace daybook {

// `field` may be null for what the schema does not know; then bytes are hex.
Json json_of(const FieldSchema* field, const Value& value);
Json json_of(const FieldSchema* field, const std::optional<Value>& value);  // absent is null
Json json_of(const Schema& schema, const std::string& collection, const Fields& fields);
Json json_of(const RecordRef& record);
Json json_of(const Schema& schema, const Receipt& receipt);
Json json_of(const Schema& schema, const Body& body);
// When the device says it happened, as an interval in our time: `measured` false means that its
// clock was never compared with ours.
Json json_of(const Stamp& stamp);
Json json_of(const UserRow& user);

const FieldSchema* find_field(const Schema& schema, const std::string& collection,
                              const std::string& field);
std::string_view name_of(DeviceStatus status);

// Text for the wire. Never throws: bytes that are not UTF-8 become U+FFFD.
Bytes bytes_of(const Json& json);

}  // namespace daybook
