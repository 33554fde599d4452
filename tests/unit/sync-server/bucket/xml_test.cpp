// SPDX-License-Identifier: Apache-2.0
// What a bucket answers in XML, sound and hostile.
#include "sync-server/bucket/bucket_xml.hpp"

#include "tests/support/catch.hpp"

namespace daybook::test {

namespace {

std::string list_of(const std::string& inside) {
  return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<ListBucketResult xmlns=\"http://s3/\">" +
         inside + "</ListBucketResult>";
}
const std::string kLast = "<IsTruncated>false</IsTruncated>";

std::string verdict(const std::string& xml) {
  const auto list = read_bucket_list(xml);
  return list.ok() ? "ok" : std::string(name_of(list.error().code));
}

}  // namespace

TEST_CASE("bucket/xml: a page of names is read, with the token for the next") {
  const auto list = read_bucket_list(list_of(
      "<Name>company</Name><Prefix>a/</Prefix><IsTruncated>true</IsTruncated>"
      "<NextContinuationToken>x&amp;y==</NextContinuationToken>"
      "<Contents><Key>a/one</Key><Owner><ID>1</ID></Owner><Size>5</Size></Contents>\n"
      "<Contents><ETag>&quot;5d&quot;</ETag><Key >a/&lt;two&#62;&#x41;&apos;</Key ></Contents>"
      "<CommonPrefixes><Prefix>a/b/</Prefix></CommonPrefixes>"));
  REQUIRE(list.ok());
  CHECK(list->keys == std::vector<std::string>{"a/one", "a/<two>A'"});
  CHECK(list->next_token == "x&y==");
}

TEST_CASE("bucket/xml: the last page may be empty, an answer that is no list is not one") {
  CHECK(verdict(list_of(kLast)) == "ok");
  CHECK(verdict(list_of(kLast + "<Contents/>")) == "ok");
  CHECK(verdict("") == "invalid");
  CHECK(verdict(list_of("")) == "invalid");
  CHECK(verdict("<html><body>" + kLast + "</body></html>") == "invalid");
  CHECK(verdict("<Error><Code>AccessDenied</Code></Error>") == "invalid");
  CHECK(verdict(list_of("<IsTruncated>maybe</IsTruncated>")) == "invalid");
  CHECK(verdict(list_of("<IsTruncated>true</IsTruncated>")) == "invalid");
  CHECK(verdict(list_of(kLast + "<NextContinuationToken>x</NextContinuationToken>")) == "invalid");
  CHECK(verdict(list_of(kLast + kLast)) == "invalid");
}

TEST_CASE("bucket/xml: what is not a plain document is refused") {
  const auto good = list_of(kLast);
  CHECK(verdict(good + " \n") == "ok");
  CHECK(verdict(good + "x") == "invalid");
  CHECK(verdict(good + good) == "invalid");
  CHECK(verdict(good.substr(0, good.size() - 1)) == "invalid");
  CHECK(verdict("<!DOCTYPE a [<!ENTITY b \"b\">]>" + good) == "invalid");
  CHECK(verdict("<?xml " + list_of(kLast).substr(40)) == "invalid");
  for (const auto* bad :
       {"<!-- -->", "<![CDATA[x]]>", "&b;", "&#0;", "&#;", "&#x;", "&", "&#99999999999;", "<a>",
        "</a>", "<a></b>", "<a", "<a b='>", "<a <b/>", "< a/>", "<>", "</>"}) {
    CAPTURE(bad);
    CHECK(verdict(list_of(kLast + bad)) == "invalid");
  }
}

TEST_CASE("bucket/xml: sizes, depth and counts are bounded") {
  std::string deep;
  for (int i = 0; i < 7; ++i) deep += "<a>";
  std::string up;
  for (int i = 0; i < 7; ++i) up += "</a>";
  CHECK(verdict(list_of(kLast + deep + up)) == "ok");
  CHECK(verdict(list_of(kLast + deep + "<a/>" + up)) == "invalid");
  const auto keys = [](int count, std::size_t size) {
    std::string xml = kLast;
    for (int i = 0; i < count; ++i)
      xml += "<Contents><Key>" + std::string(size, 'k') + "</Key></Contents>";
    return list_of(xml);
  };
  CHECK(verdict(keys(1'000, 10)) == "ok");
  CHECK(verdict(keys(1'001, 10)) == "too_large");
  CHECK(verdict(keys(1, 1'024)) == "ok");
  CHECK(verdict(keys(1, 1'025)) == "too_large");
  CHECK(verdict(list_of(kLast + std::string(kBucketListSizeMax, ' '))) == "too_large");
  CHECK(verdict(list_of(kLast + "<" + std::string(65, 'a') + "/>")) == "invalid");
}

TEST_CASE("bucket/xml: an error's code is a word, found even when the rest is cut off") {
  CHECK(read_bucket_error_code("<?xml version='1.0'?><Error><Code>NoSuchBucket</Code>"
                               "<Message>x</Message></Error>") == "NoSuchBucket");
  CHECK(read_bucket_error_code("<Error><Code>SlowDown</Code><Message>no end") == "SlowDown");
  CHECK(read_bucket_error_code("<html>Code</html>").empty());
  CHECK(read_bucket_error_code("").empty());
  CHECK(read_bucket_error_code("<Error><Code>two words</Code></Error>").empty());
  CHECK(read_bucket_error_code("<Error><Code>" + std::string(65, 'a') + "</Code></Error>").empty());
}

}  // namespace daybook::test
