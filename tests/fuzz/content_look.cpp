// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: the first bytes of a content. Only a picture has dimensions, both or none, and more
// bytes behind never change the kind that fewer told.
#include "sync-server/attachments/content_look.hpp"

#include <cstdlib>

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  const ContentLook look = look_at_content({bytes, size});
  demand(!look.kind.empty());
  demand((look.width == 0) == (look.height == 0));
  demand(look.width == 0 || look.kind.starts_with("image/"));
  demand(!is_disguised(look.kind, look.kind));
  Bytes longer(bytes, bytes + size);
  longer.resize(size + 1000);
  const ContentLook again = look_at_content(longer);
  // A box or segment that was cut off may now add up; what was known stays.
  demand(look.width == 0 || again.width >= look.width || again.height >= look.height);
  return 0;
}
