// SPDX-License-Identifier: Apache-2.0
// Which settings are sound, and what is said of those that are not.
#include "sync-server/bucket/bucket_settings.hpp"

#include "tests/support/catch.hpp"

namespace daybook::test {

namespace {

BucketSettings sound() {
  BucketSettings settings;
  settings.endpoint = "https://s3.example";
  settings.bucket = "company";
  settings.access_key_id = "KEY";
  settings.secret_key = "secret/with+signs";
  return settings;
}

// Which setting is wrong after `change`; empty: none.
template <class Change>
std::string wrong_after(Change change) {
  auto settings = sound();
  change(settings);
  const auto place = place_of(settings);
  return place.ok() ? std::string() : place.error().field;
}

}  // namespace

TEST_CASE("bucket/settings: the bucket stands in the path or in front of the host") {
  auto settings = sound();
  settings.endpoint = "https://s3.example:9000/";
  auto place = place_of(settings);
  REQUIRE(place.ok());
  CHECK(place->url_of("attachments/ab") == "https://s3.example:9000/company/attachments/ab");
  CHECK(place->url_of_list("list-type=2") == "https://s3.example:9000/company?list-type=2");
  settings.path_style = false;
  place = place_of(settings);
  REQUIRE(place.ok());
  CHECK(place->url_of("attachments/ab") == "https://company.s3.example:9000/attachments/ab");
  CHECK(place->url_of_list("list-type=2") == "https://company.s3.example:9000/?list-type=2");
}

TEST_CASE("bucket/settings: plain HTTP is for this machine itself") {
  CHECK(wrong_after([](auto& s) { s.endpoint = "http://127.0.0.1:9000"; }).empty());
  CHECK(wrong_after([](auto& s) { s.endpoint = "http://localhost:9000"; }).empty());
  CHECK(wrong_after([](auto& s) { s.endpoint = "http://s3.example"; }) == "endpoint");
  CHECK(wrong_after([](auto& s) { s.endpoint = "http://192.0.2.1"; }) == "endpoint");
}

TEST_CASE("bucket/settings: the setting that is wrong is named") {
  CHECK(wrong_after([](auto&) {}).empty());
  for (const auto* bad : {"", "s3.example", "ftp://s3.example", "https://u:p@s3.example",
                          "https://s3.example/company", "https://s3.example?x"})
    CHECK(wrong_after([&](auto& s) { s.endpoint = bad; }) == "endpoint");
  for (const auto* bad : {"", "ab", "Company", "a/b", "a..b", ".ab", "-ab", "a b c"})
    CHECK(wrong_after([&](auto& s) { s.bucket = bad; }) == "bucket");
  for (const auto* bad : {"", "eu:west", "EU", "a/b"})
    CHECK(wrong_after([&](auto& s) { s.region = bad; }) == "region");
  for (const auto* bad : {"/a", "a//b", "../a", "a/../b", "a/.b", "a b", "a%2fb", "ä"})
    CHECK(wrong_after([&](auto& s) { s.prefix = bad; }) == "prefix");
  for (const auto* fine : {"", "a/", "A-b_c.d/"})
    CHECK(wrong_after([&](auto& s) { s.prefix = fine; }).empty());
  CHECK(wrong_after([](auto& s) { s.prefix = std::string(201, 'a'); }) == "prefix");
  for (const auto* bad : {"", "a:b", "a/b", "a b"})
    CHECK(wrong_after([&](auto& s) { s.access_key_id = bad; }) == "access_key_id");
  for (const auto* bad : {"", "a b", "a\n"})
    CHECK(wrong_after([&](auto& s) { s.secret_key = bad; }) == "secret_key");
  CHECK(wrong_after([](auto& s) {
          s.endpoint = "https://192.0.2.1";
          s.path_style = false;
        }) == "path_style");
  CHECK(wrong_after([](auto& s) { s.connect_timeout_s = 0; }) == "connect_timeout_s");
  CHECK(wrong_after([](auto& s) { s.stall_timeout_s = 601; }) == "stall_timeout_s");
  CHECK(wrong_after([](auto& s) { s.list_page_size = 1'001; }) == "list_page_size");
}

TEST_CASE("bucket/settings: an error does not show the secret") {
  auto settings = sound();
  settings.secret_key = "half secret";
  const auto place = place_of(settings);
  REQUIRE_FALSE(place.ok());
  CHECK(to_string(place.error()).find("half") == std::string::npos);
}

}  // namespace daybook::test
