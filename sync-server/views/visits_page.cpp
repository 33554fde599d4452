// SPDX-License-Identifier: Apache-2.0
// The list of visits.
#include <array>

#include "core/base/hex.hpp"
#include "sync-server/views/pages.hpp"
#include "sync-server/views/trouble.hpp"
#include "sync-server/views/value_text.hpp"

namespace daybook {
namespace {

constexpr std::size_t kVisitsPerPage = 200;
constexpr std::array kColumns = {"customer_name", "address",  "technician", "window_start",
                                 "status",        "category", "result"};

HtmlWriter phones_notice(const std::vector<UnsentPhone>& phones, const ValueText& values) {
  HtmlWriter out;
  if (phones.empty()) {
    out.markup("<p class=\"calm\">")
        .words("所有手机在最近一次联系时都没有未发送的工作。",
               "At their last contact no phone had unsent work.");
    out.markup("</p>\n");
    return out;
  }
  out.markup("<section class=\"notice\" aria-labelledby=\"unsent\"><h2 id=\"unsent\">");
  out.words("手机上还有未发送的工作", "Work is still waiting on phones").markup("</h2>\n<ul>\n");
  for (const auto& phone : phones) {
    out.markup("<li>").text(phone.device.actor);
    if (!phone.device.name.empty()) out.markup(" (").text(phone.device.name).markup(")");
    out.markup(": ")
        .number(static_cast<std::int64_t>(phone.contact.unsent_sets))
        .markup(" ")
        .words("份记录", "sets");
    if (phone.contact.unsent_attachments > 0) {
      out.markup(", ")
          .number(static_cast<std::int64_t>(phone.contact.unsent_attachments))
          .markup(" ")
          .words("个附件", "attachments");
    }
    out.markup(", ")
        .text(size_text(phone.contact.unsent_bytes))
        .markup("; ")
        .words("最近联系", "last contact")
        .markup(" <time>");
    out.text(values.time(phone.contact.seen_ms)).markup("</time>");
    if (phone.contact.oldest_unsent_ms != 0) {
      out.markup("; ")
          .words("最早一份", "oldest from")
          .markup(" <time>")
          .text(values.time(phone.contact.oldest_unsent_ms))
          .markup("</time>");
    }
    out.markup("</li>\n");
  }
  out.markup("</ul></section>\n");
  return out;
}

Result<HtmlWriter> visit_line(const CollectionSchema& visits, const RecordState& visit,
                              std::size_t cases, const ValueText& values) {
  HtmlWriter out;
  DAYBOOK_ASSIGN(const auto name, values.name_of(visit.record));
  out.markup("<tr><th scope=\"row\"><a href=\"/visits/")
      .text(to_string(visit.record.id))
      .markup("\">")
      .text(name)
      .markup("</a>");
  if (cases > 0) {
    out.markup(" <span class=\"badge\">")
        .words("待处理", "open cases")
        .markup(" ")
        .number(static_cast<std::int64_t>(cases))
        .markup("</span>");
  }
  out.markup("</th>");
  for (const char* column : kColumns) {
    const auto* field = visits.find(column);
    if (field == nullptr) continue;
    out.markup("<td>");
    const auto held = visit.fields.find(column);
    if (held != visit.fields.end() && !held->second.value.is_null()) {
      DAYBOOK_ASSIGN(const auto text, values.of(field, held->second.value));
      out.text(text);
    }
    out.markup("</td>");
  }
  out.markup("</tr>\n");
  return out;
}

struct VisitList {
  std::uint64_t total = 0;
  std::vector<RecordState> page;
};

Result<VisitList> list_of(ServerStore& store, const std::string& collection,
                          const std::optional<Uuid>& after, const Territory* sees) {
  VisitList list;
  if (sees == nullptr || sees->is_whole()) {
    DAYBOOK_ASSIGN(list.total, store.count_records(collection));
    DAYBOOK_ASSIGN(list.page, store.list_records(collection, after, kVisitsPerPage));
    return list;
  }
  DAYBOOK_ASSIGN(const auto ids, sees->records_of(collection));
  list.total = ids.size();
  auto at = after ? std::upper_bound(ids.begin(), ids.end(), *after) : ids.begin();
  for (; at != ids.end() && list.page.size() < kVisitsPerPage; ++at) {
    DAYBOOK_ASSIGN(auto state, store.find_record({collection, *at}));
    if (state) list.page.push_back(*std::move(state));
  }
  return list;
}

}  // namespace

Result<std::string> visits_page(ServerStore& store, const Schema& schema,
                                const PageSetting& setting, const std::optional<Uuid>& after) {
  const auto* visits = schema.find("visit");
  if (visits == nullptr)
    return failure(Errc::kUnknownCollection, "visit", "this schema has no visits");
  const ValueText values(store, schema, setting.utc_offset_min, setting.sees);
  DAYBOOK_ASSIGN(const auto phones, find_unsent_phones(store, setting.sees));
  DAYBOOK_ASSIGN(const auto cases, open_cases_by_record(store, setting.sees));
  DAYBOOK_ASSIGN(const auto list, list_of(store, visits->name, after, setting.sees));
  const auto& page = list.page;

  HtmlWriter out;
  out.markup("<h1>")
      .words(visits->label_zh, "Visits")
      .markup(" (")
      .number(static_cast<std::int64_t>(list.total))
      .markup(")</h1>\n");
  out.part(phones_notice(phones, values));
  out.markup(
      "<div class=\"scroll\" role=\"region\" aria-label=\"服务单 Visits\" "
      "tabindex=\"0\"><table>\n<thead><tr><th scope=\"col\">");
  out.words("服务单", "Visit").markup("</th>");
  for (const char* column : kColumns) {
    const auto* field = visits->find(column);
    if (field == nullptr) continue;
    out.markup("<th scope=\"col\">")
        .words(field->label_zh, field->label_en.empty() ? field->name : field->label_en)
        .markup("</th>");
  }
  out.markup("</tr></thead>\n<tbody>\n");
  for (const auto& visit : page) {
    const auto open = cases.find(visit.record);
    DAYBOOK_ASSIGN(
        const auto line,
        visit_line(*visits, visit, open == cases.end() ? 0 : open->second.size(), values));
    out.part(line);
  }
  out.markup("</tbody></table></div>\n");
  if (page.empty()) out.markup("<p>").words("没有服务单。", "No visits here.").markup("</p>\n");
  if (page.size() == kVisitsPerPage) {
    out.markup("<p><a rel=\"next\" href=\"/visits?after=")
        .text(to_string(page.back().record.id))
        .markup("\">");
    out.words("下一页", "Next page").markup("</a></p>\n");
  }
  return framed(visits->label_zh + " Visits", out, setting);
}

}  // namespace daybook
