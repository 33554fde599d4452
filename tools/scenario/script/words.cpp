// SPDX-License-Identifier: Apache-2.0
#include "tools/scenario/script/words.hpp"

#include <array>

namespace daybook::scenario {
namespace {

constexpr std::array kWords{
    // Who and what
    Spelling{"scenario", "场景"},
    Spelling{"schema", "规则表"},
    Spelling{"pending", "待办"},
    Spelling{"technician", "技师"},
    Spelling{"phones", "手机"},
    Spelling{"office", "总部"},
    Spelling{"of", "属于"},
    // What people do
    Spelling{"creates", "新建"},
    Spelling{"sets", "修改"},
    Spelling{"and", "并"},
    Spelling{"as", "记作"},
    Spelling{"fails", "被拒"},
    Spelling{"does", "办理"},
    Spelling{"lacks", "欠缺"},
    Spelling{"warns", "提醒"},
    Spelling{"makes", "产生"},
    Spelling{"signs", "签署"},
    Spelling{"form", "处理单"},
    Spelling{"survey", "调查表"},
    Spelling{"looks", "查看"},
    Spelling{"settles", "裁决"},
    Spelling{"approves", "核准"},
    Spelling{"because", "理由"},
    Spelling{"revokes", "吊销"},
    // What happens to phones and their line
    Spelling{"offline", "离线"},
    Spelling{"online", "联网"},
    Spelling{"sends", "发出"},
    Spelling{"hears", "收到"},
    Spelling{"loses", "丢失"},
    Spelling{"resends", "重发"},
    Spelling{"restarts", "重启"},
    Spelling{"clock", "时钟"},
    Spelling{"copies", "复制为"},
    Spelling{"wait", "等待"},
    Spelling{"unsteady", "断续"},
    Spelling{"holds", "拍得"},
    Spelling{"carries", "上传"},
    Spelling{"every", "每隔"},
    // What must be so
    Spelling{"expect", "预期"},
    Spelling{"told", "获知"},
    Spelling{"nothing", "无事"},
    Spelling{"rule", "规则"},
    Spelling{"why", "缘由"},
    Spelling{"case", "案件"},
    Spelling{"cases", "案件数"},
    Spelling{"on", "在"},
    Spelling{"no", "没有"},
    Spelling{"kept", "留存"},
    Spelling{"count", "条数"},
    Spelling{"skew", "钟差"},
    Spelling{"view", "视图"},
    Spelling{"lost", "缺失"},
    Spelling{"paper", "纸面"},
    Spelling{"history", "经过"},
    Spelling{"alike", "一致"},
    Spelling{"content", "原件"},
    Spelling{"contents", "原件数"},
    Spelling{"carried", "已传"},
    Spelling{"broken", "断线"},
    Spelling{"whole", "完整"},
    // Values
    Spelling{"absent", "空缺"},
    Spelling{"null", "空值"},
    Spelling{"true", "是"},
    Spelling{"false", "否"},
    // Members of a history
    Spelling{"by", "经手"},
    Spelling{"was", "原为"},
    Spelling{"asked", "所求"},
    Spelling{"outcome", "结果"},
    Spelling{"captured", "填写于"},
    Spelling{"learnt", "获悉于"},
    // Verdicts
    Spelling{"accepted", "入账"},
    Spelling{"merged", "合并"},
    Spelling{"conflicted", "冲突"},
    Spelling{"parked", "搁置"},
    Spelling{"refused", "拒绝"},
    Spelling{"discarded", "弃置"},
    Spelling{"further", "后续"},
    // What became of a field
    Spelling{"taken", "采用"},
    Spelling{"same", "相同"},
    Spelling{"proposed", "建议"},
    Spelling{"conflict", "争议"},
    Spelling{"taken_over", "取代"},
    Spelling{"overruled", "改定"},
    // Kinds of cases
    Spelling{"field", "字段"},
    Spelling{"late", "迟到"},
    Spelling{"amendment", "更正"},
    Spelling{"device_forked", "设备分叉"},
    Spelling{"device_held", "设备扣留"},
    Spelling{"restore", "恢复"},
    Spelling{"lost_in_restore", "恢复丢失"},
    Spelling{"contested", "重号"},
    Spelling{"balance", "账不平"},
    Spelling{"revoked_key", "密钥已吊销"},
    Spelling{"evidence_lost", "证据缺失"},
    Spelling{"unsealed_contribution", "封存之外"},
    // Choices of a person
    Spelling{"base", "原值"},
    Spelling{"device", "设备"},
    Spelling{"both", "两者"},
    Spelling{"value", "另定"},
    Spelling{"release", "放行"},
    Spelling{"discard", "丢弃"},
    Spelling{"confirm", "确认"},
    // Why a phone is revoked
    Spelling{"leaver", "离职"},
    Spelling{"stolen", "被盗"},
};

}  // namespace

std::span<const Spelling> vocabulary() { return kWords; }

std::string_view key_of(std::string_view word) {
  for (const auto& spelling : vocabulary()) {
    if (word == spelling.chinese) return spelling.english;
  }
  return word;
}

std::string_view spelled(std::string_view key, Language language) {
  if (language == Language::kEnglish) return key;
  for (const auto& spelling : vocabulary()) {
    if (key == spelling.english) return spelling.chinese;
  }
  return key;
}

}  // namespace daybook::scenario
