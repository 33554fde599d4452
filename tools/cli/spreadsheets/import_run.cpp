// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/spreadsheets/import_run.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <iostream>

#include "core/base/percent.hpp"
#include "core/platform/system_clock.hpp"
#include "core/schema/load.hpp"

namespace daybook::cli {
namespace {

constexpr std::size_t kBatchMax = 256;             // changes a set, as the API takes them
constexpr std::size_t kBatchBytesMax = 512 << 10;  // of JSON
// Ids come from hashes: sent in their order, a set's records stand beside each other in the book,
// and each page of it is written once instead of for every set.
constexpr std::size_t kWindowMax = 200'000;        // rows
constexpr std::size_t kWindowBytesMax = 64 << 20;  // of JSON
constexpr std::uint64_t kProblemsShown = 200;
constexpr std::int64_t kProgressMs = 200;

std::vector<std::string> parts_of(const std::string& text, char separator) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const auto end = std::min(text.find(separator, at), text.size());
    if (end > at) parts.push_back(text.substr(at, end - at));
    at = end + 1;
  }
  return parts;
}

// The place in "changes[17].set.price" or "changes[17].created.price"; beyond any when there is
// none.
std::size_t place_in(const std::string& field, std::string& name) {
  constexpr std::string_view kBegins = "changes[";
  std::size_t place = kBatchMax;
  if (field.compare(0, kBegins.size(), kBegins) != 0) return place;
  const char* from = field.data() + kBegins.size();
  const auto read = std::from_chars(from, field.data() + field.size(), place);
  if (read.ec != std::errc{}) return kBatchMax;
  const auto point = field.rfind('.');
  name = point == std::string::npos ? std::string{} : field.substr(point + 1);
  return place;
}

WaitingRow waiting(const std::string& collection, const sheet::PlannedRow& row) {
  Json change = {{"collection", collection}, {"id", row.id}};
  if (row.kind == sheet::PlannedRow::Kind::kCreate) {
    change["create"] = true;
  } else {
    change["seen"] = row.seen;
  }
  change["set"] = row.set;
  return {row.line, row.kind, row.id, change.dump(-1, ' ', false, Json::error_handler_t::replace)};
}

}  // namespace

sheet::ImportWish ImportRun::wanted() const {
  sheet::ImportWish wanted;
  wanted.collection = wish_.collection;
  wanted.key = parts_of(wish_.key, ',');
  wanted.reading.exact = wish_.exact;
  wanted.reading.utc_offset_min = SystemClock().utc_offset_min();
  for (const auto& pair : wish_.pairs) {
    const auto equals = pair.find('=');
    wanted.constants.emplace_back(pair.substr(0, equals), equals == std::string::npos
                                                              ? std::string{}
                                                              : pair.substr(equals + 1));
  }
  return wanted;
}  // namespace daybook::cli

Result<sheet::KnownRecords> ImportRun::known(const std::string& collection,
                                             const std::vector<std::string>& key) {
  sheet::KnownRecords records(key);
  std::string after;
  do {
    TextAnswer page;
    line_ended_ = talk_.fetch_text("/api/export/" + percent_encoded(collection) +
                                       "?format=ndjson&after=" + percent_encoded(after),
                                   page, collection);
    if (line_ended_ != Ending::kGood) return failure(Errc::kOffline, "export");
    DAYBOOK_TRY(records.add(page.text));
    after = page.next;
  } while (!after.empty());
  return records;
}

void ImportRun::tell(const sheet::RowProblem& problem) {
  if (++counts_.refused > kProblemsShown) return;
  std::cerr << (::isatty(STDERR_FILENO) != 0 ? "\r" : "") << wish_.file << ":" << problem.line;
  if (problem.column != 0)
    std::cerr << words_(": column ", "：第 ") << problem.column << words_("", " 列");
  if (!problem.header.empty()) std::cerr << " (" << problem.header << ")";
  std::cerr << ": "
            << (problem.detail.empty() ? std::string(name_of(problem.code)) : problem.detail)
            << "\n";
}

void ImportRun::show_progress(const sheet::TextSource& source, bool last) {
  if (::isatty(STDERR_FILENO) == 0) return;
  const auto now = SystemClock().steady_ms();
  if (!last && now - shown_at_ms_ < kProgressMs) return;
  shown_at_ms_ = now;
  const auto percent = source.size() == 0 ? 100 : source.done() * 100 / source.size();
  const auto done = counts_.created + counts_.changed + counts_.same + counts_.refused;
  std::cerr << "\r" << done << words_(" lines of ", " 行，文件已读 ") << percent
            << words_(" % of the file ", " % ") << (last ? "\n" : "") << std::flush;
}

