// SPDX-License-Identifier: Apache-2.0
// The header values of EXCHANGE.md §1, written and read by the letter. Used by Carrier and its
// tests. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "client-lib/net/https_client.hpp"
#include "core/base/error.hpp"
#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

struct PassageState {
  std::uint64_t received = 0;
  std::optional<std::uint64_t> reply;  // length of the whole reply
};

struct ExchangePart {
  Uuid id;
  std::uint64_t offset = 0;
  std::uint64_t total = 0;
  std::uint64_t have = 0;
};

std::string print_exchange(const ExchangePart& part);
std::optional<PassageState> read_exchange_state(std::string_view text);

// What an office says about an exchange: its id, state and, with a reply, its digest.
struct ExchangeAnswer {
  PassageState state;
  Digest digest;  // of the whole reply; zero while there is none
};

// kUntrusted when the reply is not an answer to exactly this exchange.
Result<ExchangeAnswer> read_exchange_answer(const HttpReply& reply, const Uuid& id);

// What a reply that is not the hoped-for one means: a code of `Daybook-Error`, else by its status,
// else kUntrusted.
Error error_of_reply(const HttpReply& reply);

}  // namespace daybook
