// SPDX-License-Identifier: Apache-2.0
// Headers of strangers: what is not exactly as it must be is refused by name.
#include "core/base/hex.hpp"
#include "sync-server/attachments/upload_words.hpp"
#include "tests/support/catch.hpp"

using namespace daybook;

namespace {

http::Request with(const char* name, const std::string& value) {
  http::Request request;
  request.headers.push_back({name, value});
  return request;
}

constexpr const char* kHex = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
constexpr const char* kBase64 = "LPJNul+wow4m6DsqxbninhsWHlwfp0JecwQzYpOLmCQ=";

}  // namespace

TEST_CASE("upload words: a count is decimal digits and nothing else", "[attachments]") {
  CHECK(*read_count(with("upload-offset", "0"), "upload-offset") == 0);
  CHECK(*read_count(with("upload-offset", "18446744073709551615"), "upload-offset") == UINT64_MAX);
  for (const char* wrong : {"", " 1", "1 ", "-1", "+1", "0x1", "1e3", "18446744073709551616"}) {
    const auto read = read_count(with("upload-offset", wrong), "upload-offset");
    REQUIRE_FALSE(read.ok());
    CHECK(read.error().field == "upload-offset");
  }
  CHECK(read_count(http::Request{}, "upload-length").error().detail == "missing");
}

TEST_CASE("upload words: the digest is found among whatever else a client tells", "[attachments]") {
  const std::string encoded =
      "MmNmMjRkYmE1ZmIwYTMwZTI2ZTgzYjJhYzViOWUyOWUxYjE2MWU1YzFmYTc0MjVlNzMwNDMzNjI5MzhiOTgyNA==";
  const auto digest = *Digest::from(*from_hex(kHex));
  CHECK(*read_upload_metadata("sha256 " + encoded) == digest);
  CHECK(*read_upload_metadata("filename YS5qcGc=, sha256 " + encoded + ",is_final") == digest);
  for (const std::string& wrong :
       {std::string(), std::string("sha256"), std::string("sha256 !!!!"),
        std::string("sha256 YWJj"), "sha512 " + encoded, "sha256 " + encoded + "A"})
    CHECK_FALSE(read_upload_metadata(wrong).ok());
}

TEST_CASE("upload words: a checksum is a sha256 of 32 bytes, or missing", "[attachments]") {
  CHECK_FALSE((*read_checksum(http::Request{})).has_value());
  const auto read = read_checksum(with("upload-checksum", std::string("sha256 ") + kBase64));
  REQUIRE(read.ok());
  CHECK(to_hex((*read)->view()) == kHex);
  // The second alphabet is another encoding.
  std::string url = kBase64;
  url[url.find('+')] = '-';
  for (const std::string& wrong :
       {std::string(), std::string("sha1 AAAA"), std::string("sha256 AAAA"), std::string("sha256"),
        "sha256 " + url})
    CHECK_FALSE(read_checksum(with("upload-checksum", wrong)).ok());
}

TEST_CASE("upload words: the name of a content is 64 hex digits", "[attachments]") {
  CHECK(read_content_name(kHex).ok());
  const std::string other = "z" + std::string(kHex).substr(1);
  for (const std::string& wrong : {std::string(), std::string("2cf2"), std::string(".."), other})
    CHECK_FALSE(read_content_name(wrong).ok());
}

TEST_CASE("upload words: a range lies within the content", "[attachments]") {
  const auto range = [](const char* text, std::uint64_t size) {
    return read_range(with("range", text), size);
  };
  CHECK_FALSE((*read_range(http::Request{}, 10)).has_value());
  const auto check = [&](const char* text, std::uint64_t first, std::uint64_t last) {
    const auto read = range(text, 10);
    REQUIRE(read.ok());
    CHECK((*read)->first == first);
    CHECK((*read)->last == last);
  };
  check("bytes=0-0", 0, 0);
  check("bytes=3-", 3, 9);
  check("bytes=3-99", 3, 9);
  check("bytes=-4", 6, 9);
  check("bytes=-99", 0, 9);
  for (const char* wrong : {"", "bytes=", "bytes=-", "bytes=10-", "bytes=4-3", "bytes=0-1,3-4",
                            "items=0-1", "bytes=-0", "bytes=a-b", "bytes=0x1-2"})
    CHECK_FALSE(range(wrong, 10).ok());
  CHECK_FALSE(range("bytes=0-", 0).ok());
}

TEST_CASE("upload words: a time as HTTP writes it", "[attachments]") {
  CHECK(print_http_date(784'111'777'000) == "Sun, 06 Nov 1994 08:49:37 GMT");
  CHECK(print_http_date(0) == "Thu, 01 Jan 1970 00:00:00 GMT");
}
