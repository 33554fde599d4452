// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: the headers of an upload and of a range, as a stranger may write them. What is read
// is within its bounds, and an error names its header.
#include "sync-server/attachments/upload_words.hpp"

#include <cstdlib>

namespace {

using namespace daybook;

constexpr std::uint64_t kSize = 1000;

void demand(bool holds) {
  if (!holds) std::abort();
}

http::Request with(const char* name, std::string_view value) {
  http::Request request;
  request.headers.push_back({name, std::string(value)});
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto text = text_of({bytes, size});
  const auto metadata = read_upload_metadata(text);
  if (metadata.ok()) {
    // What we print of it is read as the same.
    const auto again = read_upload_metadata(print_upload_metadata(*metadata));
    demand(again.ok() && *again == *metadata);
  }
  const auto count = read_count(with("upload-offset", text), "upload-offset");
  demand(count.ok() || count.error().field == "upload-offset");
  static_cast<void>(read_checksum(with("upload-checksum", text)).ok());
  static_cast<void>(read_content_name(text).ok());
  const auto range = read_range(with("range", text), kSize);
  if (range.ok() && *range) demand((*range)->first <= (*range)->last && (*range)->last < kSize);
  return 0;
}
