// SPDX-License-Identifier: Apache-2.0
// The ports of a simulated world: one time that all clocks read, each with an offset of its own;
// randomness from a seed; a trace that becomes one hash (and lines for people). Single-threaded.
#pragma once

#include <iostream>
#include <set>
#include <stdexcept>
#include <string>

#include "core/base/result.hpp"
#include "core/ports/clock.hpp"
#include "core/ports/rng.hpp"
#include "core/ports/trace.hpp"
#include "tests/support/simulated_ports.hpp"

namespace daybook::sim {

using Dice = test::SeededRng;

// A checker's finding ends the run. `checker` is the file that looked.
struct Violation : std::runtime_error {
  Violation(std::string by, const std::string& what)
      : std::runtime_error(what), checker(std::move(by)) {}
  std::string checker;
};

inline void check(bool holds, const char* checker, const std::string& what) {
  if (!holds) throw Violation(checker, what);
}
template <class T>
T must(Result<T> result, const char* where) {
  if (!result.ok())
    throw Violation("trouble", std::string(where) + ": " + to_string(result.error()));
  return std::move(result).value();
}
inline void must(Result<void> result, const char* where) {
  if (!result.ok())
    throw Violation("trouble", std::string(where) + ": " + to_string(result.error()));
}

// The true time, ms since the world began.
struct Time {
  std::int64_t now = 0;
};

class WorldClock final : public Clock {
 public:
  explicit WorldClock(const Time& time) : time_(time) {}
  std::int64_t wall_ms() override { return kStart + time_.now + offset_; }
  std::int64_t steady_ms() override { return 1'000 + time_.now; }
  void set_offset(std::int64_t ms) { offset_ = ms; }

 private:
  static constexpr std::int64_t kStart = 1'790'000'000'000;
  const Time& time_;
  std::int64_t offset_ = 0;
};

// One line per event: time, place, event, fields. The hash of all lines is the run's fingerprint.
class Line final {
 public:
  Line(const Time& time, bool prints) : time_(time), prints_(prints) {}
  void say(const std::string& place, const std::string& what) {
    const std::string line = std::to_string(time_.now) + " " + place + " " + what;
    for (const char c : line) hash_ = (hash_ ^ static_cast<unsigned char>(c)) * 0x100000001b3u;
    ++lines_;
    if (prints_) std::cout << line << "\n";
  }
  std::uint64_t hash() const { return hash_; }
  std::uint64_t lines() const { return lines_; }

 private:
  const Time& time_;
  bool prints_;
  std::uint64_t hash_ = 0xcbf29ce484222325u;
  std::uint64_t lines_ = 0;
};

// What the rooms themselves have to tell. Some words must never fall: they mean that a net below
// caught something.
class PlaceTrace final : public Trace {
 public:
  PlaceTrace(Line& line, std::string place) : line_(line), place_(std::move(place)) {}
  void note(TraceLevel, std::string_view event, TraceFields fields) override {
    std::string text(event);
    for (const auto& [name, value] : fields) {
      text += " " + std::string(name) + "=";
      text += std::holds_alternative<std::string>(value)
                  ? std::get<std::string>(value)
                  : std::to_string(std::get<std::int64_t>(value));
    }
    line_.say(place_, text);
    static const std::set<std::string, std::less<>> kNever{
        "client.drift",        "client.reply_lost", "client.schema_refused",
        "ingest.cannot_apply", "ingest.bad_batch",  "ingest.held"};
    if (kNever.contains(event) && never_.empty()) never_ = text;
  }
  // The first word that should never have fallen; empty when none did. Thrown by the world, never
  // through the rooms.
  const std::string& never() const { return never_; }

 private:
  Line& line_;
  std::string place_;
  std::string never_;
};

}  // namespace daybook::sim
