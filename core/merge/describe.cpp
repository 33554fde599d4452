// SPDX-License-Identifier: Apache-2.0
#include "core/merge/describe.hpp"

#include "core/base/utf8_cut.hpp"

#include <array>

namespace daybook {
namespace {

struct Sentence {
  std::string_view why;
  std::string_view english;
  std::string_view chinese;
};

// One sentence for each reason a rule can give.
constexpr std::array kSentences{
    Sentence{"created", "set with the new record", "随新记录写入"},
    Sentence{"seen", "taken, its author had seen what was there", "采用：作者看过原来的值"},
    Sentence{"same", "was so already, nothing to write", "与现值相同，无需写入"},
    Sentence{"not_owner", "kept as a proposal, the other side owns this field",
             "作为建议保留：此字段归另一方"},
    Sentence{"owner_wins", "taken, the owner of the field had not seen the other value",
             "采用：字段归作者一方，未看过的值让位"},
    Sentence{"field_fact_wins", "what happened in the field stands, the office did not know of it",
             "以现场事实为准：办公室当时并不知情"},
    Sentence{"unseen_office_write",
             "kept as a proposal, the office had written something else meanwhile",
             "作为建议保留：办公室此前已写入别的值"},
    Sentence{"unseen_technician_write", "two technicians differ, a person decides",
             "两位技师意见不同，待人裁决"},
    Sentence{"both_changed", "both sides changed it, a person decides", "双方都改了，待人裁决"},
    Sentence{"fallback_side", "both sides changed it, the rule names whose value stands",
             "双方都改了：按规则定谁的值生效"},
    Sentence{"text_kept_both", "both texts were kept", "两段文字都保留"},
    Sentence{"text_too_long", "both texts together are too long, a person shortens them",
             "两段文字合起来过长，待人删减"},
    Sentence{"not_text", "two values that are not texts differ, a person decides",
             "值不是文字且不同，待人裁决"},
    Sentence{"larger", "the larger number stands", "取较大的数"},
    Sentence{"larger_stands", "the larger number stands", "取较大的数"},
    Sentence{"smaller_reading",
             "a smaller reading by someone who saw the larger one, a person decides",
             "看过较大读数后报来较小读数，待人裁决"},
    Sentence{"elements_joined", "joined element by element", "逐项合并"},
    Sentence{"elements_appended", "added at the end of the list", "追加到列表末尾"},
    Sentence{"list_too_long", "the joined list is too long, a person shortens it",
             "合并后的列表过长，待人删减"},
    Sentence{"append_only", "refused, this list only grows", "拒绝：此列表只能追加"},
    Sentence{"first_value", "taken, it had no value yet", "采用：原来没有值"},
    Sentence{"immutable", "refused, this field never changes once it is set",
             "拒绝：此字段写定不改"},
    Sentence{"fact", "refused, a fact is never edited", "拒绝：事实不可修改"},
    Sentence{"sealed", "the record is signed, the change waits as an amendment",
             "记录已签名，作为更正待处理"},
    Sentence{"signed_again", "amended under a new signature", "在新的签名下更正"},
    Sentence{"claim_stands",
             "the author relied on this value when it happened, a later one gives way",
             "作者当时依据此值行动，后来的值让位"},
    Sentence{"claimed_elsewhere", "somebody else relied on another value first, a person decides",
             "他人已依据另一个值行动在先，待人裁决"},
    Sentence{"claim_without_event", "a claim without its event changes nothing",
             "没有相应事件，声明不起作用"},
    Sentence{"claim_of_own_proposal",
             "the author relied on a wish of his own that was not confirmed",
             "作者依据的是自己尚未被确认的建议"},
    Sentence{"after_event", "refused, it was acted upon and is closed: write a new one",
             "拒绝：已据此办理，不再修改，请另写一份"},
    Sentence{"came_second", "kept, somebody else was accepted first", "保留：他人已先被受理"},
    Sentence{"forecast", "kept as a forecast, headquarters computes this field",
             "作为预估保留：此字段由总部计算"},
    Sentence{"computed", "computed anew by headquarters", "由总部重新计算"},
    Sentence{"transition", "taken, this step is allowed from the state in force",
             "采用：从现状态可转到此状态"},
    Sentence{"illegal_transition",
             "kept but not applied, this step is not allowed from the state in force, a person "
             "decides",
             "保留但未生效：从现状态不可转到此状态，待人裁决"},
    Sentence{"held", "held until a person has decided about what it rests on",
             "暂缓，待人裁决其依据"},
    Sentence{"group_incomplete",
             "fields that move together were changed by both, a person decides which stand",
             "必须一起变动的字段双方都改了，待人裁决以谁为准"},
    Sentence{"late", "sent after its author lost the right or the scope, kept for review",
             "作者已无权限或不在范围内，留待审核"},
    Sentence{"decided", "decided by a person", "由人裁决"},
    Sentence{"decided_too_late", "the value changed before the decision arrived, look again",
             "裁决到达前值已变动，请再看一次"},
};

constexpr std::size_t kValueBytesShown = 120;

std::string shown(const Value& value) { return beginning_of(to_string(value), kValueBytesShown); }

std::string line_for(const FieldPlan& plan, Language language) {
  const bool zh = language == Language::kChinese;
  std::string line = plan.field + (zh ? "：" : ": ");
  line += sentence_for(plan.why, language);
  const auto add = [&](std::string_view name_zh, std::string_view name_en,
                       const std::optional<Value>& value) {
    if (!value) return;
    line += zh ? "；" : "; ";
    line += zh ? name_zh : name_en;
    line += (zh ? "：" : " ") + shown(*value);
  };
  const auto in_force =
      plan.in_force || !plan.next ? plan.in_force : std::optional<Value>(plan.next->value);
  add("生效", "in force", in_force);
  if (plan.own && plan.own != in_force) add("请求", "asked for", plan.own);
  if (plan.lost && plan.lost != plan.own) add("让位", "superseded", plan.lost);
  if (plan.opens_case) line += zh ? "；已开立冲突单" : "; a case is opened";
  return line + (zh ? "（规则 " : " (rule ") + plan.rule + (zh ? "）\n" : ")\n");
}

}  // namespace

std::string_view sentence_for(std::string_view why, Language language) {
  for (const auto& sentence : kSentences) {
    if (sentence.why == why)
      return language == Language::kChinese ? sentence.chinese : sentence.english;
  }
  return why;
}

std::string describe(const MergePlan& plan, Language language) {
  const bool zh = language == Language::kChinese;
  if (plan.already_exists)
    return zh ? "记录已存在，不能再次创建\n"
              : "the record exists already and cannot be created again\n";
  std::string text;
  for (const auto& field : plan.fields) text += line_for(field, language);
  for (const auto& [name, write] : plan.events) text += (zh ? "事件：" : "event: ") + name + "\n";
  if (text.empty()) text = zh ? "没有变化\n" : "nothing changes\n";
  return text;
}

}  // namespace daybook