void ImportRun::count(sheet::PlannedRow::Kind kind) {
  switch (kind) {
    case sheet::PlannedRow::Kind::kCreate: ++counts_.created; return;
    case sheet::PlannedRow::Kind::kChange: ++counts_.changed; return;
    case sheet::PlannedRow::Kind::kSame: ++counts_.same; return;
  }
}

// One half after the other, down to the line that is in the way.
Ending ImportRun::split(const sheet::ImportPlan& plan, std::vector<WaitingRow> rows,
                        const sheet::RowProblem& problem) {
  if (rows.size() == 1) {
    auto told = problem;
    told.line = rows.front().line;
    tell(told);
    return Ending::kGood;
  }
  const auto middle = rows.begin() + static_cast<std::ptrdiff_t>(rows.size() / 2);
  std::vector<WaitingRow> second(std::make_move_iterator(middle),
                                 std::make_move_iterator(rows.end()));
  rows.erase(middle, rows.end());
  const Ending first = send_batch(plan, std::move(rows));
  return first != Ending::kGood ? first : send_batch(plan, std::move(second));
}

Ending ImportRun::judge(const sheet::ImportPlan& plan, const Answer& answer,
                        std::vector<WaitingRow>& rows) {
  const auto error = answer.json.is_object() ? answer.json.value("error", Json()) : Json();
  sheet::RowProblem problem;
  if (answer.ok()) {
    const auto receipt = answer.json.value("receipt", Json::object());
    const auto verdict = receipt.value("verdict", "");
    if (verdict == "accepted" || verdict == "merged" || verdict == "conflicted") {
      for (const auto& row : rows) count(row.kind);
      for (const auto& field : receipt.value("fields", Json::array()))
        counts_.cases += field.contains("case") ? 1U : 0U;
      return Ending::kGood;
    }
    problem.detail =
        verdict + ": " + receipt.value("reason", "") + " " + receipt.value("detail", "");
    return split(plan, std::move(rows), problem);
  }
  // What would be refused again for every line ends the import here.
  const auto code = error.is_object() ? error.value("code", "") : std::string{};
  if (answer.status == 403 || answer.status == 507 || answer.status == 500)
    return complain(sentence_of(words_, error, wish_.collection), Ending::kRefused);
  std::string name;
  const auto place = error.is_object() ? place_in(error.value("field", ""), name) : kBatchMax;
  problem.detail = error.is_object() ? code + " " + error.value("detail", "")
                                     : "status " + std::to_string(answer.status);
  if (place >= rows.size()) return split(plan, std::move(rows), problem);
  problem.line = rows[place].line;
  problem.column = plan.column_of(name);
  problem.header = plan.header_at(problem.column);
  tell(problem);
  rows.erase(rows.begin() + static_cast<std::ptrdiff_t>(place));
  return rows.empty() ? Ending::kGood : send_batch(plan, std::move(rows));
}

