// SPDX-License-Identifier: Apache-2.0
#include "sync-server/bucket/bucket_settings.hpp"

#include <algorithm>
#include <string_view>

#include "sync-server/net/out_url.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPrefixSizeMax = 200;
constexpr std::size_t kKeySizeMax = 256;
constexpr std::uint32_t kTimeoutMax_s = 600;

bool consists_of(std::string_view text, std::string_view more) {
  return std::all_of(text.begin(), text.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || more.find(c) != more.npos;
  });
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return c > 0x20 && c < 0x7f; });
}

constexpr std::string_view kCapitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

Result<void> check_names(const BucketSettings& settings) {
  const auto& bucket = settings.bucket;
  if (bucket.size() < 3 || bucket.size() > 63 || !consists_of(bucket, "-.") ||
      bucket.front() == '.' || bucket.front() == '-' || bucket.find("..") != bucket.npos)
    return failure(Errc::kInvalid, "bucket", "3 to 63 of a-z, 0-9, - and .");
  if (settings.region.empty() || settings.region.size() > 63 || !consists_of(settings.region, "-"))
    return failure(Errc::kInvalid, "region", "a-z, 0-9 and -");
  // What has one form in a URL, in a signature and in a list.
  const auto& prefix = settings.prefix;
  if (prefix.size() > kPrefixSizeMax) return failure(Errc::kTooLarge, "prefix", "200 bytes");
  if (!consists_of(prefix, std::string(kCapitals) + "-_./") || prefix.starts_with('/') ||
      ("/" + prefix).find("/.") != prefix.npos || prefix.find("//") != prefix.npos)
    return failure(Errc::kInvalid, "prefix",
                   "letters, digits, -, _, . and /; no / in front, no part that begins with .");
  return {};
}

Result<void> check_keys(const BucketSettings& settings) {
  const auto is_key = [](const std::string& key) {
    return !key.empty() && key.size() <= kKeySizeMax && is_printable(key);
  };
  if (!is_key(settings.access_key_id) ||
      settings.access_key_id.find_first_of(":/") != std::string::npos)
    return failure(Errc::kInvalid, "access_key_id", "printable, without : and /");
  if (!is_key(settings.secret_key)) return failure(Errc::kInvalid, "secret_key", "printable");
  return {};
}

Result<void> check_numbers(const BucketSettings& settings) {
  const auto is_timeout = [](std::uint32_t s) { return s > 0 && s <= kTimeoutMax_s; };
  if (!is_timeout(settings.connect_timeout_s))
    return failure(Errc::kInvalid, "connect_timeout_s", "1 to 600");
  if (!is_timeout(settings.stall_timeout_s))
    return failure(Errc::kInvalid, "stall_timeout_s", "1 to 600");
  if (settings.retry_delay_ms > 10'000) return failure(Errc::kInvalid, "retry_delay_ms");
  if (settings.list_page_size == 0 || settings.list_page_size > 1'000)
    return failure(Errc::kInvalid, "list_page_size", "1 to 1000");
  return {};
}

}  // namespace

Result<BucketPlace> place_of(const BucketSettings& settings) {
  DAYBOOK_TRY(check_names(settings));
  DAYBOOK_TRY(check_keys(settings));
  DAYBOOK_TRY(check_numbers(settings));
  const auto url = read_out_url(settings.endpoint);
  if (!url.ok()) return failure(url.error().code, "endpoint", url.error().detail);
  if (url->target != "/")
    return failure(Errc::kInvalid, "endpoint",
                   "without a path; the bucket is a setting of its own");
  if (!settings.path_style && url->is_address)
    return failure(Errc::kInvalid, "path_style", "needed where endpoint is an address");
  BucketPlace place;
  place.tls = url->tls;
  place.authority = url->authority();
  const std::string scheme = url->tls ? "https://" : "http://";
  if (settings.path_style) {
    place.root = scheme + place.authority + "/" + settings.bucket;
    place.list_path = "?";
  } else {
    place.root = scheme + settings.bucket + "." + place.authority;
    place.list_path = "/?";
  }
  return place;
}

}  // namespace daybook
