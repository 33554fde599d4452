// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: an archive of evidence from anybody, and the sums in it. What is taken for an archive
// has one form.
#include <cstdlib>

#include "tools/evidence/check.hpp"

using namespace daybook;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const BytesView input(bytes, size);
  const auto bundle = evidence::untar(input);
  if (!bundle.ok()) return 0;
  if (evidence::tar_of(*bundle) != copy_of(input)) std::abort();
  const auto checked = evidence::check_bundle(*bundle);
  if (checked.findings.empty() && checked.files < 4) std::abort();
  return 0;
}
