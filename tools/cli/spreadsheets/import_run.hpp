// SPDX-License-Identifier: Apache-2.0
// One import from the file to the last batch: reads rows, plans them against what headquarters has,
// sends what is new in sets of some hundred records through the one write door. Says what is
// wrong line by line and goes on. Called by import_commands. One thread.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/cli/talk.hpp"
#include "tools/import/import_plan.hpp"
#include "tools/import/text_source.hpp"

namespace daybook::cli {

struct ImportCounts {
  std::uint64_t lines = 0, created = 0, changed = 0, same = 0, refused = 0, cases = 0;
};

// A planned row on its way, its fields as the text that is sent.
struct WaitingRow {
  std::uint64_t line = 0;
  sheet::PlannedRow::Kind kind = sheet::PlannedRow::Kind::kSame;
  std::string id;
  std::string change;  // of POST /api/sets
};

class ImportRun {
 public:
  ImportRun(const Wish& wish, const Words& words)
      : wish_(wish), words_(words), talk_(wish, words) {}

  // kGood when no line was refused.
  Ending run();

 private:
  Ending open(std::unique_ptr<sheet::TextSource>& source);
  Ending read_all(sheet::TextSource& source, sheet::ImportPlan& plan);
  Ending send_window(const sheet::TextSource& source, const sheet::ImportPlan& plan,
                     std::vector<WaitingRow> rows);
  Ending send_batch(const sheet::ImportPlan& plan, std::vector<WaitingRow> rows);
  Ending judge(const sheet::ImportPlan& plan, const Answer& answer, std::vector<WaitingRow>& rows);
  Ending split(const sheet::ImportPlan& plan, std::vector<WaitingRow> rows,
               const sheet::RowProblem& problem);
  void count(sheet::PlannedRow::Kind kind);
  void tell(const sheet::RowProblem& problem);
  void show_progress(const sheet::TextSource& source, bool last);
  Ending finish(const sheet::TextSource& source);
  sheet::ImportWish wanted() const;
  Result<sheet::KnownRecords> known(const std::string& collection,
                                    const std::vector<std::string>& key);

  const Wish& wish_;
  const Words& words_;
  Talk talk_;
  Schema schema_;
  ImportCounts counts_;
  std::int64_t shown_at_ms_ = 0;
  Ending line_ended_ = Ending::kGood;  // why asking headquarters failed
};

}  // namespace daybook::cli
