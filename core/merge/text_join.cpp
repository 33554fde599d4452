// SPDX-License-Identifier: Apache-2.0
#include "core/merge/text_join.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <vector>

#include "core/base/ensure.hpp"

namespace daybook {
namespace {

using Paragraphs = std::vector<std::string_view>;

// Comparing costs the product of two lengths. Beyond this the texts are joined as one piece each:
// nothing is lost, only the place of a change is not found.
constexpr std::size_t kComparisonsMax = 1'000'000;

Paragraphs paragraphs_of(std::string_view text) {
  Paragraphs result;
  if (text.empty()) return result;
  for (;;) {
    const auto end = text.find('\n');
    result.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return result;
    text.remove_prefix(end + 1);
  }
}

// A run of paragraphs that the author took out and a run that he put in its place; either may be
// empty.
struct Hunk {
  Paragraphs removed;
  Paragraphs added;
};

class Difference {
 public:
  Difference(const Paragraphs& was, const Paragraphs& now) : was_(was), now_(now) {}

  std::vector<Hunk> hunks() {
    std::size_t head = 0;
    while (head < was_.size() && head < now_.size() && was_[head] == now_[head]) ++head;
    std::size_t was_end = was_.size();
    std::size_t now_end = now_.size();
    while (was_end > head && now_end > head && was_[was_end - 1] == now_[now_end - 1]) {
      --was_end;
      --now_end;
    }
    if ((was_end - head) * (now_end - head) > kComparisonsMax) {
      for (std::size_t i = head; i < was_end; ++i) open_.removed.push_back(was_[i]);
      for (std::size_t i = head; i < now_end; ++i) open_.added.push_back(now_[i]);
    } else {
      walk(head, was_end, now_end);
    }
    close();
    return std::move(hunks_);
  }

 private:
  // The classic table of longest common runs, from the end, then a walk through it.
  void walk(std::size_t head, std::size_t was_end, std::size_t now_end) {
    const std::size_t width = now_end - head + 1;
    std::vector<std::uint32_t> common((was_end - head + 1) * width, 0);
    const auto at = [&](std::size_t i, std::size_t j) -> std::uint32_t& {
      return common[(i - head) * width + (j - head)];
    };
    for (std::size_t i = was_end; i-- > head;) {
      for (std::size_t j = now_end; j-- > head;) {
        at(i, j) = was_[i] == now_[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
      }
    }
    std::size_t i = head;
    std::size_t j = head;
    while (i < was_end || j < now_end) {
      if (i < was_end && j < now_end && was_[i] == now_[j]) {
        close();
        ++i;
        ++j;
      } else if (j == now_end || (i < was_end && at(i + 1, j) >= at(i, j + 1))) {
        open_.removed.push_back(was_[i++]);
      } else {
        open_.added.push_back(now_[j++]);
      }
    }
  }

  void close() {
    if (open_.removed.empty() && open_.added.empty()) return;
    hunks_.push_back(std::move(open_));
    open_ = {};
  }

  const Paragraphs& was_;
  const Paragraphs& now_;
  Hunk open_;
  std::vector<Hunk> hunks_;
};

class Joining {
 public:
  explicit Joining(Paragraphs held) : result_(std::move(held)) {}

  void make(const Hunk& hunk) {
    if (!hunk.removed.empty() && replace_in_place(hunk)) return;
    late_.insert(late_.end(), hunk.added.begin(), hunk.added.end());
  }

  // Adds what found no place. Where both sides wrote the very same paragraph, once is enough.
  std::string text() {
    std::map<std::string_view, std::size_t> missing;
    for (const auto paragraph : late_) ++missing[paragraph];
    for (const auto paragraph : result_) {
      const auto found = missing.find(paragraph);
      if (found != missing.end() && found->second > 0) --found->second;
    }
    for (const auto paragraph : late_) {
      auto& count = missing[paragraph];
      if (count == 0) continue;
      --count;
      result_.push_back(paragraph);
    }
    std::string joined;
    for (std::size_t i = 0; i < result_.size(); ++i) {
      if (i != 0) joined += '\n';
      joined += result_[i];
    }
    return joined;
  }

 private:
  // What the author took out he had seen; if it still stands there, nobody else has changed it.
  bool replace_in_place(const Hunk& hunk) {
    comparisons_ += result_.size() * hunk.removed.size();
    if (comparisons_ > kComparisonsMax) return false;
    const auto found =
        std::search(result_.begin(), result_.end(), hunk.removed.begin(), hunk.removed.end());
    if (found == result_.end()) return false;
    const auto after =
        result_.erase(found, found + static_cast<std::ptrdiff_t>(hunk.removed.size()));
    result_.insert(after, hunk.added.begin(), hunk.added.end());
    return true;
  }

  Paragraphs result_;
  Paragraphs late_;
  std::size_t comparisons_ = 0;
};

}  // namespace

std::string join_texts(std::string_view was, std::string_view now, std::string_view held) {
  const Paragraphs before = paragraphs_of(was);
  const Paragraphs after = paragraphs_of(now);
  Joining joining(paragraphs_of(held));
  for (const auto& hunk : Difference(before, after).hunks()) joining.make(hunk);
  std::string joined = joining.text();
  // Paragraphs are moved, never cut: no more than both texts can come out.
  ensure(joined.size() <= now.size() + held.size() + 1);
  return joined;
}

}  // namespace daybook
