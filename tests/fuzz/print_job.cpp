// SPDX-License-Identifier: Apache-2.0
// A print job as the printing process takes it: what is read is laid out within its bounds.
#include <algorithm>
#include <cstdlib>

#include "sync-server/paper/layout.hpp"

namespace {

class NarrowMeasure final : public daybook::TextMeasure {
 public:
  std::vector<std::string> lines(std::string_view text, daybook::PaperStyle, int,
                                 std::size_t lines_max) override {
    std::vector<std::string> out;
    while (!text.empty() && out.size() < lines_max) {
      out.emplace_back(text.substr(0, 20));
      text.remove_prefix(std::min<std::size_t>(20, text.size()));
    }
    return out;
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  const auto job = daybook::decode_print_job({bytes, size});
  if (!job.ok()) return 0;
  NarrowMeasure measure;
  for (const auto& paper : job->papers)
    if (daybook::lay_out(paper, measure).size() > daybook::kPagesMax) std::abort();
  return 0;
}
