// SPDX-License-Identifier: Apache-2.0
// The words of the line: sizes, rates, control commands, counters as JSON. Pure.
#include "tests/fault_line/faults.hpp"

#include <array>
#include <charconv>
#include <vector>

namespace daybook {

namespace {

constexpr std::uint64_t kSizeMax = 1'000'000'000'000;
constexpr std::uint64_t kMillisMax = 600'000;
constexpr std::size_t kWordsMax = 4;

struct Unit {
  std::string_view name;
  std::uint64_t factor;
};

constexpr std::array<Unit, 8> kSizeUnits{{{"", 1},
                                          {"B", 1},
                                          {"kB", 1'000},
                                          {"KB", 1'000},
                                          {"KiB", 1'024},
                                          {"MB", 1'000'000},
                                          {"MiB", 1'048'576},
                                          {"k", 1'000}}};
constexpr std::array<Unit, 4> kRateUnits{
    {{"", 1}, {"bit", 1}, {"kbit", 1'000}, {"Mbit", 1'000'000}}};

template <std::size_t N>
bool parse_with_units(std::string_view text, const std::array<Unit, N>& units,
                      std::uint64_t& value) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || number > kSizeMax) {
    return false;
  }
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  for (const Unit& known : units) {
    if (known.name == unit && number <= kSizeMax / known.factor) {
      value = number * known.factor;
      return true;
    }
  }
  return false;
}

bool parse_count(std::string_view text, std::uint64_t count_max, std::uint32_t& count) {
  std::uint64_t number = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || rest != end || number > count_max) {
    return false;
  }
  count = static_cast<std::uint32_t>(number);
  return true;
}

std::vector<std::string_view> split_words(std::string_view line) {
  std::vector<std::string_view> words;
  std::size_t at = 0;
  while (at < line.size() && words.size() <= kWordsMax) {
    const std::size_t from = line.find_first_not_of(" \t\r\n", at);
    if (from == std::string_view::npos) {
      break;
    }
    const std::size_t to = line.find_first_of(" \t\r\n", from);
    at = to == std::string_view::npos ? line.size() : to;
    words.push_back(line.substr(from, at - from));
  }
  return words;
}

bool read_word(std::string_view word, LineFaults& faults, LineAct& act) {
  act = LineAct::change;
  if (word == "clear") {
    faults = LineFaults{};
  } else if (word == "on" || word == "pass") {
    faults.mode = LineMode::pass;
  } else if (word == "off" || word == "refuse" || word == "no-signal") {
    faults.mode = LineMode::no_signal;
  } else if (word == "stall") {
    faults.mode = LineMode::stall;
  } else if (word == "portal") {
    faults.mode = LineMode::portal;
  } else if (word == "drop") {
    act = LineAct::drop;
  } else if (word == "stats") {
    act = LineAct::stats;
  } else {
    return false;
  }
  return true;
}

bool read_pair(std::string_view word, std::string_view value, LineFaults& faults) {
  if (word == "cut-every") {
    faults.cut_spread_percent = 0;
    return parse_size(value, faults.cut_every_bytes);
  }
  if (word == "cut-spare") {
    return parse_size(value, faults.cut_spare_bytes);
  }
  if (word == "cut-up") {
    return parse_size(value, faults.cut_up_after_bytes);
  }
  if (word == "lose-replies") {
    if (value == "all") {
      faults.lose_replies = kLoseEveryReply;
      return true;
    }
    return parse_count(value, kLoseEveryReply - 1, faults.lose_replies);
  }
  if (word == "delay") {
    return parse_count(value, kMillisMax, faults.delay_ms);
  }
  if (word == "jitter") {
    return parse_count(value, kMillisMax, faults.jitter_ms);
  }
  return word == "rate" && parse_rate(value, faults.rate_bits_per_s);
}

}  // namespace

std::string_view print_mode(LineMode mode) {
  switch (mode) {
    case LineMode::pass: return "pass";
    case LineMode::no_signal: return "no-signal";
    case LineMode::stall: return "stall";
    case LineMode::portal: return "portal";
  }
  return "unknown";
}

std::string print_counters(const LineCounters& counters, LineMode mode, std::uint64_t commands) {
  std::string text = "{\"mode\":\"";
  text += print_mode(mode);
  text += '"';
  const auto add = [&text](std::string_view name, std::uint64_t value) {
    text += ",\"";
    text += name;
    text += "\":";
    text += std::to_string(value);
  };
  add("connections", counters.connections);
  add("cuts", counters.cuts);
  add("replies_lost", counters.replies_lost);
  add("dropped", counters.dropped);
  add("portal_answers", counters.portal_answers);
  add("turned_away", counters.turned_away);
  add("bytes_up", counters.bytes_up);
  add("bytes_down", counters.bytes_down);
  add("bytes_swallowed", counters.bytes_swallowed);
  add("commands", commands);
  text += '}';
  return text;
}

bool parse_size(std::string_view text, std::uint64_t& bytes) {
  return parse_with_units(text, kSizeUnits, bytes);
}

bool parse_rate(std::string_view text, std::uint64_t& bits_per_s) {
  return parse_with_units(text, kRateUnits, bits_per_s);
}

bool read_command(std::string_view line, LineFaults& faults, LineAct& act, std::string& why) {
  const std::vector<std::string_view> words = split_words(line);
  act = LineAct::none;
  if (words.empty() || words[0].front() == '#') {
    return true;
  }
  LineFaults changed = faults;
  bool good = false;
  if (words.size() == 1) {
    good = read_word(words[0], changed, act);
  } else if (words.size() <= 3) {
    act = LineAct::change;
    good = read_pair(words[0], words[1], changed);
    if (words.size() == 3) {
      std::string_view spread = words[2];
      if (!spread.empty() && spread.back() == '%') {
        spread.remove_suffix(1);
      }
      good =
          good && words[0] == "cut-every" && parse_count(spread, 100, changed.cut_spread_percent);
    }
  }
  if (!good) {
    act = LineAct::none;
    why = "not a command of the line: \"" + std::string(line.substr(0, 80)) + "\"";
    return false;
  }
  faults = changed;
  return true;
}

}  // namespace daybook
