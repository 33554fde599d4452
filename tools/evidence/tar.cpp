// SPDX-License-Identifier: Apache-2.0
// Bundles as POSIX ustar archives.
#include <algorithm>
#include <cstdio>

#include "tools/evidence/bundle.hpp"

namespace daybook::evidence {
namespace {

constexpr std::size_t kBlock = 512;
// Fields of a header: where, how long.
constexpr std::size_t kMode = 100, kUid = 108, kGid = 116, kSize = 124, kTime = 136, kSum = 148,
                      kType = 156, kMagic = 257;
constexpr std::string_view kMagicText("ustar\00000", 8);

void put(Bytes& header, std::size_t at, std::string_view text) {
  std::copy(text.begin(), text.end(), header.begin() + static_cast<std::ptrdiff_t>(at));
}

std::string octal(std::uint64_t number, int digits) {
  char text[16];
  std::snprintf(text, sizeof text, "%0*llo", digits, static_cast<unsigned long long>(number));
  return text;
}

Bytes header_of(const std::string& name, std::uint64_t size) {
  Bytes header(kBlock, 0);
  put(header, 0, name);
  put(header, kMode, octal(0644, 7));
  put(header, kUid, octal(0, 7));
  put(header, kGid, octal(0, 7));
  put(header, kSize, octal(size, 11));
  put(header, kTime, octal(0, 11));
  put(header, kSum, "        ");
  put(header, kType, "0");
  put(header, kMagic, kMagicText);
  std::uint64_t sum = 0;
  for (const auto byte : header) sum += byte;
  put(header, kSum, octal(sum, 6));
  header[kSum + 6] = 0;
  return header;
}

bool all_zero(BytesView bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](auto byte) { return byte == 0; });
}

std::uint64_t padding_of(std::uint64_t size) { return (kBlock - size % kBlock) % kBlock; }

std::uint64_t read_octal(BytesView digits) {
  std::uint64_t number = 0;
  for (const auto digit : digits) number = number << 3 | (digit & 7u);
  return number;
}

}  // namespace

Bytes tar_of(const Bundle& bundle) {
  Bytes archive;
  for (const auto& [name, content] : bundle) {
    const Bytes header = header_of(name, content.size());
    archive.insert(archive.end(), header.begin(), header.end());
    archive.insert(archive.end(), content.begin(), content.end());
    archive.resize(archive.size() + padding_of(content.size()));
  }
  archive.resize(archive.size() + 2 * kBlock);
  return archive;
}

Result<Bundle> untar(BytesView archive) {
  Bundle bundle;
  BytesView rest = archive;
  const auto wrong = [&](std::string detail) {
    return failure(Errc::kInvalid, "tar at byte " + std::to_string(archive.size() - rest.size()),
                   std::move(detail));
  };
  std::string last;
  while (rest.size() > 2 * kBlock) {
    const BytesView header = rest.first(kBlock);
    const auto end = std::find(header.begin(), header.begin() + kMode, std::uint8_t{0});
    const std::string name(header.begin(), end);
    if (!is_file_name(name)) return wrong("not a name of a file of a bundle");
    const std::uint64_t size = read_octal(header.subspan(kSize, 11));
    // Whoever wrote another header than ours could hide something in it.
    if (!same_bytes(header, header_of(name, size))) return wrong("header of " + name);
    if (name <= last || bundle.size() >= kFilesMax) return wrong("order of the files");
    rest = rest.subspan(kBlock);
    if (size > rest.size() || padding_of(size) > rest.size() - size)
      return wrong(name + " is cut short");
    bundle[name] = copy_of(rest.first(size));
    rest = rest.subspan(size);
    if (!all_zero(rest.first(padding_of(size)))) return wrong("behind " + name);
    rest = rest.subspan(padding_of(size));
    last = name;
  }
  if (rest.size() != 2 * kBlock || !all_zero(rest)) return wrong("end of the archive");
  return bundle;
}

}  // namespace daybook::evidence
