// SPDX-License-Identifier: Apache-2.0
#include "client-lib/abi/json/sentences.hpp"

#include <algorithm>

namespace daybook::abi {
namespace {

using Kind = JsonValue::Kind;

struct Phrase {
  std::string_view code;
  std::string_view zh;
  std::string_view en;
};

// Why something did not work: what a person can do something about comes first in the sentence.
constexpr Phrase kErrors[] = {
    {"invalid", "输入不对", "the input is not right"},
    {"too_large", "超出限制", "it is over a limit"},
    {"unknown_collection", "没有这一类记录", "there is no such kind of record"},
    {"unknown_field", "没有这个字段", "there is no such field"},
    {"unknown_record", "没有这条记录", "there is no such record"},
    {"wrong_type", "字段的类型不对", "the field is of another type"},
    {"wrong_content", "附件不是所说的格式，公司不收，请重新拍照或另选文件",
     "the attachment is not what it says it is, and the office does not take it: take it again"},
    {"immutable", "这一项写下后不能改，请补记更正",
     "this cannot change once written; write a correction"},
    {"not_found", "没有找到", "it was not found"},
    {"already_exists", "已经存在", "it exists already"},
    {"not_supported", "本版本不支持", "this version does not support it"},
    {"read_only", "这里只能查询", "only reading is possible here"},
    {"missing", "还缺条件，尚不能做", "something that it requires is missing"},
    {"offline", "没有网络", "no network"},
    {"timed_out", "等待超时", "it took too long"},
    {"busy", "正忙，请稍候", "busy, try again in a moment"},
    {"disk_full", "存储空间已满，请腾出空间", "the storage is full; make room"},
    {"io", "存储出错", "the storage failed"},
    {"cut", "线路中断，将自动续传", "the line broke; it will go on by itself"},
    {"untrusted", "对方不是公司的服务器（可能是需要登录的网络），什么也没有发出",
     "whoever answered is not the office (perhaps a network that wants a login); nothing was sent"},
    {"unauthorized", "总部不认识这台手机，请向公司要新的注册码重新注册；数据都还在",
     "headquarters does not know this phone; ask the office for a new code and enrol again, "
     "nothing is lost"},
    {"forbidden", "没有权限", "not allowed"},
    {"revoked", "这台手机已被停用，请联系公司；数据都还在",
     "this phone was revoked; call the office, nothing is lost"},
    {"wrong_signature", "签名不符", "a signature does not fit"},
    {"wrong_hash", "内容校验不符", "a digest does not fit"},
    {"corrupt", "存储的内容已损坏，请联系支持", "stored bytes are damaged; call support"},
    {"too_new", "由更新的版本写成，请先升级", "written by a newer version; update first"},
    {"internal", "程序内部出错，请重新打开", "the program found itself broken; open it anew"},
    {"closed", "尚未登记或未启动", "not enrolled, or not started"},
};

constexpr Phrase kVerdicts[] = {
    {"accepted", "已入账", "Accepted"},
    {"merged", "已入账，并与公司的修改合并", "Accepted and merged with changes of the office"},
    {"conflicted", "已入账，有分歧待人处理", "Accepted; a person has to settle a conflict"},
    {"parked", "已送达，暂不能入账，待人处理",
     "Arrived, could not be posted yet; a person will look at it"},
    {"refused", "未被接受", "Refused"},
    {"discarded", "已由公司作废", "Discarded by the office"},
    {"further", "后续消息", "A further word"},
};

// In place of the verdict, where the reason says more: what a person did.
constexpr Phrase kPeoplesActs[] = {
    {"discarded", "已由公司作废", "Discarded by the office"},
    {"repaired", "已由公司更正后入账", "Corrected by the office and posted"},
    {"decided", "公司已作出决定", "The office has decided"},
    {"reopened", "公司撤回了决定，将重新处理", "The office took its decision back and looks again"},
    {"asked", "公司有一个问题，请回复", "The office has a question for you"},
};

constexpr Phrase kOutcomes[] = {
    {"taken", "按你所填", "as you wrote"},
    {"same", "本来就是这样", "was so already"},
    {"merged", "双方都保留", "both are kept"},
    {"proposed", "公司的优先，你的作为建议保留",
     "the office has precedence, yours is kept as a proposal"},
    {"conflict", "待人决定", "a person decides"},
    {"refused", "不能改", "cannot change"},
    {"taken_over", "以你的为准，公司的修改已留底",
     "yours stands, the office's change is kept on file"},
    {"overruled", "公司另有决定，你的已留底",
     "the office decided otherwise, yours is kept on file"},
};

constexpr Phrase kSetStates[] = {
    {"unsent", "待发送", "waiting to be sent"},
    {"stored", "已送达，待回执", "arrived, receipt not here yet"},
    {"parked", "已送达，待人处理", "arrived, waiting for a person"},
    {"settled", "已办结", "settled"},
};

template <std::size_t Count>
bool knows(const Phrase (&phrases)[Count], std::string_view code) {
  return std::any_of(std::begin(phrases), std::end(phrases),
                     [&](const Phrase& candidate) { return candidate.code == code; });
}

template <std::size_t Count>
std::string phrase(const Phrase (&phrases)[Count], std::string_view code, Language language) {
  for (const Phrase& candidate : phrases) {
    if (candidate.code == code)
      return std::string(language == Language::kChinese ? candidate.zh : candidate.en);
  }
  return std::string(code);
}

std::string_view text_of(const JsonValue& object, std::string_view key) {
  const JsonValue* const member = object.find(key);
  return member != nullptr && member->is(Kind::kText) ? std::string_view(member->text)
                                                      : std::string_view{};
}

std::int64_t number_of(const JsonValue& object, std::string_view key) {
  const JsonValue* const member = object.find(key);
  return member != nullptr && member->is(Kind::kInt) ? member->integer : 0;
}

bool flag_of(const JsonValue& object, std::string_view key) {
  const JsonValue* const member = object.find(key);
  return member != nullptr && member->is(Kind::kBool) && member->boolean;
}

std::string two_digits(std::int64_t number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

std::int64_t floor_div(std::int64_t a, std::int64_t b) { return a / b - (a % b < 0 ? 1 : 0); }

// Days since 1970 as a date of the Gregorian calendar; counts in eras of 400 years that begin in
// March.
std::string date_of(std::int64_t days) {
  const std::int64_t shifted = days + 719'468;
  const std::int64_t era = floor_div(shifted, 146'097);
  const std::int64_t day_of_era = shifted - era * 146'097;
  const std::int64_t year_of_era =
      (day_of_era - day_of_era / 1460 + day_of_era / 36'524 - day_of_era / 146'096) / 365;
  const std::int64_t day_of_year =
      day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
  const std::int64_t shifted_month = (5 * day_of_year + 2) / 153;
  const std::int64_t day = day_of_year - (153 * shifted_month + 2) / 5 + 1;
  const std::int64_t month = shifted_month < 10 ? shifted_month + 3 : shifted_month - 9;
  const std::int64_t year = year_of_era + era * 400 + (month <= 2 ? 1 : 0);
  return std::to_string(year) + "-" + two_digits(month) + "-" + two_digits(day);
}

// "14:02", with the date in front when it was another day.
std::string time_of(std::int64_t wall_ms, std::int64_t now_ms, std::int64_t utc_offset_min) {
  constexpr std::int64_t minutes_per_day = 24 * 60;
  // Whatever stands in the JSON, the arithmetic stays in range.
  if (wall_ms > INT64_MAX / 4 || wall_ms < INT64_MIN / 4 || now_ms > INT64_MAX / 4 ||
      now_ms < INT64_MIN / 4)
    return "?";
  if (utc_offset_min > minutes_per_day || utc_offset_min < -minutes_per_day) utc_offset_min = 0;
  const std::int64_t minutes = floor_div(wall_ms, 60'000) + utc_offset_min;
  const std::int64_t day = floor_div(minutes, minutes_per_day);
  const std::int64_t minute_of_day = minutes - day * minutes_per_day;
  const std::string time = two_digits(minute_of_day / 60) + ":" + two_digits(minute_of_day % 60);
  const std::int64_t today = floor_div(floor_div(now_ms, 60'000) + utc_offset_min, minutes_per_day);
  return day == today ? time : date_of(day) + " " + time;
}

std::string error_sentence(const JsonValue& error, Language language) {
  std::string_view code = text_of(error, "code");
  if (code == "wrong_type" && text_of(error, "field") == "content") code = "wrong_content";
  std::string sentence = phrase(kErrors, code, language);
  if (const auto field = text_of(error, "field"); !field.empty()) {
    sentence += (language == Language::kChinese ? "（" : " (") + std::string(field);
    if (const auto detail = text_of(error, "detail"); !detail.empty())
      sentence += ": " + std::string(detail);
    sentence += language == Language::kChinese ? "）" : ")";
  }
  return sentence;
}

// Why things wait; empty when nothing is in the way.
std::string obstacle_of(const JsonValue& status, Language language) {
  const bool zh = language == Language::kChinese;
  if (flag_of(status, "held"))
    return zh ? "公司正在核查这台手机" : "the office holds this phone for a check";
  if (text_of(status, "network") == "offline")
    return zh ? "网络已关闭" : "the network is switched off";
  const JsonValue* const error = status.find("error");
  if (error != nullptr && error->is(Kind::kObject))
    return phrase(kErrors, text_of(*error, "code"), language);
  return {};
}

std::string waiting_words(const JsonValue& status, bool zh) {
  const auto count = [&](std::string_view key) { return std::to_string(number_of(status, key)); };
  const auto has = [&](std::string_view key) { return number_of(status, key) != 0; };
  std::string words;
  const auto add = [&](const std::string& part) {
    if (!words.empty()) words += zh ? "，" : ", ";
    words += part;
  };
  if (has("pending")) add(zh ? count("pending") + " 项待发送" : count("pending") + " waiting");
  if (has("stored"))
    add(zh ? count("stored") + " 项待回执" : count("stored") + " without receipt yet");
  if (has("parked"))
    add(zh ? count("parked") + " 项待人处理" : count("parked") + " parked for a person");
  if (words.empty()) add(zh ? "全部已送达" : "Nothing waiting");
  return words;
}

std::string status_sentence(const JsonValue& status, Language language) {
  const bool zh = language == Language::kChinese;
  if (!flag_of(status, "enrolled")) return zh ? "尚未登记。" : "Not enrolled yet.";
  std::string sentence = waiting_words(status, zh);
  const std::int64_t contact_ms = number_of(status, "last_contact_ms");
  if (contact_ms == 0) {
    sentence += zh ? "，还没有联系过公司" : ", no contact with the office yet";
  } else {
    sentence +=
        (zh ? "，上次联系 " : ", last contact ") +
        time_of(contact_ms, number_of(status, "now_ms"), number_of(status, "utc_offset_min"));
  }
  if (flag_of(status, "filling"))
    sentence += zh ? "，正在首次下载" : ", the first download is not complete";
  const std::string obstacle = obstacle_of(status, language);
  if (!obstacle.empty()) sentence += (zh ? "，原因：" : ", because: ") + obstacle;
  return sentence + (zh ? "。" : ".");
}

// What became of the set, or what a person did about it, in their own words.
std::string verdict_words(const JsonValue& receipt, Language language) {
  const bool zh = language == Language::kChinese;
  const auto reason = text_of(receipt, "reason");
  auto detail = text_of(receipt, "detail");
  if (knows(kPeoplesActs, reason)) {
    // A repair's words come after the name of the set that stands instead.
    if (reason == "repaired") {
      const auto name_ends = detail.find(' ');
      detail = name_ends == std::string_view::npos ? "" : detail.substr(name_ends + 1);
    }
    const std::string act = phrase(kPeoplesActs, reason, language);
    if (detail.empty()) return act;
    return act + (zh ? "：“" : ": “") + std::string(detail) + "”";
  }
  std::string words = phrase(kVerdicts, text_of(receipt, "verdict"), language);
  if (reason.empty()) return words;
  words += (zh ? "（" : " (") + std::string(reason);
  if (!detail.empty()) words += ": " + std::string(detail);
  return words + (zh ? "）" : ")");
}

std::string receipt_sentence(const JsonValue& receipt, Language language) {
  const bool zh = language == Language::kChinese;
  std::string sentence = verdict_words(receipt, language);
  const JsonValue* const fields = receipt.find("fields");
  bool first = true;
  for (const JsonValue& field : fields == nullptr ? std::vector<JsonValue>{} : fields->items) {
    const JsonValue* const label = field.find("label");
    std::string_view name =
        label == nullptr ? std::string_view{} : text_of(*label, zh ? "zh" : "en");
    if (name.empty()) name = text_of(field, "field");
    sentence += first ? (zh ? "：" : ": ") : (zh ? "；" : "; ");
    sentence += std::string(name) + (zh ? "——" : " – ") +
                phrase(kOutcomes, text_of(field, "outcome"), language);
    const std::int64_t case_number = number_of(field, "case");
    if (case_number != 0)
      sentence += (zh ? "（第 " : " (case ") + std::to_string(case_number) + (zh ? " 号）" : ")");
    first = false;
  }
  return sentence + (zh ? "。" : ".");
}

std::string set_sentence(const JsonValue& set, Language language) {
  const bool zh = language == Language::kChinese;
  std::string sentence =
      (zh ? "第 " : "No. ") + std::to_string(number_of(set, "number")) + (zh ? " 项：" : ": ");
  return sentence + phrase(kSetStates, text_of(set, "state"), language) + (zh ? "。" : ".");
}

}  // namespace

Result<Language> read_language(std::string_view name) {
  const std::string_view base = name.substr(0, name.find_first_of("-_"));
  if (base == "zh") return Language::kChinese;
  if (base == "en") return Language::kEnglish;
  return failure(Errc::kNotSupported, "language", "zh or en");
}

Result<std::string> sentence_of(const JsonValue& object, Language language) {
  if (!object.is(Kind::kObject)) return failure(Errc::kWrongType, "sentence", "expected an object");
  const std::string_view kind = text_of(object, "kind");
  if (kind == "status") return status_sentence(object, language);
  if (kind == "receipt") return receipt_sentence(object, language);
  if (kind == "set") return set_sentence(object, language);
  if (kind == "error")
    return error_sentence(object, language) + (language == Language::kChinese ? "。" : ".");
  return failure(Errc::kInvalid, "kind", "status, receipt, set or error");
}

}  // namespace daybook::abi
