// SPDX-License-Identifier: Apache-2.0
// `daybook attachments …`: what is here, what is missing, the bytes as a file, removal.
#include "tools/cli/command_groups.hpp"

#include <fstream>
#include <iostream>

#include "tools/cli/print.hpp"
#include "tools/cli/table.hpp"
#include "tools/cli/talk.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t kDigestWidth = 64;
constexpr std::uint64_t kPieceSize = 1 << 20;  // of one question

std::string state_word(const Words& words, const Json& one) {
  const auto state = one.at("state").get<std::string>();
  if (state == "here") return words("here", "已到");
  if (state == "promised") return words("not here yet", "未到");
  return words("removed: ", "已删除：") + one.value("removed_why", "");
}

// By its bytes when they are here; a picture with its dimensions.
std::string kind_word(const Words& words, const Json& one) {
  const std::string promised = one.at("media_type").get<std::string>();
  std::string text = one.value("kind", promised);
  if (text == "application/octet-stream") text = words("not recognised", "认不出");
  if (!one.contains("width")) return text;
  text += " " + std::to_string(one.at("width").get<std::uint64_t>()) + "x" +
          std::to_string(one.at("height").get<std::uint64_t>());
  return one.value("may_be_shown", false) ? text : text + words(" (save only)", "（只供下载）");
}

std::string print_attachments(const Words& words, const Json& json) {
  Table table({words("digest", "摘要"), words("role", "用途"), words("bytes", "字节"),
               words("kind", "格式"), words("record", "记录"), words("by", "人员"),
               words("state", "状态")});
  for (const auto& one : json.at("attachments")) {
    table.add({one.at("digest").get<std::string>(), one.at("role").get<std::string>(),
               std::to_string(one.at("size").get<std::uint64_t>()), kind_word(words, one),
               one.at("collection").get<std::string>() + " " + one.at("record").get<std::string>(),
               one.at("actor").get<std::string>(), state_word(words, one)});
  }
  // A digest is copied from here into the next command: whole.
  std::string text = table.text(kDigestWidth);
  if (json.at("more").get<bool>()) text += words("… and more: --limit\n", "……还有更多：--limit\n");
  return text;
}

Ending list(const Wish& wish, const Words& words) {
  std::string path = "/api/attachments?limit=" + std::to_string(wish.limit == 0 ? 100 : wish.limit);
  if (!wish.id.empty()) path += "&record=" + wish.id;
  return Talk(wish, words).ask("GET", path, std::nullopt, print_attachments);
}

Ending list_missing(const Wish& wish, const Words& words) {
  std::string path =
      "/api/attachments?missing=1&limit=" + std::to_string(wish.limit == 0 ? 100 : wish.limit);
  if (!wish.id.empty()) path += "&device=" + wish.id;
  return Talk(wish, words).ask("GET", path, std::nullopt, print_attachments);
}

Ending save(const Wish& wish, const Words& words) {
  Talk talk(wish, words);
  std::ofstream file(wish.out, std::ios::binary | std::ios::trunc);
  if (!file) return complain(words("cannot write ", "无法写入 ") + wish.out, Ending::kUsage);
  const std::string path = "/api/attachments/" + wish.value;
  std::uint64_t at = 0, size = 1;
  while (at < size) {
    PartAnswer part;
    const Ending ending = talk.fetch_part(path, at, at + kPieceSize - 1, part);
    if (ending != Ending::kGood) return ending;
    file.write(reinterpret_cast<const char*>(part.bytes.data()),
               static_cast<std::streamsize>(part.bytes.size()));
    at += part.bytes.size();
    size = part.bytes.empty() ? at : part.size;
  }
  if (!file.flush())
    return complain(words("cannot write ", "无法写入 ") + wish.out, Ending::kUsage);
  std::cout << at << words(" bytes saved as ", " 字节已保存为 ") << wish.out << "\n";
  return Ending::kGood;
}

std::string print_removed(const Words& words, const Json& json) {
  return words("removed; its hash stays: ", "已删除，摘要保留：") +
         json.at("digest").get<std::string>() + "\n";
}

Ending remove(const Wish& wish, const Words& words) {
  return Talk(wish, words)
      .ask("POST", "/api/attachments/" + wish.value + "/remove", Json{{"reason", wish.reason}},
           print_removed);
}

}  // namespace

void declare_attachments(CLI::App& app, Wish& wish, Command& chosen) {
  auto* group = app.add_subcommand("attachments", "Photos, signatures, videos 附件");
  group->require_subcommand(1);
  auto* all = group->add_subcommand("list", "What sets name, the newest first 列表");
  all->add_option("--record", wish.id);
  all->add_option("--limit", wish.limit);
  all->callback([&] { chosen = list; });
  auto* missing = group->add_subcommand("missing", "What is not here yet, the oldest first 未到的");
  missing->add_option("--device", wish.id, "what was still on this phone");
  missing->add_option("--limit", wish.limit);
  missing->callback([&] { chosen = list_missing; });
  auto* saved = group->add_subcommand("save", "The bytes as a file 保存");
  saved->add_option("digest", wish.value)->required();
  saved->add_option("-o,--out", wish.out)->required();
  saved->callback([&] { chosen = save; });
  auto* removed = group->add_subcommand("remove", "The bytes go for privacy, the hash stays 删除");
  removed->add_option("digest", wish.value)->required();
  removed->add_option("--reason", wish.reason)->required();
  removed->callback([&] { chosen = remove; });
}

}  // namespace daybook::cli
