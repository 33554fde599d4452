// SPDX-License-Identifier: Apache-2.0
// Cases, parked sets and what a technician saw, for people who do not read JSON.
#include <array>

#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"

namespace daybook::cli {
namespace {

struct Name {
  std::string_view code, english, chinese;
};

constexpr std::array kNames = {
    Name{"field", "both changed it", "双方都改了"},
    Name{"late", "late work", "迟到的工作"},
    Name{"device_forked", "phone restored or cloned", "手机被恢复或克隆"},
    Name{"parked", "set cannot be applied", "无法入账"},
    Name{"restore", "lost in a restore, phone has it", "恢复后手机仍有"},
    Name{"lost_in_restore", "lost in a restore", "恢复后丢失"},
    Name{"device_held", "phone is held", "手机被暂停"},
    Name{"amendment", "signed work would change", "已签字内容有改动"},
    Name{"contested", "two records, one key", "同一业务键两条记录"},
    Name{"balance", "a balance is out of bounds", "结存越界"},
    Name{"revoked_key", "facts under the key of a leaver", "离职人员密钥下的事实"},
    Name{"evidence_lost", "photos went with the phone: the form is valid, its evidence incomplete",
         "照片随手机丢失：处理单有效，证据不完整"},
    Name{"unsealed_contribution", "not in the form that was signed: amend it, or confirm",
         "不在已签处理单内：请更正或确认"},
    Name{"open", "open", "待处理"},
    Name{"decided", "decided, on its way to the phones", "已处理，送达手机中"},
    Name{"closed", "closed", "已结案"},
    Name{"low", "low", "低"},
    Name{"normal", "normal", "中"},
    Name{"high", "high", "高"},
    Name{"opened", "opened", "立案"},
    Name{"claimed", "took it in hand", "认领"},
    Name{"assigned", "handed it to", "转交给"},
    Name{"asked", "asked", "询问"},
    Name{"answered", "answered", "回复"},
    Name{"proposed", "proposed", "建议"},
    Name{"approved", "approved", "同意"},
    Name{"declined", "declined", "不同意"},
    Name{"resolved", "decided", "处理为"},
    Name{"undone", "took back", "撤销"},
    Name{"base", "as it was before", "原值"},
    Name{"office", "headquarters", "总部"},
    Name{"device", "the phone", "手机"},
    Name{"both", "both", "双方都保留"},
    Name{"value", "a new value", "新值"},
    Name{"release", "release", "放行"},
    Name{"discard", "discard", "作废"},
    Name{"discard_all", "discard with all that builds on it", "连同后续作废"},
    Name{"repair", "repair", "更正"},
    Name{"confirm", "seen", "已知悉"},
    Name{"undo", "undo", "撤销"},
};

std::string named(const Words& words, const Json& code) {
  const std::string text = shown(code);
  for (const auto& name : kNames) {
    if (name.code == text) return words(name.english, name.chinese);
  }
  return text;
}

// "li, 2026-09-21 13:33 … 13:34 (received 13:40)"
std::string author_text(const Words& words, const Json& author) {
  if (!author.is_object()) return "–";
  const auto& stamp = at(author, "at");
  const std::string told = at(stamp, "measured") == Json(true)
                               ? when(at(stamp, "from_ms")) + " … " + when(at(stamp, "to_ms"))
                               : when(at(stamp, "claimed_ms")) + "?";
  return printable(text_at(author, "by")) + ", " + told + words(", received ", "，收到于 ") +
         when(at(author, "received_ms"));
}

std::string event_text(const Words& words, const Json& event) {
  std::string text = named(words, at(event, "what"));
  if (at(event, "to").is_string()) text += " " + text_at(event, "to");
  if (at(event, "what") == Json("assigned") && !at(event, "to").is_string())
    text = words("gave it back", "退回");
  if (at(event, "choice").is_string()) text += " " + named(words, at(event, "choice"));
  if (event.contains("value")) text += " = " + shown(at(event, "value"));
  if (at(event, "text").is_string()) text += words(": ", "：") + text_at(event, "text");
  return text;
}

std::string history_text(const Words& words, const Json& json) {
  Table table({words("WHEN", "时间"), words("WHO", "人员"), words("WHAT", "事项")});
  for (const auto& event : at(json, "history"))
    table.add({when(at(event, "at_ms")), text_at(event, "by"), event_text(words, event)});
  return table.empty() ? "" : table.text(120);
}

std::string choices_text(const Words& words, const Json& json) {
  std::string text;
  for (const auto& choice : at(json, "choices"))
    text += (text.empty() ? "" : ", ") + shown(choice) + " (" + named(words, choice) + ")";
  return text.empty() ? "–" : text;
}

std::string waits_text(const Json& json) {
  std::string text;
  for (const auto& device : at(json, "waits_for"))
    text += (text.empty() ? "" : ", ") + text_at(device, "actor") + " " + text_at(device, "name");
  return text;
}

std::string related_text(const Words& words, const Json& related) {
  std::string text;
  for (const auto& other : at(related, "cases")) {
    text += (text.empty() ? "" : "; ") + words("case ", "案件 ") + text_at(other, "number") + " (" +
            text_at(other, "field") + ", " + named(words, at(other, "state")) + ")";
  }
  for (const auto& fact : at(related, "facts")) {
    std::string values;
    for (const auto& [name, value] : at(fact, "values").items()) {
      if (value.is_string() && value.get_ref<const std::string&>().size() > 40) continue;
      values += (values.empty() ? "" : ", ") + name + " " + shown(value);
    }
    text += (text.empty() ? "" : "; ") + text_at(fact, "collection") + " (" + values + ")";
  }
  return text;
}

// "evidence image/jpeg 200000 <digest>" each; "part_swap/<id>" each.
void add_each(const std::string& what, const Json& list, Table& table) {
  if (!list.is_array()) return;
  for (const auto& one : list) table.add({what, shown(one)});
}

void add_sides(const Words& words, const Json& json, Table& table) {
  const auto& record = at(json, "record");
  if (record.is_null()) return;
  table.add({words("Record", "记录"), text_at(record, "collection") + " " + text_at(record, "id")});
  const auto kind = text_at(json, "kind");
  const auto& listed = at(json, "device");
  if (kind == "evidence_lost") return add_each(words("Missing", "缺失"), listed, table);
  if (kind == "unsealed_contribution" && at(json, "office").is_null() && listed.is_array())
    return add_each(words("Not in it", "未含"), listed, table);
  table.add({words("Field", "字段"), text_at(json, "field")});
  table.add({words("Before (seen by the phone)", "原值（手机所见）"), text_at(json, "base")});
  table.add({words("Headquarters", "总部"), text_at(json, "office")});
  table.add({words("Phone", "手机"), text_at(json, "device")});
  if (json.contains("device_by"))
    table.add({words("  written by", "  填写"), author_text(words, at(json, "device_by"))});
  table.add({words("In force now", "当前有效"), text_at(json, "in_force")});
  if (json.contains("in_force_by"))
    table.add({words("  written by", "  填写"), author_text(words, at(json, "in_force_by"))});
}

void add_standing(const Words& words, const Json& json, Table& table) {
  table.add({words("Person", "人员"), text_at(json, "device_actor")});
  table.add(
      {words("Rule that could not decide", "无法判定的规则"),
       text_at(json, "rule") + words(", version ", "，版本 ") + text_at(json, "rules_version")});
  table.add({words("Detail", "说明"), text_at(json, "detail")});
  table.add({words("Severity", "严重程度"), named(words, at(json, "severity"))});
  std::string due = when(at(json, "due_ms"));
  if (at(json, "overdue") == Json(true)) due += words("  OVERDUE", "  已超期");
  table.add({words("Due", "期限"), due});
  table.add({words("In hand of", "经办人"), text_at(json, "holder")});
  if (const auto& asked = at(json, "question"); asked.is_object())
    table.add({words("Waits for an answer of", "等待回复"),
               text_at(asked, "to") + words(": ", "：") + text_at(asked, "text")});
  if (const auto& proposed = at(json, "proposal"); proposed.is_object())
    table.add({words("Waits for a second person", "等待复核"),
               text_at(proposed, "by") + " " + event_text(words, proposed)});
  table.add({words("Sets", "变更集"), text_at(json, "sets")});
  if (const auto related = related_text(words, at(json, "related")); !related.empty())
    table.add({words("Related", "相关"), related});
  if (at(json, "resolved_by").is_string()) {
    table.add({words("Settled by", "处理人"), text_at(json, "resolved_by")});
    table.add({words("Choice", "选择"), named(words, at(json, "choice"))});
    table.add({words("Reason", "理由"), text_at(json, "reason")});
    if (const auto waits = waits_text(json); !waits.empty())
      table.add({words("Still to reach", "尚未送达"), waits});
    return;
  }
  std::string choices = choices_text(words, json);
  if (at(json, "takes_two_people") == Json(true))
    choices += words("; takes two people", "；须两人复核");
  table.add({words("Choices", "可选"), choices});
}

}  // namespace

std::string print_cases(const Words& words, const Json& json) {
  Table table({words("CASE", "案件"), words("DUE", "期限"), words("SEVERITY", "程度"),
               words("WHAT", "种类"), words("RECORD", "记录"), words("FIELD", "字段"),
               words("HEADQUARTERS", "总部"), words("PHONE", "手机"), words("PERSON", "人员"),
               words("IN HAND OF", "经办人"), words("STATE", "状态")});
  for (const auto& one : at(json, "cases")) {
    const auto& record = at(one, "record");
    const std::string name =
        record.is_null() ? "–" : text_at(record, "collection") + " " + text_at(record, "id");
    std::string due = when(at(one, "due_ms"));
    if (at(one, "overdue") == Json(true)) due = "! " + due;
    table.add({text_at(one, "number"), due, named(words, at(one, "severity")),
               named(words, at(one, "kind")), name, text_at(one, "field"), text_at(one, "office"),
               text_at(one, "device"), text_at(one, "device_actor"), text_at(one, "holder"),
               named(words, at(one, "state"))});
  }
  if (table.empty())
    return words("No cases. Nothing waits for a decision.\n", "没有案件，无需处理。\n");
  std::string out = table.text(46);
  if (at(json, "next").is_number())
    out += words("More: --after ", "更多：--after ") + text_at(json, "next") + "\n";
  return out;
}

std::string print_case(const Words& words, const Json& json) {
  std::string out = words("Case ", "案件 ") + text_at(json, "number") + " (" +
                    named(words, at(json, "kind")) + "), " + named(words, at(json, "state")) + "\n";
  Table table({"", ""});
  add_sides(words, json, table);
  add_standing(words, json, table);
  return out + table.text(200).substr(1) + history_text(words, json);  // without the empty heads
}

std::string print_alike_outcome(const Words& words, const Json& json) {
  std::string out = words("Settled in one act: ", "一次处理：") +
                    std::to_string(at(json, "settled").size()) + words(" cases (", " 件（") +
                    text_at(json, "settled") + words(").\n", "）。\n");
  for (const auto& left : at(json, "left")) {
    out += words("  left open: ", "  未处理：") + text_at(left, "number") + " – " +
           printable(text_at(left, "why")) + "\n";
  }
  return out;
}

std::string print_parked(const Words& words, const Json& json) {
  Table table({words("SET", "变更集"), words("BY", "填写人"), words("DEVICE", "设备"),
               words("REASON", "原因"), words("DETAIL", "说明"), words("CASE", "案件"),
               words("WAITS FOR", "等待")});
  for (const auto& one : at(json, "parked")) {
    table.add({text_at(one, "set"), text_at(one, "by"), text_at(one, "device"),
               text_at(one, "reason"), text_at(one, "detail"), text_at(one, "case"),
               text_at(one, "waits_for")});
  }
  return table.empty() ? words("Nothing is parked.\n", "没有搁置的变更集。\n") : table.text();
}

std::string print_seen(const Words& words, const Json& json) {
  std::string out =
      words("Set ", "变更集 ") + text_at(json, "set") + words(" of ", "，填写人 ") +
      author_text(words, at(json, "author")) + "\n" +
      words("The phone showed headquarters' state up to commit ", "当时手机显示总部数据至提交 ") +
      text_at(json, "seen_version") + ".\n";
  for (const auto& record : at(json, "records")) {
    out += "\n" + text_at(record, "collection") + " " + text_at(record, "id");
    out += at(record, "exact") == Json(true) ? "" : words(" (reconstructed)", "（推算）");
    out += "\n";
    if (at(record, "values").is_null()) {
      out += words("  was not on the phone\n", "  手机上没有\n");
      continue;
    }
    Table table({words("FIELD", "字段"), words("SAW", "所见"), words("OF", "来源"),
                 words("WROTE", "改为")});
    for (const auto& [name, value] : at(record, "values").items()) {
      const auto& own = at(at(record, "own"), name.c_str());
      const auto& wrote = at(at(record, "wrote"), name.c_str());
      table.add({name, shown(value),
                 own.is_null() ? words("headquarters", "总部")
                               : words("own set ", "自己的 ") + shown(own),
                 wrote.is_null() && !at(record, "wrote").contains(name) ? "" : shown(wrote)});
    }
    out += table.text(80);
  }
  return out;
}

std::string print_story(const Words& words, const Json& json) {
  std::string out = text_at(at(json, "record"), "collection") + " " +
                    text_at(at(json, "record"), "id") + ", " + text_at(json, "field") +
                    words(": now ", "：现为 ") + text_at(json, "in_force") + "\n";
  Table table({words("WHO", "人员"), words("DEVICE TIME", "设备时间"), words("RECEIVED", "收到"),
               words("OLD", "原值"), words("NEW", "新值"), words("BECAME", "结果"),
               words("RULE", "规则"), words("WHY", "缘由")});
  for (const auto& act : at(json, "history")) {
    const auto& stamp = at(act, "at");
    const std::string told = at(stamp, "measured") == Json(true)
                                 ? when(at(stamp, "from_ms")) + " … " + when(at(stamp, "to_ms"))
                                 : when(at(stamp, "claimed_ms")) + "?";
    for (const auto& field : at(act, "fields")) {
      const bool claim = field.contains("claimed");
      table.add(
          {text_at(act, "by"), told, when(at(act, "received_ms")),
           claim ? words("(saw)", "（所见）") : text_at(field, "old"),
           claim ? text_at(field, "claimed") : text_at(field, "new"), text_at(field, "outcome"),
           text_at(field, "rule") + " v" + text_at(act, "rules_version"), text_at(field, "why")});
    }
  }
  return out + table.text(44);
}

}  // namespace daybook::cli
