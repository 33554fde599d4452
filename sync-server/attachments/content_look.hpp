// SPDX-License-Identifier: Apache-2.0
// What a content is by its first bytes, whatever its set says that it is: the kind by its marks and
// a picture's width and height from its header. Nothing is ever decoded, and nothing is read beyond
// what is given; a header that does not add up is simply not known. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/bytes.hpp"

namespace daybook {

// As many bytes from the front tell the kind, and as many a picture's dimensions: a JPEG has them
// behind what its camera wrote.
inline constexpr std::size_t kKindBytes = 1024;
inline constexpr std::size_t kLookBytes = 256 * 1024;

struct ContentLook {
  // A media type; "application/octet-stream" when it has no mark that we know; empty: nobody
  // looked.
  std::string kind;
  std::uint32_t width =
      0;  // pixels as stored (a turn noted beside them is not applied); 0: unknown
  std::uint32_t height = 0;
};

// `head`: the content's first bytes, all of them when it is shorter than what a caller gives.
ContentLook look_at_content(BytesView head);

// Named as something that people look at (picture, film, sound, PDF), and by its bytes a page, an
// archive or a program. Another kind of picture, or nothing we know, is no disguise: cameras and
// apps err in the ending, and a photo must not be lost over it.
bool is_disguised(std::string_view promised, std::string_view kind);

}  // namespace daybook
