// SPDX-License-Identifier: Apache-2.0
#include "sync-server/app/keeping_commands.hpp"

#include <cstdlib>
#include <iostream>
#include <nlohmann/json.hpp>

#include "core/platform/system_clock.hpp"
#include "sync-server/app/doctor.hpp"
#include "sync-server/app/keeping.hpp"

namespace daybook {
namespace {

using Json = nlohmann::ordered_json;

std::string say(const std::string& english, const std::string& chinese) {
  return speaks_chinese() ? chinese : english;
}

int complain(const Error& error, const std::string& what_to_do) {
  std::cerr << "daybookd: " << to_string(error) << "\n" << what_to_do << "\n";
  return 2;
}

const char* name_of(Finding::Kind kind) {
  switch (kind) {
    case Finding::Kind::kGood: return "good";
    case Finding::Kind::kLook: return "look";
    case Finding::Kind::kBad: return "bad";
  }
  return "bad";
}

void print(const Finding& finding) {
  const bool zh = speaks_chinese();
  const char* mark = finding.kind == Finding::Kind::kGood   ? (zh ? "  正常  " : "  good  ")
                     : finding.kind == Finding::Kind::kLook ? (zh ? "  留意  " : "  LOOK  ")
                                                            : (zh ? "  故障  " : "  BAD   ");
  std::cout << mark << finding.what << ": " << (zh ? finding.found_zh : finding.found_en) << "\n";
  const auto& what_to_do = zh ? finding.do_zh : finding.do_en;
  if (!what_to_do.empty()) std::cout << "          → " << what_to_do << "\n";
  std::cout.flush();
}

std::string seconds(std::int64_t ms) {
  return std::to_string(ms / 1000) + "." + std::to_string(ms % 1000 / 100) + " s";
}

}  // namespace

bool speaks_chinese() {
  for (const char* name : {"LC_ALL", "LC_MESSAGES", "LANG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') return std::string_view(value).substr(0, 2) == "zh";
  }
  return false;
}

int run_doctor(const Config& config, bool quick, bool json) {
  SystemClock clock;
  Json told = Json::array();
  const auto findings = examine(config, clock, quick, [&](const Finding& finding) {
    if (!json) print(finding);
    told.push_back({{"what", finding.what},
                    {"kind", name_of(finding.kind)},
                    {"found", say(finding.found_en, finding.found_zh)},
                    {"do", say(finding.do_en, finding.do_zh)}});
  });
  if (json) std::cout << told.dump(2, ' ', false, Json::error_handler_t::replace) << "\n";
  int code = 0;
  for (const auto& finding : findings) {
    if (finding.kind == Finding::Kind::kLook) code = std::max(code, 1);
    if (finding.kind == Finding::Kind::kBad) code = 2;
  }
  return code;
}

int run_verify(const std::string& backup) {
  const auto proof = prove_backup(backup);
  if (!proof.ok())
    return complain(proof.error(), say("Do not count on this backup; take another.",
                                       "此备份不可用；请重新备份。"));
  std::cout << say("Good: commits 1 to ", "正常：提交 1 至 ") << proof->head.version
            << say(" chain up, ", " 链完整，") << proof->records
            << say(" records can be read.\n", " 条记录可读。\n");
  return 0;
}

int run_drill(const Config& config, const std::string& backup) {
  const auto report = drill_restore(config, backup);
  if (!report.ok())
    return complain(report.error(),
                    say("A restore from this backup would fail like this. Nothing was changed.",
                        "用此备份恢复将会这样失败。未作任何更改。"));
  std::cout << say("A restore from this backup works: commits 1 to ", "可用此备份恢复：提交 1 至 ")
            << report->proof.head.version << ", " << report->proof.records
            << say(" records, ready after ", " 条记录，就绪需 ") << seconds(report->restore_ms)
            << say(", lists after ", "，列表需 ") << seconds(report->reports_ms)
            << say(" more.\n", "。\n");
  std::cout << report->contents.contents
            << say(" attachments belong to it, ", " 个附件属于它，其中缺 ")
            << report->contents.missing << say(" of them are not beside it.\n", " 个。\n");
  if (report->live_head > 0) {
    std::cout << say("The store that serves now has ", "现有数据比它多 ") << report->missing
              << say(" commits more; phones send theirs again, HQ's own would be missing.\n",
                     " 次提交；手机会补发自己的部分，总部自己的将缺失。\n");
  }
  std::cout << say("Nothing was changed; the scratch copy is gone.\n",
                   "未作任何更改；临时副本已删除。\n");
  return 0;
}

int run_migrate(const Config& config, bool dry) {
  const auto report = migrate_store(config, dry);
  if (!report.ok())
    return complain(report.error(),
                    dry ? say("The migration would fail like this. Nothing was changed.",
                              "迁移将会这样失败。未作任何更改。")
                        : say("Stop daybookd first. A step that failed was taken back.",
                              "请先停止 daybookd。失败的步骤已撤回。"));
  const std::string from = std::to_string(report->before.found);
  const std::string to = std::to_string(report->before.newest);
  std::cout << (dry ? say("On a copy: ", "在副本上：") : "") << say("format ", "格式 ") << from
            << " → " << to << say(" in ", "，用时 ") << seconds(report->took_ms)
            << say("; commits 1 to ", "；提交 1 至 ") << report->proof.head.version
            << say(" chain up, ", " 链完整，") << report->proof.records
            << say(" records can be read.\n", " 条记录可读。\n");
  if (dry)
    std::cout << say(
        "The store was not touched. There is no way back from a new format but a backup.\n",
        "原数据未动。新格式只能靠备份退回。\n");
  return 0;
}

}  // namespace daybook
