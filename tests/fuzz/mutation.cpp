// SPDX-License-Identifier: Apache-2.0
// main() of a fuzz entry where libFuzzer is absent: changes the files of its corpus at random,
// under a fixed seed, as often as its first argument says. Knows nothing of coverage; it keeps the
// entries honest on compilers without libFuzzer.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size);

namespace {

using Input = std::vector<std::uint8_t>;

std::vector<Input> read_corpus(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(folder))
    paths.push_back(entry.path());
  std::sort(paths.begin(), paths.end());
  std::vector<Input> corpus;
  for (const auto& path : paths) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> read{std::istreambuf_iterator<char>(file),
                                 std::istreambuf_iterator<char>()};
    corpus.emplace_back(read.begin(), read.end());
  }
  return corpus;
}

class Mutation {
 public:
  explicit Mutation(const std::vector<Input>& corpus) : corpus_(corpus) {}

  Input next() {
    Input input = corpus_[below(corpus_.size())];
    for (auto times = 1 + below(4); times > 0; --times) change(input);
    return input;
  }

 private:
  // 0 … limit - 1; 0 for no limit.
  std::size_t below(std::size_t limit) {
    return limit == 0 ? 0 : static_cast<std::size_t>(random_() % limit);
  }

  // The bytes at which CBOR heads change their meaning, and whatever.
  std::uint8_t byte() {
    constexpr std::uint8_t heads[] = {0x00, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x3b, 0x40,
                                      0x5a, 0x5b, 0x60, 0x7b, 0x80, 0x81, 0x9a, 0x9b,
                                      0x9f, 0xa0, 0xbb, 0xf4, 0xf5, 0xf6, 0xf9, 0xff};
    return below(2) == 0 ? heads[below(std::size(heads))] : static_cast<std::uint8_t>(below(256));
  }

  void change(Input& input) {
    if (input.empty()) return input.push_back(byte());
    const auto at = below(input.size());
    const auto here = input.begin() + static_cast<std::ptrdiff_t>(at);
    const auto end =
        here + static_cast<std::ptrdiff_t>(1 + below(std::min<std::size_t>(32, input.size() - at)));
    switch (below(6)) {
      case 0: input[at] = byte(); break;
      case 1: input[at] = static_cast<std::uint8_t>(input[at] ^ (1 << below(8))); break;
      case 2: input.insert(here, byte()); break;
      case 3: input.erase(here, end); break;
      case 4: {
        const Input piece(here, end);
        const auto to = input.begin() + static_cast<std::ptrdiff_t>(below(input.size()));
        input.insert(to, piece.begin(), piece.end());
        break;
      }
      default: input.resize(at); break;
    }
  }

  const std::vector<Input>& corpus_;
  std::mt19937_64 random_{20260101};
};

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  const auto corpus = read_corpus(argv[2]);
  if (corpus.empty()) return 1;
  const auto rounds = std::strtoul(argv[1], nullptr, 10);
  Mutation mutation(corpus);
  for (unsigned long i = 0; i < rounds; ++i) {
    const auto input = mutation.next();
    LLVMFuzzerTestOneInput(input.data(), input.size());
  }
  std::printf("%lu mutations of %zu inputs\n", rounds, corpus.size());
  return 0;
}
