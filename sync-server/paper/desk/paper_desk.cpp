// SPDX-License-Identifier: Apache-2.0
#include "sync-server/paper/desk/paper_desk.hpp"

#include "core/base/hex.hpp"
#include "sync-server/api/call.hpp"
#include "sync-server/api/replies.hpp"

namespace daybook {
namespace {

http::Response refusal(const Error& why, bool page) {
  return page ? error_page(why) : error_reply(why);
}

Result<Document> document_for(const Call& call, ReadDesk& desk) {
  PaperWish wish;
  wish.utc_offset_min = desk.parts.clock.utc_offset_min();
  if (const auto* lang = call.find_query("lang"); lang != nullptr) {
    const auto tongue = paper_tongue_from(*lang);
    if (!tongue) return failure(Errc::kInvalid, "lang", "expected zh, en or both");
    wish.tongue = *tongue;
  }
  DAYBOOK_ASSIGN(const auto id, id_in(call.parts.back(), "id"));
  const bool of_visit = call.action != Action::kRecordPaper;
  const RecordRef record{of_visit ? "visit" : call.parts.front(), id};
  DAYBOOK_ASSIGN(const auto territory, territory_of(call, desk.book, desk.schema));
  DAYBOOK_ASSIGN(const bool his, territory.holds(record));
  if (!his) return failure(Errc::kNotFound, record.collection, to_string(id));
  wish.sees = &territory;
  if (of_visit) return visit_document(desk.book, desk.schema, id, wish);
  return record_document(desk.book, desk.schema, record, wish);
}

}  // namespace

void PaperDesk::give(const Call& call, Reply reply) {
  const bool page = call.action == Action::kVisitFormPage;
  auto read = [this, call, page, reply](ReadDesk& desk) {
    auto document = document_for(call, desk);
    if (!document.ok()) return reply(refusal(document.error(), page));
    print(*std::move(document), page, reply);
  };
  if (!submit_read_({std::move(read), {}})) reply(refusal(failure(Errc::kBusy), page));
}

void PaperDesk::print(Document document, bool page, Reply reply) {
  auto work = [this, page, reply, document = std::move(document)] {
    auto pdf = press_.print(document.job);
    reply(pdf.ok() ? pdf_reply(*std::move(pdf), document.file_name) : refusal(pdf.error(), page));
  };
  if (!run_aside_(std::move(work))) reply(refusal(failure(Errc::kBusy), page));
}

}  // namespace daybook
