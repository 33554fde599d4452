// SPDX-License-Identifier: Apache-2.0
#include "core/crypto/password_hash.hpp"

#include <openssl/evp.h>

#include <charconv>
#include <optional>
#include <vector>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"

namespace daybook {
namespace {

constexpr std::size_t kSaltSize = 16;
constexpr std::size_t kHashSize = 32;
constexpr std::size_t kPasswordSizeMax = 1024;
constexpr std::uint64_t kMemoryMax = std::uint64_t{256} << 20;

struct Cost {
  std::uint32_t log2_n = 15;
  std::uint32_t r = 8;
  std::uint32_t p = 1;
};

struct Stored {
  Cost cost;
  Bytes salt;
  Bytes hash;
};

std::optional<Bytes> derive(std::string_view password, BytesView salt, const Cost& cost) {
  Bytes hash(kHashSize);
  const int done = EVP_PBE_scrypt(password.data(), password.size(), salt.data(), salt.size(),
                                  std::uint64_t{1} << cost.log2_n, cost.r, cost.p, kMemoryMax,
                                  hash.data(), hash.size());
  if (done != 1) return std::nullopt;
  return hash;
}

// Takes the text before the next '$' off `rest`.
std::string_view take_part(std::string_view& rest) {
  const auto end = rest.find('$');
  const auto part = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return part;
}

// Bounded, so that a damaged row cannot ask for an hour or a gigabyte.
std::optional<std::uint32_t> number_in(std::string_view text, std::uint32_t min,
                                       std::uint32_t max) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < min || number > max)
    return std::nullopt;
  return number;
}

std::optional<Stored> parse(std::string_view text) {
  if (take_part(text) != "scrypt") return std::nullopt;
  const auto log2_n = number_in(take_part(text), 10, 18);
  const auto r = number_in(take_part(text), 1, 16);
  const auto p = number_in(take_part(text), 1, 4);
  auto salt = from_base64url(take_part(text));
  auto hash = from_base64url(take_part(text));
  if (!log2_n || !r || !p || !salt || !hash || !text.empty()) return std::nullopt;
  if (salt->size() != kSaltSize || hash->size() != kHashSize) return std::nullopt;
  return Stored{{*log2_n, *r, *p}, std::move(*salt), std::move(*hash)};
}

}  // namespace

Result<std::string> hash_password(std::string_view password, BytesView salt16) {
  if (password.empty()) return failure(Errc::kInvalid, "password", "empty");
  if (password.size() > kPasswordSizeMax) {
    return failure(Errc::kTooLarge, "password",
                   "at most " + std::to_string(kPasswordSizeMax) + " bytes");
  }
  if (salt16.size() != kSaltSize) return failure(Errc::kInvalid, "salt", "expected 16 bytes");
  const Cost cost;
  const auto hash = derive(password, salt16, cost);
  if (!hash) return failure(Errc::kInternal, "password", "scrypt failed: out of memory?");
  return "scrypt$" + std::to_string(cost.log2_n) + "$" + std::to_string(cost.r) + "$" +
         std::to_string(cost.p) + "$" + to_base64url(salt16) + "$" + to_base64url(*hash);
}

bool password_matches(std::string_view password, std::string_view stored) {
  if (password.empty() || password.size() > kPasswordSizeMax) return false;
  const auto parsed = parse(stored);
  if (!parsed) return false;
  const auto hash = derive(password, parsed->salt, parsed->cost);
  return hash && equal_in_constant_time(*hash, parsed->hash);
}

}  // namespace daybook
