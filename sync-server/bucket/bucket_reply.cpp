// SPDX-License-Identifier: Apache-2.0
#include "sync-server/bucket/bucket_reply.hpp"

#include <charconv>

#include "sync-server/bucket/bucket_xml.hpp"

namespace daybook {
namespace {

constexpr std::string_view kRangeUnit = "bytes ";

// Takes a number and what must follow it off the front.
std::optional<std::uint64_t> take_number(std::string_view& text, std::string_view then) {
  std::uint64_t number = 0;
  const auto* const end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(at - text.data()));
  if (!text.starts_with(then)) return std::nullopt;
  text.remove_prefix(then.size());
  return number;
}

const char* advice_for_forbidden(const std::string& code) {
  if (code == "SignatureDoesNotMatch") return "secret_key or region is another one there";
  if (code == "InvalidAccessKeyId") return "access_key_id is not known there";
  if (code == "RequestTimeTooSkewed") return "the clocks differ: set this machine's";
  return "the key needs ListBucket, GetObject, PutObject and DeleteObject on this bucket";
}

}  // namespace

std::optional<BucketRange> read_bucket_range(std::string_view content_range) {
  if (!content_range.starts_with(kRangeUnit)) return std::nullopt;
  content_range.remove_prefix(kRangeUnit.size());
  const auto first = take_number(content_range, "-");
  const auto last = first ? take_number(content_range, "/") : std::nullopt;
  const auto total = last ? take_number(content_range, "") : std::nullopt;
  if (!total || !content_range.empty() || *first > *last || *last >= *total) return std::nullopt;
  return BucketRange{*first, *total};
}

bool is_worth_a_retry(int status) {
  return status == 408 || status == 429 || (status >= 500 && status != 501 && status != 507);
}

Error failure_of(const BucketReply& reply, const std::string& what) {
  const auto code = read_bucket_error_code(text_of(reply.body));
  const auto error = [&](Errc errc, const char* advice, const char* field = "") {
    std::string detail = what + ": answered " + std::to_string(reply.status);
    if (!code.empty()) detail += " " + code;
    return failure(errc, field, detail + (*advice == 0 ? "" : "; ") + advice);
  };
  switch (reply.status) {
    case 401:
    case 403:
      if (code == "QuotaExceeded") return error(Errc::kDiskFull, "the bucket's quota is used up");
      return error(Errc::kForbidden, advice_for_forbidden(code));
    case 404:
      return error(Errc::kNotFound, "make the bucket, or set bucket and path_style", "bucket");
    case 301:
    case 302:
    case 307:
    case 308: return error(Errc::kIo, "the bucket is elsewhere: set endpoint and region");
    case 408:
    case 429:
    case 503: return error(Errc::kBusy, "it asks to be left alone for a while");
    case 507: return error(Errc::kDiskFull, "the bucket has no room");
    default: break;
  }
  if (code == "AuthorizationHeaderMalformed") return error(Errc::kIo, "set region");
  return error(Errc::kIo, "");
}

}  // namespace daybook
