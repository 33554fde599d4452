// SPDX-License-Identifier: Apache-2.0
// `daybookd doctor`: looks at everything that a server stands on, says what is not well and what to
// do about it. Changes nothing; may run beside a serving daybookd. One thread; called by main.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/ports/clock.hpp"
#include "sync-server/app/config.hpp"

namespace daybook {

struct Finding {
  enum class Kind { kGood, kLook, kBad };
  Kind kind = Kind::kGood;
  std::string what;  // "store", "clock", … stable, for programs
  // What was found, and what to do when it is not good; English and Chinese.
  std::string found_en, found_zh;
  std::string do_en, do_zh;
};

// Each finding is told as soon as it is made. `quick` leaves out what reads the whole store.
std::vector<Finding> examine(const Config& config, Clock& clock, bool quick,
                             const std::function<void(const Finding&)>& tell);

}  // namespace daybook
