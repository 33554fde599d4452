// SPDX-License-Identifier: Apache-2.0
// Reads the workload (README.md beside this file) for the driver that measures Daybook: one value
// per line, in order. Opens the file and nothing else; one thread per reader. Does not know what a
// visit is and writes nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace daybook::bench {

enum class WorkKind { put, set };

struct WorkOp {
  WorkKind kind = WorkKind::put;
  std::string collection;
  std::string id;
  // Strings, int64 and booleans only. The two numbers of the workload that are not whole, `lat` and
  // `lon`, are here as Daybook keeps them: whole, times 10^7.
  nlohmann::json fields;
};

// What is committed together.
struct WorkUnit {
  std::int64_t n = 0;
  std::string kind;  // open, travel, arrive, close, conflictA, conflictB
  std::int64_t ts = 0;
  std::vector<WorkOp> ops;
};

// False when the line is not of the workload; `why` then names the field.
bool parse_work_unit(std::string_view line, WorkUnit& unit, std::string& why);

// One unit at a time, so that a measured process never holds the whole file.
class WorkloadReader {
 public:
  bool open(const std::string& path, std::string& why);

  // False at the end, with `why` empty, and on a wrong line, with its number and field in `why`.
  bool next(WorkUnit& unit, std::string& why);

 private:
  std::ifstream file_;
  std::string path_;
  std::string line_;
  std::uint64_t lines_read_ = 0;
};

// At most `units_max` units from the beginning of the file. False, with line and field in `why`,
// when any is wrong.
bool load_workload(const std::string& path, std::size_t units_max, std::vector<WorkUnit>& units,
                   std::string& why);

}  // namespace daybook::bench
