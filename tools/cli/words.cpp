// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/words.hpp"

#include <array>
#include <chrono>
#include <cstdio>

#include "tools/cli/table.hpp"

namespace daybook::cli {
namespace {

struct Sentence {
  std::string_view code, english, chinese, next_english, next_chinese;
};

constexpr std::array kSentences = {
    Sentence{"unauthorized", "You are not logged in (or the session has ended)",
             "尚未登录，或会话已结束", "run: daybook login", "请运行 daybook login"},
    Sentence{"forbidden", "Your role may not do this", "您的角色无权执行此操作",
             "ask an administrator", "请联系管理员"},
    Sentence{"not_found", "There is no such thing", "未找到",
             "check the id; the list commands show what there is", "请核对编号，可用列表命令查询"},
    Sentence{"unknown_record", "There is no such record", "没有这条记录",
             "run: daybook records list COLLECTION", "请运行 daybook records list 查询"},
    Sentence{"unknown_collection", "There is no such collection", "没有这个集合",
             "run: daybook status", "请运行 daybook status 查看"},
    Sentence{"unknown_field", "There is no such field", "没有这个字段",
             "run: daybook records show to see the fields", "请运行 daybook records show 查看字段"},
    Sentence{"wrong_type", "A value has the wrong type", "值的类型不对",
             "write field=text for texts and field:=json for everything else",
             "文本写 字段=值，其余写 字段:=JSON"},
    Sentence{"already_exists", "This was done before", "此前已经完成",
             "look at what is there; nothing was changed", "请先查看现状，未作任何修改"},
    Sentence{"too_large", "This is over a limit", "超出限制", "send less at once",
             "请减少内容后再试"},
    Sentence{"missing", "Something that this act requires is missing", "办理条件尚未齐备",
             "see to it, or repeat with --anyway where it only warns",
             "请先补齐；仅为提醒时可加 --anyway"},
    Sentence{"busy", "It cannot be done at this moment", "现在无法完成",
             "look again and repeat the command", "请查看后重试"},
    Sentence{"disk_full", "The server's disk is full; nothing was changed",
             "服务器磁盘已满，未作任何修改",
             "make room on the server; phones keep their work meanwhile",
             "请清理服务器磁盘，手机会保留其数据"},
    Sentence{"io", "The server could not write; nothing was changed",
             "服务器无法写入，未作任何修改", "look into its log", "请查看服务器日志"},
    Sentence{"invalid", "The server does not accept this", "服务器不接受此内容",
             "correct what is named here and try again", "请按提示修正后重试"},
};

std::string text_in(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? printable(found->get<std::string>())
                                                   : std::string{};
}

}  // namespace

Tongue tongue_of(std::string_view wanted, std::string_view environment) {
  const auto chosen = wanted.empty() ? environment : wanted;
  return chosen.substr(0, 2) == "zh" ? Tongue::kChinese : Tongue::kEnglish;
}

std::string sentence_of(const Words& words, const Json& error, std::string_view about) {
  const std::string code = text_in(error, "code");
  const std::string field = text_in(error, "field");
  const std::string detail = text_in(error, "detail");
  std::string what = words("The server answered: ", "服务器回答：") + code;
  std::string next = text_in(error, "what_to_do");
  for (const auto& sentence : kSentences) {
    if (sentence.code != code) continue;
    what = words(sentence.english, sentence.chinese);
    next = words(sentence.next_english, sentence.next_chinese);
  }
  if (field == "login" && code == "unauthorized") {
    what = words("Name or password is wrong, or the account is not active",
                 "用户名或密码不对，或账户已停用");
    next = words("try again, or ask an administrator", "请重试或联系管理员");
  }
  if (field == "login" && code == "busy") {
    what = words("Too many attempts", "尝试次数过多");
    next = words("wait ", "请等待 ") + detail + words(" s and try again", " 秒后再试");
  }
  std::string out = what;
  if (!about.empty()) out += " [" + std::string(about) + "]";
  if (!field.empty() && field != "login") out += ": " + field;
  if (!detail.empty() && field != "login") out += " (" + detail + ")";
  return out + ". " + words("Next: ", "下一步：") + next;
}

std::string sentence_of_line(const Words& words, std::string_view code, std::string_view detail,
                             std::string_view server) {
  const std::string at = std::string(server);
  if (code == "untrusted") {
    return words("The server at ", "服务器 ") + at +
           words(
               " did not show the key of the pin. Nothing was sent. Next: compare the pin with the "
               "one daybookd printed; somebody may stand in between",
               " 的密钥与指纹不符，未发送任何内容。下一步：核对 daybookd "
               "显示的指纹，可能有人在中间截取");
  }
  if (code == "offline" || code == "timed_out" || code == "cut") {
    return words("The server at ", "服务器 ") + at + words(" does not answer (", " 没有应答（") +
           std::string(code) +
           words("). Next: check the address and that daybookd runs",
                 "）。下一步：检查地址以及 daybookd 是否在运行");
  }
  return std::string(code) + (detail.empty() ? "" : ": " + printable(detail));
}

std::string when(const Json& ms) {
  if (!ms.is_number_integer()) return "–";
  const auto number = ms.get<std::int64_t>();
  if (number <= 0 || number > 253'000'000'000'000) return "–";
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds(number)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const auto minute =
      static_cast<int>(std::chrono::duration_cast<std::chrono::minutes>(at - day).count());
  std::array<char, 40> text{};
  std::snprintf(text.data(), text.size(), "%04d-%02u-%02u %02d:%02d UTC",
                static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                static_cast<unsigned>(date.day()), minute / 60, minute % 60);
  return text.data();
}

std::string shown(const Json& value) {
  if (value.is_null()) return "–";
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump(-1, ' ', false, Json::error_handler_t::replace);
  std::string out;
  for (const auto& item : value) out += (out.empty() ? "" : ", ") + shown(item);
  return out;
}

}  // namespace daybook::cli
