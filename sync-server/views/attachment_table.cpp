// SPDX-License-Identifier: Apache-2.0
#include "sync-server/views/attachment_table.hpp"

#include <map>

#include "core/base/hex.hpp"
#include "sync-server/views/value_text.hpp"

namespace daybook {
namespace {

constexpr std::size_t kPerRecordMax = 1'000;

struct Named {
  PromiseRow promise;
  std::optional<ContentRow> content;
};

bool is_here(const Named& named) { return named.content && named.content->removed_ms == 0; }

void write_state(HtmlWriter& out, const Named& named) {
  if (!named.content) {
    out.words("已承诺，内容未到", "promised, content not here yet");
  } else if (named.content->removed_ms != 0) {
    out.words("内容已删除", "content removed").markup(": ").text(named.content->removed_why);
  } else if (!named.content->sound) {
    out.words("内容已损坏", "content is damaged");
  } else {
    out.words("已到", "here");
  }
}

// Of each role, so many of so many are here.
void write_sums(HtmlWriter& out, const std::vector<Named>& all) {
  std::map<std::string, std::pair<std::uint64_t, std::uint64_t>> sums;
  for (const auto& named : all) {
    auto& [here, promised] = sums[named.promise.role];
    here += is_here(named) ? 1 : 0;
    ++promised;
  }
  out.markup("<p>");
  bool first = true;
  for (const auto& [role, sum] : sums) {
    if (!first) out.markup(" · ");
    first = false;
    const std::string here = std::to_string(sum.first), all_of = std::to_string(sum.second);
    out.text(role).markup(" ").words(here + "/" + all_of + " 已到",
                                     here + " of " + all_of + " here");
  }
  out.markup("</p>\n");
}

// What it is said to be; by its bytes, where that is something else; and a picture's dimensions.
void write_type(HtmlWriter& out, const Named& named) {
  out.text(named.promise.media_type);
  if (!is_here(named) || named.content->kind.empty()) return;
  const ContentRow& content = *named.content;
  if (content.kind == "application/octet-stream") {
    out.markup("<br>").words("格式认不出", "kind not recognised");
  } else if (content.kind != named.promise.media_type) {
    out.markup("<br>").words("实为 ", "in fact ").text(content.kind);
  }
  if (content.width == 0) return;
  out.markup("<br>").text(std::to_string(content.width) + " × " + std::to_string(content.height));
  if (!content.may_be_shown())
    out.markup("<br>").words("只供下载，不在页面内显示", "to be saved, not shown in a page");
}

void write_row(HtmlWriter& out, const Named& named, const ActorId& actor) {
  out.markup("<tr><td>").text(named.promise.role).markup("</td><td>");
  write_type(out, named);
  out.markup("</td><td class=\"number\">")
      .text(size_text(named.promise.size))
      .markup("</td><td class=\"id\">")
      .text(to_hex(named.promise.digest.view()))
      .markup("</td><td>")
      .text(actor)
      .markup("</td><td>");
  write_state(out, named);
  out.markup("</td></tr>\n");
}

}  // namespace

Result<HtmlWriter> attachment_table(ServerStore& store, const std::set<RecordRef>& records) {
  std::vector<Named> all;
  for (const auto& record : records) {
    DAYBOOK_ASSIGN(const auto promises, store.promises_about(record, kPerRecordMax));
    for (const auto& promise : promises) {
      DAYBOOK_ASSIGN(auto content, store.find_content(promise.digest));
      all.push_back({promise, std::move(content)});
    }
  }
  HtmlWriter out;
  if (all.empty()) return out;
  out.markup("<h2>").words("附件", "Attachments").markup("</h2>\n");
  write_sums(out, all);
  out.markup("<div class=\"scroll\"><table><thead><tr><th scope=\"col\">")
      .words("用途", "Role")
      .markup("</th><th scope=\"col\">")
      .words("格式", "Type")
      .markup("</th><th scope=\"col\">")
      .words("大小", "Size")
      .markup("</th><th scope=\"col\">SHA-256</th><th scope=\"col\">")
      .words("人员", "Person")
      .markup("</th><th scope=\"col\">")
      .words("状态", "State")
      .markup("</th></tr></thead>\n<tbody>\n");
  for (const auto& named : all) {
    DAYBOOK_ASSIGN(const auto commit, store.find_commit(named.promise.commit));
    write_row(out, named, commit ? commit->actor : ActorId{});
  }
  out.markup("</tbody></table></div>\n");
  return out;
}

}  // namespace daybook