Ending ImportRun::send_batch(const sheet::ImportPlan& plan, std::vector<WaitingRow> rows) {
  if (wish_.dry_run || rows.empty()) {
    for (const auto& row : rows) count(row.kind);
    return Ending::kGood;
  }
  const auto id = new_id();
  std::string body = R"({"id":")" + id + R"(","changes":[)";
  for (const auto& row : rows) {
    body += row.change;
    body += ',';
  }
  body.back() = ']';
  body += '}';
  Answer answer;
  for (int tries = 0; tries < 10; ++tries) {
    const Ending sent = talk_.send_text("/api/sets", body, answer, id);
    if (sent != Ending::kGood) return sent;
    if (answer.status != 503) break;
    ::usleep(200'000);  // the server has much to do just now
  }
  return judge(plan, answer, rows);
}

Ending ImportRun::send_window(const sheet::TextSource& source, const sheet::ImportPlan& plan,
                              std::vector<WaitingRow> rows) {
  std::sort(rows.begin(), rows.end(), [](const auto& a, const auto& b) { return a.id < b.id; });
  std::vector<WaitingRow> batch;
  std::size_t bytes = 0;
  for (auto& row : rows) {
    const auto weight = row.change.size() + 1;
    if (batch.size() == kBatchMax || (!batch.empty() && bytes + weight > kBatchBytesMax)) {
      const Ending sent = send_batch(plan, std::exchange(batch, {}));
      if (sent != Ending::kGood) return sent;
      bytes = 0;
      show_progress(source, false);
    }
    bytes += weight;
    batch.push_back(std::move(row));
  }
  return send_batch(plan, std::move(batch));
}

Ending ImportRun::read_all(sheet::TextSource& source, sheet::ImportPlan& plan) {
  sheet::CsvReader reader([&source] { return source.next(); });
  std::vector<WaitingRow> window;
  std::size_t bytes = 0;
  bool has_header = false;
  for (;;) {
    auto row = reader.next();
    if (!row.ok()) return complain(wish_.file + ": " + row.error().detail, Ending::kUsage);
    if (!*row) break;
    if (!has_header) {
      has_header = true;
      const auto problem = plan.read_header(**row);
      if (!problem) continue;
      tell(*problem);
      return Ending::kUsage;
    }
    ++counts_.lines;
    std::optional<sheet::RowProblem> problem;
    auto planned = plan.plan(**row, problem);
    if (!planned.ok()) {
      return line_ended_ != Ending::kGood ? line_ended_
                                          : complain(to_string(planned.error()), Ending::kRefused);
    }
    if (problem) tell(*problem);
    if (!*planned) continue;
    if ((*planned)->kind == sheet::PlannedRow::Kind::kSame) {
      count((*planned)->kind);
      continue;
    }
    window.push_back(waiting(wish_.collection, **planned));
    bytes += window.back().change.size();
    if (window.size() < kWindowMax && bytes < kWindowBytesMax) continue;
    const Ending sent = send_window(source, plan, std::exchange(window, {}));
    if (sent != Ending::kGood) return sent;
    bytes = 0;
  }
  if (!has_header) return complain(words_("the file is empty", "文件为空"), Ending::kUsage);
  return send_window(source, plan, std::move(window));
}

Ending ImportRun::open(std::unique_ptr<sheet::TextSource>& source) {
  auto opened = sheet::TextSource::open(wish_.file);
  if (!opened.ok()) return complain(wish_.file + ": " + to_string(opened.error()), Ending::kUsage);
  source = *std::move(opened);
  Json status;
  Ending ending = talk_.fetch("GET", "/api/status", std::nullopt, status);
  if (ending != Ending::kGood) return ending;
  const auto version = status.value("schema", Json::object()).value("version", std::uint64_t{0});
  Json rules;
  ending = talk_.fetch("GET", "/api/rule-sets/" + std::to_string(version), std::nullopt, rules);
  if (ending != Ending::kGood) return ending;
  auto schema = load_schema(rules.value("source", ""), "headquarters");
  if (!schema.ok()) return complain(to_string(schema.error()), Ending::kRefused);
  schema_ = *std::move(schema);
  return Ending::kGood;
}

Ending ImportRun::finish(const sheet::TextSource& source) {
  show_progress(source, true);
  if (counts_.refused > kProblemsShown)
    std::cerr << words_("… and ", "……另有 ") << counts_.refused - kProblemsShown
              << words_(" lines more\n", " 行\n");
  const bool gb = source.encoding() == sheet::Encoding::kGb18030;
  if (wish_.json) {
    std::cout << Json{{"lines", counts_.lines},     {"created", counts_.created},
                      {"changed", counts_.changed}, {"same", counts_.same},
                      {"refused", counts_.refused}, {"cases", counts_.cases},
                      {"dry_run", wish_.dry_run},   {"encoding", gb ? "GB18030" : "UTF-8"}}
                     .dump()
              << "\n";
  } else {
    std::cout << (wish_.dry_run ? words_("Nothing was changed. It would be: ", "未作改动。将会：")
                                : "")
              << counts_.lines << words_(" lines: ", " 行：") << counts_.created
              << words_(" created, ", " 新建，") << counts_.changed
              << words_(" changed, ", " 更改，") << counts_.same << words_(" the same, ", " 相同，")
              << counts_.refused << words_(" refused", " 拒绝");
    if (counts_.cases > 0)
      std::cout << "; " << counts_.cases << words_(" cases to be decided", " 个待处理案件");
    std::cout << (gb ? " (GB18030)\n" : "\n");
  }
  return counts_.refused == 0 ? Ending::kGood : Ending::kRefused;
}

Ending ImportRun::run() {
  std::unique_ptr<sheet::TextSource> source;
  if (const Ending opened = open(source); opened != Ending::kGood) return opened;
  sheet::ImportPlan plan(schema_, wanted(), [this](const auto& collection, const auto& key) {
    return known(collection, key);
  });
  const Ending ending = read_all(*source, plan);
  // What was sent stays; the same file again goes on where this ended.
  const Ending told = finish(*source);
  return ending != Ending::kGood ? ending : told;
}

}  // namespace daybook::cli
