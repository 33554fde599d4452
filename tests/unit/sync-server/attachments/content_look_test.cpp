// SPDX-License-Identifier: Apache-2.0
// Kinds and dimensions against tests/golden/picture/*.hex, written by hand from the formats'
// papers.
#include "sync-server/attachments/content_look.hpp"

#include <fstream>
#include <iterator>

#include "sync-server/store/server_store.hpp"
#include "tests/support/catch.hpp"
#include "tests/unit/core/wire/annotated_hex.hpp"

using namespace daybook;

namespace {

Bytes golden(const std::string& name) {
  std::ifstream file("tests/golden/picture/" + name + ".hex");
  REQUIRE(file);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const auto bytes = test::bytes_of_hex(text);
  REQUIRE(bytes);
  return *bytes;
}

ContentLook look(std::string_view text) { return look_at_content(view_of(text)); }

struct Known {
  const char* name;
  const char* kind;
  std::uint32_t width, height;
};
constexpr Known kKnown[] = {
    {"png", "image/png", 640, 480},
    {"jpeg_baseline", "image/jpeg", 4000, 3000},
    {"jpeg_progressive_turned", "image/jpeg", 300, 200},
    {"gif", "image/gif", 3, 513},
    {"webp_lossy", "image/webp", 400, 301},
    {"webp_lossless", "image/webp", 400, 301},
    {"webp_extended", "image/webp", 30'000, 20'001},
    {"heic", "image/heic", 4032, 3024},
    {"avif", "image/avif", 1204, 800},
    {"zip", "application/zip", 0, 0},
    {"program_windows", "application/x-executable", 0, 0},
    {"svg_in_xml", "image/svg+xml", 0, 0},
    {"html_wide", "text/html", 0, 0},
};

}  // namespace

TEST_CASE("content look: the kind and the dimensions are told from the first bytes",
          "[attachments][golden]") {
  for (const auto& known : kKnown) {
    INFO(known.name);
    const auto seen = look_at_content(golden(known.name));
    CHECK(seen.kind == known.kind);
    CHECK(seen.width == known.width);
    CHECK(seen.height == known.height);
  }
}

TEST_CASE("content look: a header that is cut off anywhere is not known, and never misread",
          "[attachments][golden]") {
  for (const auto& known : kKnown) {
    const auto bytes = golden(known.name);
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      INFO(known.name << " cut at " << size);
      const auto seen = look_at_content(BytesView(bytes).first(size));
      const bool is_tile = seen.width == 512 && seen.height == 512;  // of the HEIC, the first box
      const bool is_same = seen.width == known.width && seen.height == known.height;
      CHECK((seen.width == 0 || is_same || is_tile));
      CHECK((seen.width == 0) == (seen.height == 0));
    }
  }
}

TEST_CASE("content look: what does not add up has no dimensions", "[attachments]") {
  auto empty = golden("png");
  std::fill(empty.begin() + 16, empty.begin() + 20, std::uint8_t{0});
  CHECK(look_at_content(empty).width == 0);
  // A JPEG whose data begins before any frame, and one whose segment has no length.
  CHECK(look("\xFF\xD8\xFF\xDA\xFF\xC0").width == 0);
  CHECK(look_at_content(Bytes{0xFF, 0xD8, 0xFF, 0xE0, 0x00, 0x01, 0xFF, 0xC0}).width == 0);
  // Only the first so many bytes are looked at, however much a segment claims.
  Bytes far{0xFF, 0xD8};
  while (far.size() < kLookBytes) {
    far.insert(far.end(), {0xFF, 0xE2, 0xFF, 0xFF});
    far.resize(far.size() + 0xFFFD);
  }
  far.insert(far.end(), {0xFF, 0xC0, 0x00, 0x0B, 0x08, 0x00, 0x10, 0x00, 0x10, 0x01, 0x01});
  CHECK(look_at_content(far).kind == "image/jpeg");
  CHECK(look_at_content(far).width == 0);
}

TEST_CASE("content look: pages and programs are known however they are dressed", "[attachments]") {
  CHECK(look("  \n<!DOCTYPE HTML><p>").kind == "text/html");
  CHECK(look("<ScRiPt>alert(1)</script>").kind == "text/html");
  CHECK(look("<!-- a photo --><svg onload=a()>").kind == "image/svg+xml");
  CHECK(look("<?xml version='1.0'?><note/>").kind == "text/xml");
  CHECK(look("#!/bin/sh\nrm").kind == "application/x-executable");
  CHECK(look("\x7f"
             "ELF\x02\x01")
            .kind == "application/x-executable");
  CHECK(look("%PDF-1.7").kind == "application/pdf");
  CHECK(look("a photo of the plate").kind == "application/octet-stream");
  CHECK(look("MZ and nothing that it points to").kind == "application/octet-stream");
  CHECK(look("").kind == "application/octet-stream");
}

TEST_CASE("content look: a wrong ending is no disguise, a page named photo is", "[attachments]") {
  CHECK_FALSE(is_disguised("image/jpeg", "image/heic"));
  CHECK_FALSE(is_disguised("image/jpeg", "application/octet-stream"));
  CHECK_FALSE(is_disguised("image/jpeg", ""));
  CHECK_FALSE(is_disguised("image/svg+xml", "image/svg+xml"));
  CHECK_FALSE(is_disguised("application/zip", "application/zip"));
  CHECK_FALSE(is_disguised("text/plain", "text/html"));
  for (const char* kind : {"text/html", "image/svg+xml", "application/zip", "application/gzip",
                           "application/x-executable"}) {
    CHECK(is_disguised("image/jpeg", kind));
    CHECK(is_disguised("video/mp4", kind));
    CHECK(is_disguised("application/pdf", kind));
  }
}

TEST_CASE("content look: a page shows pictures of known kind and bearable size", "[attachments]") {
  ContentRow row;
  const auto shown = [&](const char* kind, std::uint32_t width, std::uint32_t height) {
    row.kind = kind;
    row.width = width;
    row.height = height;
    return row.may_be_shown();
  };
  CHECK(shown("image/jpeg", 4000, 3000));
  CHECK(shown("image/png", 20'000, 10'000));
  CHECK_FALSE(shown("image/png", 20'000, 10'001));
  CHECK_FALSE(shown("image/png", 20'001, 1));
  CHECK_FALSE(shown("image/png", 1, 20'001));
  CHECK_FALSE(shown("image/jpeg", 0, 0));
  CHECK_FALSE(shown("image/heic", 4000, 3000));
  CHECK_FALSE(shown("", 4000, 3000));
}
