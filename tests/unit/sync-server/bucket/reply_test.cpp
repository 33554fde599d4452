// SPDX-License-Identifier: Apache-2.0
// What answers that refuse mean to whoever runs the server.
#include "sync-server/bucket/bucket_reply.hpp"

#include "tests/support/catch.hpp"

namespace daybook::test {

namespace {

Error failure_for(int status, const std::string& code) {
  BucketReply reply;
  reply.status = status;
  if (!code.empty()) reply.body = copy_of(view_of("<Error><Code>" + code + "</Code></Error>"));
  return failure_of(reply, "PUT https://s3.example/company");
}

}  // namespace

TEST_CASE("bucket/reply: an answer that refuses says what to do") {
  struct Case {
    int status;
    std::string code;
    Errc errc;
    std::string advice;
  };
  for (const auto& one :
       std::vector<Case>{{403, "SignatureDoesNotMatch", Errc::kForbidden, "secret_key"},
                         {403, "InvalidAccessKeyId", Errc::kForbidden, "access_key_id"},
                         {403, "RequestTimeTooSkewed", Errc::kForbidden, "clock"},
                         {403, "AccessDenied", Errc::kForbidden, "PutObject"},
                         {403, "", Errc::kForbidden, "ListBucket"},
                         {401, "", Errc::kForbidden, "ListBucket"},
                         {403, "QuotaExceeded", Errc::kDiskFull, "quota"},
                         {404, "NoSuchBucket", Errc::kNotFound, "make the bucket"},
                         {301, "PermanentRedirect", Errc::kIo, "region"},
                         {307, "", Errc::kIo, "endpoint"},
                         {400, "AuthorizationHeaderMalformed", Errc::kIo, "set region"},
                         {503, "SlowDown", Errc::kBusy, "a while"},
                         {429, "", Errc::kBusy, "a while"},
                         {507, "", Errc::kDiskFull, "room"},
                         {500, "InternalError", Errc::kIo, "500 InternalError"},
                         {418, "", Errc::kIo, "418"}}) {
    CAPTURE(one.status, one.code);
    const auto error = failure_for(one.status, one.code);
    CHECK(error.code == one.errc);
    CHECK_THAT(error.detail, contains("PUT https://s3.example/company: answered "));
    CHECK_THAT(error.detail, contains(one.advice));
  }
}

TEST_CASE("bucket/reply: passing trouble is worth a retry, a refusal is not") {
  for (const int status : {408, 429, 500, 502, 503, 504}) CHECK(is_worth_a_retry(status));
  for (const int status : {200, 206, 301, 400, 403, 404, 416, 501, 507})
    CHECK_FALSE(is_worth_a_retry(status));
}

TEST_CASE("bucket/reply: a range is read only when it makes sense") {
  const auto range = read_bucket_range("bytes 5-9/100");
  REQUIRE(range);
  CHECK(range->first == 5);
  CHECK(range->total == 100);
  for (const auto* bad :
       {"", "bytes", "bytes 5-9", "bytes 5-9/*", "bytes */100", "bytes 9-5/100", "bytes 5-100/100",
        "bytes 5-9/100x", "items 5-9/100", "bytes 5-9/99999999999999999999", "bytes -9/100"})
    CHECK_FALSE(read_bucket_range(bad));
}

}  // namespace daybook::test
