// SPDX-License-Identifier: Apache-2.0
// sim: runs worlds. `sim --seed N --runs M --bug NAME --trace`, `sim --bugs`, `sim --regressions
// FILE`. The last line repeats seed and options, so that what was found is found again.
#include <chrono>
#include <cstring>
#include <fstream>
#include <iostream>
#include <sstream>

#include "tests/sim/world.hpp"

namespace {

using namespace daybook;
using namespace daybook::sim;

struct Options {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  std::uint64_t tries_max = 3'000;  // seeds per planted bug
  std::int64_t seconds_max = 0;     // 0 = as many runs as asked for
  std::string bug, regressions;
  bool trace = false, bugs = false, twice = false;
};

struct Finding {
  std::string checker, what;
};

struct Ran {
  std::optional<Finding> finding;
  std::uint64_t hash = 0;
  std::string outcome;
  std::map<std::string, std::uint64_t> counted;
};

Ran run_world(const Plan& plan, bool trace) {
  Ran ran;
  std::unique_ptr<World> world;
  try {
    world = std::make_unique<World>(plan, trace);
    world->run();
    ran.outcome = world->outcome();
  } catch (const Violation& found) {
    ran.finding = Finding{found.checker, found.what()};
  } catch (const std::exception& broken) {
    ran.finding = Finding{"broken invariant", broken.what()};
  }
  if (world) {
    ran.hash = world->hash();
    ran.counted = world->counted();
  }
  return ran;
}

// One seed, whole: the run itself, every fourth time again for the same hash, every fourth time
// with other clocks for the same outcome.
Ran run_seed(std::uint64_t seed, const Options& options) {
  const Plan plan = plan_of(seed);
  Ran ran = run_world(plan, options.trace);
  if (ran.finding) return ran;
  if (options.twice || seed % 4 == 1) {
    const Ran again = run_world(plan, false);
    if (again.hash != ran.hash)
      ran.finding = Finding{"determinism", "the same seed ran differently"};
  }
  // Pages of a middling size end where ids say, and ids hold a clock: that is not the outcome that
  // is meant.
  const bool comparable = plan.page_size_max == 1 || plan.page_size_max > 100'000;
  if (!ran.finding && comparable && (options.twice || seed % 4 == 2)) {
    Plan other = plan;
    other.clock_variant = 1;
    const Ran shifted = run_world(other, false);
    if (shifted.finding) {
      ran.finding =
          Finding{shifted.finding->checker, "with other clocks: " + shifted.finding->what};
    } else if (shifted.outcome != ran.outcome) {
      ran.finding = Finding{"clocks", "other phone clocks, another outcome"};
      if (options.trace)
        std::cout << "--- outcome\n" << ran.outcome << "--- with other clocks\n" << shifted.outcome;
    }
  }
  return ran;
}

void plant(PlantedBug bug) {
#if defined(DAYBOOK_PLANTABLE) && DAYBOOK_PLANTABLE
  g_planted_bug = bug;
#else
  if (bug != PlantedBug::kNone) std::cerr << "this build has no planted bugs\n";
#endif
}

int find_bugs(const Options& options) {
  int missed = 0;
  for (int number = 1; number <= static_cast<int>(PlantedBug::kLast); ++number) {
    const auto bug = static_cast<PlantedBug>(number);
    if (!options.bug.empty() && options.bug != name_of(bug)) continue;
    plant(bug);
    bool found = false;
    Options one = options;
    one.twice = bug == PlantedBug::kTieByUuid;
    for (std::uint64_t seed = options.seed; seed < options.seed + options.tries_max && !found;
         ++seed) {
      const Ran ran = run_seed(seed, one);
      if (!ran.finding) continue;
      found = true;
      std::cout << name_of(bug) << ": found by " << ran.finding->checker << " at seed " << seed
                << " (" << ran.finding->what << ")\n";
    }
    if (!found) {
      ++missed;
      std::cout << name_of(bug) << ": NOT FOUND in " << options.tries_max << " seeds\n";
    }
    std::cout.flush();
  }
  plant(PlantedBug::kNone);
  return missed;
}

std::string repeated(const Options& options) {
  std::ostringstream out;
  out << "sim --seed " << options.seed << " --runs " << options.runs;
  if (options.bugs) out << " --bugs";
  if (!options.bug.empty()) out << " --bug " << options.bug;
  return out.str();
}

int run_many(const Options& options) {
  using SteadyClock = std::chrono::steady_clock;
  const auto begun = SteadyClock::now();
  const auto elapsed_ms = [&] {
    return std::chrono::duration_cast<std::chrono::milliseconds>(SteadyClock::now() - begun)
        .count();
  };
  std::map<std::string, std::uint64_t> counted;
  std::vector<std::uint64_t> seeds;
  if (!options.regressions.empty()) {
    std::ifstream file(options.regressions);
    for (std::string line; std::getline(file, line);) {
      if (!line.empty() && line[0] != '#') seeds.push_back(std::stoull(line));
    }
  }
  const std::size_t first = seeds.size();
  for (std::uint64_t i = 0; i < options.runs; ++i) seeds.push_back(options.seed + i);
  std::uint64_t ran_count = 0;
  int findings = 0;
  std::map<std::string, int> by_checker;
  for (std::size_t i = 0; i < seeds.size() && findings < 20; ++i) {
    if (i >= first && options.seconds_max > 0 && elapsed_ms() > options.seconds_max * 1000) break;
    const Ran ran = run_seed(seeds[i], options);
    ++ran_count;
    for (const auto& [name, times] : ran.counted) counted[name] += times;
    if (!ran.finding) continue;
    ++findings;
    ++by_checker[ran.finding->checker];
    std::cout << "FOUND seed " << seeds[i] << " " << ran.finding->checker << ": "
              << ran.finding->what << std::endl;
  }
  const auto ms = std::max<std::int64_t>(1, elapsed_ms());
  std::cout << ran_count << " runs in " << ms << " ms ("
            << ran_count * 1000 / static_cast<std::uint64_t>(ms) << " a second)";
  for (const auto& [name, times] : counted) std::cout << ", " << times << " " << name;
  std::cout << "\n" << findings << " findings\n";
  return findings;
}

int usage() {
  std::cerr << "sim [--seed N] [--runs M] [--bug NAME] [--bugs] [--tries N] [--seconds N] "
               "[--twice] [--regressions FILE] [--trace]\n";
  return 2;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    const auto value = [&]() -> std::string { return i + 1 < argc ? argv[++i] : "0"; };
    if (name == "--seed")
      options.seed = std::stoull(value());
    else if (name == "--runs")
      options.runs = std::stoull(value());
    else if (name == "--tries")
      options.tries_max = std::stoull(value());
    else if (name == "--seconds")
      options.seconds_max = std::stoll(value());
    else if (name == "--bug")
      options.bug = value();
    else if (name == "--regressions")
      options.regressions = value();
    else if (name == "--bugs")
      options.bugs = true;
    else if (name == "--twice")
      options.twice = true;
    else if (name == "--trace")
      options.trace = true;
    else
      return usage();
  }
  if (!options.bug.empty() && bug_named(options.bug) == PlantedBug::kNone) return usage();
  int result = 0;
  if (options.bugs) {
    result = find_bugs(options);
  } else {
    plant(bug_named(options.bug));
    result = run_many(options);
  }
  std::cout << repeated(options) << "\n";
  return result == 0 ? 0 : 1;
}
