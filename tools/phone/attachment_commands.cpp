// SPDX-License-Identifier: Apache-2.0
// Commands about photos and other contents: attach, see how far they are, wait for them, fetch and
// save.
#include <algorithm>
#include <chrono>
#include <fstream>

#include "tools/phone/desk.hpp"

namespace daybook::phone {
namespace {

constexpr std::int64_t kIdleDefaultMs = 30'000;

std::string line_of(const Desk& desk, const Json& content) {
  const auto state = content.at("state").get<std::string>();
  const std::pair<const char*, const char*> words =
      state == "loose"     ? std::pair("尚无记录引用", "no set names it yet")
      : state == "waiting" ? std::pair("待送达", "waiting to be brought")
      : state == "brought" ? std::pair("已送达", "at the office")
      : state == "refused" ? std::pair("公司不收", "refused by the office")
      : state == "wanted"  ? std::pair("待取回", "waiting to be fetched")
      : state == "safe"    ? std::pair("已入备份", "at the office and in its backups")
      : state == "freed"   ? std::pair("已腾出空间", "freed here, to be fetched again")
                           : std::pair("已取回", "fetched");
  std::string line = content.at("digest").get<std::string>() + "  " +
                     desk.say(words.first, words.second) + ", " +
                     std::to_string(content.at("carried").get<std::uint64_t>()) + "/" +
                     std::to_string(content.at("size").get<std::uint64_t>());
  if (content.at("trouble").is_object()) line += "  " + desk.sentence(content.at("trouble"));
  return line + "\n";
}

void tell_contents(Desk& desk, const Json& list) {
  std::string text;
  for (const Json& content : list) text += line_of(desk, content);
  desk.tell_lines(list, text.empty() ? desk.say("没有附件\n", "no attachments\n") : text);
}

// attach COLLECTION ID ROLE FILE [MEDIA-TYPE]
void run_attach(Desk& desk, const Words& words) {
  const Json attachment = {{"path", words[4]},
                           {"media_type", words.size() > 5 ? words[5] : "image/jpeg"},
                           {"role", words[3]},
                           {"record", {{"collection", words[1]}, {"id", words[2]}}}};
  const Json answer = Json::parse(desk.phone().commit(
      Json{{"changes", Json::array()}, {"attachments", Json::array({attachment})}}.dump()));
  desk.tell(answer, "已记下附件", "attached");
}

void run_attachments(Desk& desk, const Words&) {
  tell_contents(desk, Json::parse(desk.phone().attachments()));
}

bool is_under_way(const Json& content) {
  const auto state = content.at("state").get<std::string>();
  return state == "waiting" || (state == "wanted" && content.at("trouble").is_null());
}

// Until nothing is to be brought or fetched any more, or so long.
void run_carry(Desk& desk, const Words& words) {
  const std::int64_t end_ms =
      now_ms() + (words.size() > 1 ? read_duration_ms(words[1]) : kIdleDefaultMs);
  desk.phone().start_sync();
  Json list;
  for (;;) {
    list = Json::parse(desk.phone().attachments());
    if (std::none_of(list.begin(), list.end(), is_under_way) || now_ms() >= end_ms) break;
    static_cast<void>(desk.phone().next_event(std::min<std::int64_t>(200, end_ms - now_ms())));
  }
  tell_contents(desk, list);
  if (std::any_of(list.begin(), list.end(), is_under_way))
    throw Complaint("not all of them came through");
}

// network DIGEST any|unmetered|now
void run_network(Desk& desk, const Words& words) {
  desk.phone().choose_attachment_network(words[1], words[2]);
  desk.tell({{"command", "network"}, {"network", words[2]}}, "已设定", "chosen");
}

void run_fetch(Desk& desk, const Words& words) {
  desk.phone().fetch_attachment(words[1]);
  desk.tell({{"command", "fetch"}}, "已要求取回", "asked for it");
}

void run_save(Desk& desk, const Words& words) {
  std::ofstream file(words[2], std::ios::binary);
  std::uint64_t size = 0;
  for (;;) {
    const std::string bytes = desk.phone().read_attachment(words[1], size);
    if (bytes.empty()) break;
    file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
    size += bytes.size();
  }
  if (!file.flush()) throw Complaint("cannot write " + words[2]);
  desk.tell({{"command", "save"}, {"size", size}}, "已保存 " + std::to_string(size) + " 字节",
            std::to_string(size) + " bytes saved");
}

// free [KEEP-BYTES]
void run_free(Desk& desk, const Words& words) {
  const std::uint64_t keep = words.size() > 1 ? std::stoull(words[1]) : 0;
  const Json answer = Json::parse(desk.phone().free_attachments(keep));
  const auto count = std::to_string(answer.at("freed").get<std::uint64_t>());
  const auto bytes = std::to_string(answer.at("bytes").get<std::uint64_t>());
  desk.tell(answer, "已腾出 " + count + " 份，" + bytes + " 字节",
            count + " freed, " + bytes + " bytes");
}

}  // namespace

std::vector<Command> attachment_commands() {
  return {{"attach", "COLLECTION ID ROLE FILE [MEDIA-TYPE]", 4, run_attach},
          {"attachments", "", 0, run_attachments},
          {"carry", "[SECONDS]", 0, run_carry},
          {"network", "DIGEST any|unmetered|now", 2, run_network},
          {"fetch", "DIGEST", 1, run_fetch},
          {"save", "DIGEST FILE", 2, run_save},
          {"free", "[KEEP-BYTES]", 0, run_free}};
}

}  // namespace daybook::phone
