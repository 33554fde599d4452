// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/paper_words.hpp"

#include <algorithm>
#include <array>

#include "core/base/hex.hpp"
#include "sync-server/views/value_text.hpp"

namespace daybook {
namespace {

constexpr std::size_t kListItemsMax = 500;

struct ValueWord {
  std::string_view value, zh, en;
};

// Values of the built-in schema that people read on paper. One that is not here is printed as it
// is.
constexpr std::array kValueWords = {
    ValueWord{"aborted", "中止", "aborted"},
    ValueWord{"accepted", "已接受", "accepted"},
    ValueWord{"approved", "批准", "approved"},
    ValueWord{"archived", "已存档", "archived"},
    ValueWord{"arrived", "到达", "arrived"},
    ValueWord{"awaiting_signature", "待签字", "awaiting signature"},
    ValueWord{"badge_shown", "出示工作证", "badge shown"},
    ValueWord{"bring_back", "带回", "brought back"},
    ValueWord{"cancelled", "已取消", "cancelled"},
    ValueWord{"closed", "已结", "closed"},
    ValueWord{"contract", "合同服务", "contract"},
    ValueWord{"counted", "已清点", "counted"},
    ValueWord{"booked", "已入库", "booked"},
    ValueWord{"decided", "已审批", "decided"},
    ValueWord{"declined", "谢绝", "declined"},
    ValueWord{"deliverer", "送货人联", "deliverer's copy"},
    ValueWord{"delivered", "已送还", "delivered"},
    ValueWord{"departed", "出发", "departed"},
    ValueWord{"draft", "草稿", "draft"},
    ValueWord{"drawn", "手写", "drawn"},
    ValueWord{"both", "手写并盖章", "drawn and stamped"},
    ValueWord{"escalated", "已上报", "escalated"},
    ValueWord{"factory", "厂家", "factory"},
    ValueWord{"fixed", "已修复", "fixed"},
    ValueWord{"free", "免费", "free"},
    ValueWord{"good", "良好", "good"},
    ValueWord{"hazardous_left", "危险品留置", "left: hazardous"},
    ValueWord{"in_use", "使用中", "in use"},
    ValueWord{"inspected", "查", "inspected"},
    ValueWord{"installation", "安装", "installation"},
    ValueWord{"introduced", "自我介绍", "introduced"},
    ValueWord{"left", "离开", "left"},
    ValueWord{"left_with_customer", "留给用户", "left with the customer"},
    ValueWord{"link", "链接", "link"},
    ValueWord{"listened", "听", "listened"},
    ValueWord{"looked", "看", "looked"},
    ValueWord{"lost", "遗失", "lost"},
    ValueWord{"no", "否", "no"},
    ValueWord{"nobody_there", "无人在场", "nobody there"},
    ValueWord{"not_fixed", "未修复", "not fixed"},
    ValueWord{"not_repairable", "无法修复", "not repairable"},
    ValueWord{"on_bench", "在修", "on the bench"},
    ValueWord{"on_site", "现场", "on site"},
    ValueWord{"online", "线上", "online"},
    ValueWord{"open", "未结", "open"},
    ValueWord{"paid", "收费", "paid"},
    ValueWord{"partly", "部分批准", "partly"},
    ValueWord{"paused", "暂停", "paused"},
    ValueWord{"phone", "电话", "phone"},
    ValueWord{"phone_followup", "电话回访", "follow-up call"},
    ValueWord{"planned", "已安排", "planned"},
    ValueWord{"pre_contacted", "事先联系", "contacted beforehand"},
    ValueWord{"refused", "拒绝", "refused"},
    ValueWord{"refused_by_customer", "用户拒绝", "refused by the customer"},
    ValueWord{"refused_to_sign", "拒绝签字", "refused to sign"},
    ValueWord{"repaired", "已修复", "repaired"},
    ValueWord{"replaced", "已更换", "replaced"},
    ValueWord{"reported", "已汇报", "reported"},
    ValueWord{"representative", "代表", "representative"},
    ValueWord{"resumed", "继续", "resumed"},
    ValueWord{"returned", "退回", "returned"},
    ValueWord{"scrapped", "报废", "scrapped"},
    ValueWord{"signed", "已签字", "signed"},
    ValueWord{"stamp_photo", "盖章", "stamp"},
    ValueWord{"store", "库房联", "store's copy"},
    ValueWord{"submitted", "已提交", "submitted"},
    ValueWord{"taken_away", "取回修理", "taken away"},
    ValueWord{"transport", "运输", "transport"},
    ValueWord{"travelling", "途中", "travelling"},
    ValueWord{"unclear", "不清楚", "unclear"},
    ValueWord{"unknown", "不明", "unknown"},
    ValueWord{"user", "用户", "user"},
    ValueWord{"witness", "见证人", "witness"},
    ValueWord{"work_done", "完工", "work done"},
    ValueWord{"work_started", "开工", "work started"},
    ValueWord{"working", "施工中", "working"},
    ValueWord{"yearly", "年度", "yearly"},
    ValueWord{"yes", "是", "yes"},
};

}  // namespace

std::optional<PaperTongue> paper_tongue_from(std::string_view name) {
  if (name == "zh") return PaperTongue::kChinese;
  if (name == "en") return PaperTongue::kEnglish;
  if (name == "both") return PaperTongue::kBoth;
  return std::nullopt;
}

const Value* held(const RecordState& record, const std::string& field) {
  const auto found = record.fields.find(field);
  if (found == record.fields.end() || found->second.value.is_null()) return nullptr;
  return &found->second.value;
}

std::string text_held(const RecordState& record, const std::string& field) {
  const auto* value = held(record, field);
  return value != nullptr && value->kind() == Value::Kind::kText ? value->as_text() : std::string{};
}

std::int64_t number_held(const RecordState& record, const std::string& field) {
  const auto* value = held(record, field);
  return value != nullptr && value->kind() == Value::Kind::kInt ? value->as_int() : 0;
}

std::string PaperWords::say(std::string_view zh, std::string_view en) const {
  if (tongue_ == PaperTongue::kChinese || en.empty()) return std::string(zh.empty() ? en : zh);
  if (tongue_ == PaperTongue::kEnglish || zh.empty()) return std::string(en);
  return std::string(zh) + " " + std::string(en);
}

std::string PaperWords::label(const CollectionSchema* collection) const {
  if (collection == nullptr) return {};
  if (collection->label_zh.empty() && collection->label_en.empty()) return collection->name;
  return say(collection->label_zh, collection->label_en);
}

std::string PaperWords::label(const CollectionSchema* collection, const std::string& field) const {
  const auto* known = collection == nullptr ? nullptr : collection->find(field);
  if (known == nullptr || (known->label_zh.empty() && known->label_en.empty())) return field;
  return say(known->label_zh, known->label_en);
}

std::string PaperWords::time(std::int64_t ms) const { return time_text(ms, utc_offset_min_); }

std::string PaperWords::value_word(const std::string& value) const {
  const auto* found = std::find_if(kValueWords.begin(), kValueWords.end(),
                                   [&](const ValueWord& word) { return word.value == value; });
  return found == kValueWords.end() ? value : say(found->zh, found->en);
}

Result<std::string> PaperWords::person(const ActorId& actor) const {
  if (actor.empty()) return std::string(kNothing);
  DAYBOOK_ASSIGN(const auto user, store_.find_user(actor));
  if (!user || user->display_name.empty() || user->display_name == actor) return std::string(actor);
  return user->display_name + " (" + actor + ")";
}

Result<std::string> PaperWords::text(const FieldSchema* field, const Value* value) const {
  if (value == nullptr || value->is_null()) return std::string(kNothing);
  if (value->kind() != Value::Kind::kList) {
    DAYBOOK_ASSIGN(auto text, scalar(field, *value));
    return text.empty() ? std::string(kNothing) : text;
  }
  std::string out;
  std::size_t shown = 0;
  for (const auto& item : value->as_list()) {
    DAYBOOK_ASSIGN(const auto text, scalar(field, item));
    out += (shown == 0 ? "" : "\n") + text;
    if (++shown == kListItemsMax) {
      out += "\n…";
      break;
    }
  }
  return out.empty() ? std::string(kNothing) : out;
}

Result<std::string> PaperWords::text(const RecordState& record, const std::string& field) const {
  const auto* collection = schema_.find(record.record.collection);
  return text(collection == nullptr ? nullptr : collection->find(field), held(record, field));
}

Result<std::string> PaperWords::scalar(const FieldSchema* field, const Value& value) const {
  switch (value.kind()) {
    case Value::Kind::kBool: return value.as_bool() ? say("是", "yes") : say("否", "no");
    case Value::Kind::kText:
      return field != nullptr && !field->values.empty() ? value_word(value.as_text())
                                                        : value.as_text();
    default: break;
  }
  return ValueText(store_, schema_, utc_offset_min_, sees_).of(field, value);
}

}  // namespace daybook
