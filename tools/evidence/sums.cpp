// SPDX-License-Identifier: Apache-2.0
#include "tools/evidence/sums.hpp"

#include <optional>

#include "core/base/hex.hpp"
#include "core/crypto/sha256.hpp"
#include "core/crypto/sha512.hpp"

namespace daybook::evidence {
namespace {

using Sum = std::string (*)(BytesView bytes);

std::string sha256_hex(BytesView bytes) { return to_hex(sha256(bytes).view()); }

std::string lines_of(const Bundle& bundle, Sum sum, bool with_sums) {
  std::string text;
  for (const auto& [name, bytes] : bundle) {
    if (name == kWitnessSums || (name == kSums && !with_sums)) continue;
    text += sum(bytes) + "  " + name + "\n";
  }
  return text;
}

// One list, as far as its lines can be read: what each says, by name.
struct List {
  std::map<std::string, std::string> sums;
  std::vector<std::string> strange;  // "line 3"
};

List read_list(std::string_view text, std::size_t digits) {
  List list;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const auto end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    const bool shaped =
        end != std::string_view::npos && line.size() > digits + 2 &&
        line.substr(digits, 2) == "  " &&
        line.substr(0, digits).find_first_not_of("0123456789abcdef") == std::string_view::npos &&
        is_file_name(line.substr(digits + 2));
    if (!shaped || !list.sums.emplace(line.substr(digits + 2), line.substr(0, digits)).second)
      list.strange.push_back("line " + std::to_string(number));
  }
  return list;
}

class Check {
 public:
  explicit Check(const Bundle& bundle)
      : bundle_(bundle), sums_(list_in(kSums, 64)), witness_(list_in(kWitnessSums, 128)) {}

  std::vector<Finding> run() {
    for (const auto& [name, bytes] : bundle_) {
      if (name != kWitnessSums && name != kSums) look_at(name, bytes);
    }
    look_for_lost();
    const auto sums = bundle_.find(kSums);
    if (sums == bundle_.end()) add(kSums, "missing", "");
    if (bundle_.count(kWitnessSums) == 0) add(kWitnessSums, "missing", "");
    const auto said = sum_in(witness_, kSums);
    const bool disowned = sums != bundle_.end() && said && *said != sha512_hex(sums->second);
    name_liars(disowned);
    return std::move(findings_);
  }

 private:
  List list_in(const char* name, std::size_t digits) const {
    const auto found = bundle_.find(name);
    return found == bundle_.end() ? List{} : read_list(text_of(found->second), digits);
  }
  static std::optional<std::string> sum_in(const List& list, const std::string& name) {
    const auto found = list.sums.find(name);
    return found == list.sums.end() ? std::nullopt : std::optional(found->second);
  }
  void add(const std::string& file, std::string what, std::string place) {
    findings_.push_back({file, std::move(what), std::move(place)});
  }
  // Two lists that say the same of a file are believed; where they differ, the one that the file
  // agrees with.
  void look_at(const std::string& name, BytesView bytes) {
    const auto in_sums = sum_in(sums_, name), in_witness = sum_in(witness_, name);
    if (!in_sums && !in_witness) return add(name, "not listed", "");
    const bool sums_agree = in_sums == sha256_hex(bytes);
    const bool witness_agrees = in_witness == sha512_hex(bytes);
    if (!sums_agree && !witness_agrees) return add(name, "changed", "");
    if (!sums_agree) sums_wrong_of_.push_back(name);
    if (!witness_agrees) witness_wrong_of_.push_back(name);
  }
  void look_for_lost() {
    for (const auto& [name, sum] : sums_.sums) {
      if (bundle_.count(name) != 0) continue;
      if (witness_.sums.count(name) != 0) {
        add(name, "missing", "");
      } else {
        sums_wrong_of_.push_back(name);
      }
    }
    for (const auto& [name, sum] : witness_.sums) {
      if (bundle_.count(name) == 0 && sums_.sums.count(name) == 0 && name != kSums)
        witness_wrong_of_.push_back(name);
    }
  }
  void name_liars(bool disowned) {
    if (bundle_.count(kSums) != 0) name_lines(kSums, sums_, sums_wrong_of_);
    const bool rewritten = disowned && sums_.strange.empty() && sums_wrong_of_.empty();
    if (rewritten && !witness_wrong_of_.empty()) {
      // SHA256SUMS was made to fit files that were changed.
      add(kSums, "changed", "");
      for (const auto& name : witness_wrong_of_) add(name, "changed", "");
      return;
    }
    if (rewritten) witness_wrong_of_.emplace_back(kSums);
    if (bundle_.count(kWitnessSums) != 0) name_lines(kWitnessSums, witness_, witness_wrong_of_);
  }
  // A line that cannot be read is named by its number, and stands for the file that lacks one.
  void name_lines(const char* file, const List& list, const std::vector<std::string>& wrong) {
    for (const auto& line : list.strange) add(file, "changed", line);
    for (const auto& name : wrong) {
      if (list.sums.count(name) != 0)
        add(file, "changed", "line of " + name);
      else if (list.strange.empty())
        add(file, "changed", "no line of " + name);
    }
  }

  const Bundle& bundle_;
  List sums_, witness_;
  // Files that a list does not speak the truth of.
  std::vector<std::string> sums_wrong_of_, witness_wrong_of_;
  std::vector<Finding> findings_;
};

}  // namespace

void add_sums(Bundle& bundle) {
  const auto put = [&](const char* name, const std::string& text) {
    bundle[name] = copy_of(view_of(text));
  };
  put(kSums, lines_of(bundle, sha256_hex, false));
  put(kWitnessSums, lines_of(bundle, sha512_hex, true));
}

std::vector<Finding> check_sums(const Bundle& bundle) { return Check(bundle).run(); }

}  // namespace daybook::evidence
