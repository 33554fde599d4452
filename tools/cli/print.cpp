// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/print.hpp"

#include <algorithm>

#include "tools/cli/table.hpp"

namespace daybook::cli {
namespace {

std::string flag_text(const Words& words, const Json& flag) {
  return flag == Json(true) ? words("yes", "是") : words("no", "否");
}

constexpr std::size_t kColumnsOfRecords = 5;

}  // namespace

const Json& at(const Json& json, const char* name) {
  static const Json nothing;
  const auto found = json.find(name);
  return found == json.end() ? nothing : *found;
}

std::string text_at(const Json& json, const char* name) { return shown(at(json, name)); }

std::string print_users(const Words& words, const Json& json) {
  Table table({words("LOGIN", "登录名"), words("NAME", "姓名"), words("ROLE", "角色"),
               words("ORGANISATION", "机构"), words("PASSWORD", "密码"), words("ACTIVE", "启用")});
  for (const auto& user : at(json, "users")) {
    table.add({text_at(user, "actor"), text_at(user, "display_name"), text_at(user, "role"),
               text_at(user, "organisation"), flag_text(words, at(user, "has_password")),
               flag_text(words, at(user, "active"))});
  }
  return table.text();
}

std::string print_devices(const Words& words, const Json& json) {
  Table table({words("DEVICE", "设备"), words("PERSON", "人员"), words("NAME", "名称"),
               words("STATUS", "状态"), words("LAST CONTACT", "最近联系"),
               words("UNSENT SETS", "未发送记录"), words("ATTACHMENTS", "未发送附件"),
               words("OLDEST", "最早"), words("CLOCK ms", "时钟差 ms")});
  for (const auto& device : at(json, "devices")) {
    const auto& contact = at(device, "contact");
    table.add({text_at(device, "id"), text_at(device, "actor"), text_at(device, "name"),
               text_at(device, "status"),
               contact.is_null() ? words("never", "从未") : when(at(contact, "seen_ms")),
               text_at(contact, "unsent_sets"), text_at(contact, "unsent_attachments"),
               when(at(contact, "oldest_unsent_ms")), text_at(contact, "skew_ms")});
  }
  return table.text();
}

std::string print_records(const Words& words, const Json& json) {
  // The first few fields that any of them has.
  std::vector<std::string> columns;
  for (const auto& record : at(json, "records")) {
    for (const auto& [name, value] : at(record, "values").items()) {
      if (columns.size() < kColumnsOfRecords &&
          std::find(columns.begin(), columns.end(), name) == columns.end())
        columns.push_back(name);
    }
  }
  std::vector<std::string> heads{words("ID", "编号"), words("VERSION", "版本")};
  heads.insert(heads.end(), columns.begin(), columns.end());
  Table table(heads);
  for (const auto& record : at(json, "records")) {
    std::vector<std::string> cells{text_at(record, "id"), text_at(record, "version")};
    for (const auto& column : columns)
      cells.push_back(text_at(at(record, "values"), column.c_str()));
    table.add(std::move(cells));
  }
  std::string out = table.text(36);
  if (at(json, "next").is_string())
    out += words("More: --after ", "更多：--after ") + text_at(json, "next") + "\n";
  return out;
}

std::string print_record(const Words& words, const Json& json) {
  std::string out = text_at(json, "collection") + " " + text_at(json, "id") +
                    words(", version ", "，版本 ") + text_at(json, "version") + "\n";
  Table table({words("FIELD", "字段"), words("VALUE", "值"), words("BY", "填写人"),
               words("FROM", "来源"), words("RECEIVED", "收到时间"), words("VERSION", "版本")});
  for (const auto& [name, value] : at(json, "values").items()) {
    const auto& writer = at(at(json, "fields"), name.c_str());
    table.add({name, shown(value), text_at(writer, "by"), text_at(writer, "from"),
               when(at(writer, "received_ms")), text_at(writer, "version")});
  }
  return out + table.text();
}

std::string sayings_of(const Words& words, const Json& json) {
  std::string out;
  const auto add = [&](const char* kind, const std::string& word) {
    for (const auto& saying : at(json, kind))
      out += "  " + word + printable(text_at(saying, words("en", "zh").c_str())) + "\n";
  };
  add("missing", words("missing: ", "缺："));
  add("warnings", words("warning: ", "提醒："));
  return out;
}

std::string print_receipt(const Words& words, const Json& json) {
  const auto& receipt = at(json, "receipt");
  const auto& record = at(json, "record");
  std::string out = text_at(record, "collection") + " " + text_at(record, "id") + ": " +
                    printable(text_at(receipt, "verdict")) + words(", version ", "，版本 ") +
                    text_at(receipt, "version") + "\n";
  for (const auto& field : at(receipt, "fields")) {
    out += "  " + printable(text_at(field, "field")) + ": " + text_at(field, "outcome") + " (" +
           text_at(field, "rule") + ")";
    if (at(field, "case").is_number()) out += words(", case ", "，案件 ") + text_at(field, "case");
    out += "\n";
  }
  return out;
}

std::string print_history(const Words& words, const Json& json) {
  Table table({words("VERSION", "版本"), words("BY", "填写人"), words("FROM", "来源"),
               words("DEVICE TIME", "设备时间"), words("RECEIVED", "收到时间"),
               words("FIELD", "字段"), words("OLD", "原值"), words("NEW", "新值"),
               words("OUTCOME", "结果"), words("RULE", "规则")});
  for (const auto& act : at(json, "history")) {
    const auto& stamp = at(act, "at");
    const std::string told = at(stamp, "measured") == Json(true)
                                 ? when(at(stamp, "from_ms")) + " … " + when(at(stamp, "to_ms"))
                                 : when(at(stamp, "claimed_ms")) + " ?";
    for (const auto& field : at(act, "fields")) {
      const bool claim = field.contains("claimed");
      table.add({text_at(act, "version"), text_at(act, "by"), text_at(act, "from"), told,
                 when(at(act, "received_ms")), text_at(field, "field"),
                 claim ? words("(saw)", "（所见）") : text_at(field, "old"),
                 claim ? text_at(field, "claimed") : text_at(field, "new"),
                 text_at(field, "outcome"), text_at(field, "rule")});
    }
  }
  return table.text(44);
}

std::string print_backup(const Words& words, const Json& json) {
  return words("Backup ", "备份 ") + text_at(json, "id") + words(": commit ", "：提交 ") +
         text_at(json, "version") + ", " + text_at(json, "path") + "\n";
}

std::string print_backups(const Words& words, const Json& json) {
  Table table({words("BACKUP", "备份"), words("VERSION", "提交"), words("TAKEN", "时间"),
               words("PATH", "文件")});
  for (const auto& one : at(json, "backups")) {
    table.add({text_at(one, "id"), text_at(one, "version"), when(at(one, "taken_ms")),
               text_at(one, "path")});
  }
  return table.empty() ? words("No backup is registered: phones keep everything they sent.\n",
                               "没有登记备份：手机保留所有已发送的内容。\n")
                       : table.text();
}

std::string print_status(const Words& words, const Json& json) {
  Table table({"", ""});
  table.add({words("Version", "版本"), text_at(json, "version")});
  table.add({words("Epoch", "纪元"), text_at(json, "epoch")});
  table.add({words("Schema", "规则"),
             text_at(at(json, "schema"), "name") + " " + text_at(at(json, "schema"), "version")});
  table.add({words("Open cases", "待处理案件"), text_at(json, "open_cases")});
  table.add({words("Parked sets", "搁置"), text_at(json, "parked_sets")});
  table.add({words("Devices", "设备"), text_at(json, "devices")});
  table.add({words("Backups kept", "备份"), std::to_string(at(json, "backups").size())});
  table.add({words("Careful mode", "谨慎模式"), flag_text(words, at(json, "careful"))});
  for (const auto& [collection, count] : at(json, "records").items())
    table.add({"  " + collection, shown(count)});
  return table.text().substr(1);
}

}  // namespace daybook::cli
