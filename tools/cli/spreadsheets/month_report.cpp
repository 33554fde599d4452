// SPDX-License-Identifier: Apache-2.0
#include "tools/cli/spreadsheets/month_report.hpp"

#include <charconv>
#include <chrono>

namespace daybook::cli {
namespace {

// As an SQL text; what it holds stays a text.
std::string quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\0') continue;
    out += c;
    if (c == '\'') out += c;
  }
  return out + "'";
}

void replace_all(std::string& text, std::string_view what, const std::string& with) {
  for (auto at = text.find(what); at != std::string::npos; at = text.find(what, at)) {
    text.replace(at, what.size(), with);
    at += with.size();
  }
}

// When a visit was: finished; else when its work ended or it was signed; else its appointment.
constexpr std::string_view kVisits = R"(
with visits as (select * from (
  select v.*, coalesce(v.finished_at,
    (select max(e.at) from exact_visit_event e
      where e.visit = v.id and e.kind in ('work_done', 'signed', 'left')), v.window_start) as was_at,
    coalesce(v.arrived_at, (select min(e.at) from exact_visit_event e
      where e.visit = v.id and e.kind = 'arrived')) as came_at
  from exact_visit v)
  where was_at >= $from and was_at < $to $of_visits)
)";

constexpr std::string_view kVisitsByTechnician = R"(
select technician,
  count(*) as visits,
  sum(status in ('signed', 'reported', 'approved', 'archived')) as done,
  sum(coalesce(time_kept, came_at <= window_end) = 1) as on_time,
  sum(coalesce(time_kept, came_at <= window_end) = 0) as late,
  sum(coalesce(time_kept, came_at <= window_end) is null) as not_known,
  printf('%.2f', coalesce(sum(fee_total), 0) / 100.0) as fees,
  printf('%.2f', coalesce(sum(fee_collected), 0) / 100.0) as collected
from visits group by technician order by technician
)";

constexpr std::string_view kSurveys = R"(
select v.technician as technician, count(*) as surveys, printf('%.2f', avg(s.score)) as average_score,
  sum(s.score <= 2) as two_or_less
from exact_survey s join visits v on v.id = s.visit group by v.technician order by v.technician
)";

constexpr std::string_view kComplaints = R"(
select c.channel as channel, count(*) as complaints, sum(c.service_fault = 'yes') as service_fault,
  sum(c.answered_at is not null) as answered, sum(coalesce(c.state, '') <> 'closed') as not_closed
from exact_complaint c left join exact_visit v on v.id = c.visit
where c.received_at >= $from and c.received_at < $to and c.same_as is null $of_complaints
group by c.channel order by c.channel
)";

constexpr std::string_view kParts = R"(
select coalesce(s.part_no, (select p.part_no from exact_part p where p.id = s.part), '') as part_no, s.name as name,
  printf('%.3f', sum(s.quantity) / 1000.0) as quantity, count(*) as swaps,
  sum(coalesce(s.warranty, '') = 'paid') as paid
from exact_part_swap s join visits v on v.id = s.visit
where s.id not in (select corrects from exact_part_swap where corrects is not null)
group by 1, 2 order by 3 desc, 1
)";

// Owed at the end of the month: whatever was to be brought back until then and is neither received
// nor waived by then.
constexpr std::string_view kOldParts = R"(
select v.technician as technician, count(*) as old_parts_open, printf('%.3f', sum(s.quantity) / 1000.0) as quantity
from exact_part_swap s join exact_visit v on v.id = s.visit
where s.old_part = 'bring_back' $of_visits
  and coalesce(v.finished_at, (select max(e.at) from exact_visit_event e where e.visit = v.id), v.window_start, 0) < $to
  and s.id not in (select corrects from exact_part_swap where corrects is not null)
  and not exists (select 1 from exact_old_part_receipt r where r.swap = s.id and coalesce(r.received_at, 0) < $to)
  and not exists (select 1 from exact_old_part_waiver w where w.swap = s.id and coalesce(w.waived_at, 0) < $to)
group by v.technician order by v.technician
)";

constexpr std::string_view kCash = R"(
select c.holder as holder,
  printf('%.2f', sum(case when c.at >= $from and c.kind = 'taken' then c.amount else 0 end) / 100.0) as taken,
  printf('%.2f', sum(case when c.at >= $from and c.kind = 'handed_in' then c.amount else 0 end) / 100.0) as handed_in,
  printf('%.2f', sum(case when c.at >= $from and c.kind = 'refunded' then c.amount else 0 end) / 100.0) as refunded,
  printf('%.2f', sum(case c.kind when 'taken' then c.amount when 'received' then 0 else -c.amount end) / 100.0)
    as in_hand_at_the_end
from exact_cash_entry c where c.at < $to $of_cash group by c.holder order by c.holder
)";

// The figures of the month from the views of the rules: as published, and what late work changed.
// A month's name is taken from its middle, which no time zone moves into another.
constexpr std::string_view kFigures = R"(
select 'now' as stands, null as edition, f.visits as visits, f.arrivals_due as arrivals_due,
  f.arrivals_in_time as in_time, f.surveys as surveys, f.satisfied as satisfied,
  f.complaints_at_fault as at_fault, null as published_by, null as because
from figures_to_publish f where f.month = $month and f.organisation is $organisation
union all
select case when k.newest then 'published' else 'restated later' end, k.edition, k.visits,
  k.arrivals_due, k.arrivals_in_time, k.surveys_signed, k.surveys_satisfied, k.complaints_at_fault,
  k.published_by, k.restated_because
from kpi_published k where k.month = $month and k.organisation is $organisation
order by 2
)";

constexpr std::string_view kContracts = R"(
select contract_no, customer_name, category, printf('%.2f', amount / 100.0) as amount,
  sum(case when month = $month then inspections_due else 0 end) as inspections_due,
  sum(case when month = $month then inspections_done else 0 end) as inspections_done,
  sum(case when month = $month then visits else 0 end) as visits, fulfilled
from contract_fulfilment
where coalesce(valid_from, 0) < $to and coalesce(valid_to, $from) >= $from $of_contracts
group by contract order by contract_no
)";

std::string made(std::string_view sql, bool of_visits, const MonthBounds& month,
                 const std::string& org) {
  std::string text = (of_visits ? std::string(kVisits) : std::string()) + std::string(sql);
  std::string people;
  if (!org.empty()) {
    const auto name = quoted(org);
    people =
        "(select p.login from exact_person p join exact_organisation o on o.id = p.outlet where "
        "o.code = " +
        name + " or o.name = " + name + ")";
  }
  const bool all = org.empty();
  // The visits' own condition stands where the table has no other name.
  const std::string_view visits_name = of_visits ? "technician" : "v.technician";
  replace_all(text, "$of_visits", all ? "" : "and " + std::string(visits_name) + " in " + people);
  replace_all(text, "$of_complaints", all ? "" : "and v.technician in " + people);
  // A contract is a branch's when its people visit that customer.
  replace_all(text, "$of_contracts",
              all ? ""
                  : "and exists (select 1 from exact_visit v where v.customer = "
                    "contract_fulfilment.customer and v.technician in " +
                        people + ")");
  replace_all(text, "$of_cash", all ? "" : "and c.holder in " + people);
  replace_all(text, "$organisation",
              all ? "null"
                  : "(select o.id from exact_organisation o where o.code = " + quoted(org) +
                        " or o.name = " + quoted(org) + " limit 1)");
  replace_all(text, "$month", "strftime('%Y-%m', ($from + $to) / 2000, 'unixepoch')");
  replace_all(text, "$from", std::to_string(month.from_ms));
  replace_all(text, "$to", std::to_string(month.to_ms));
  return text;
}

}  // namespace

std::optional<MonthBounds> month_bounds(std::string_view month, std::int16_t utc_offset_min) {
  using namespace std::chrono;
  int y = 0;
  unsigned m = 0;
  if (month.size() != 7 || month[4] != '-') return std::nullopt;
  const auto year_read = std::from_chars(month.data(), month.data() + 4, y);
  const auto month_read = std::from_chars(month.data() + 5, month.data() + 7, m);
  const bool read = year_read.ec == std::errc{} && year_read.ptr == month.data() + 4 &&
                    month_read.ec == std::errc{} && month_read.ptr == month.data() + 7;
  if (!read || y < 1970 || m < 1 || m > 12) return std::nullopt;
  const year_month first{year(y), std::chrono::month(m)};
  const auto begins = [&](year_month of) {
    const auto days = sys_days(of / day(1)).time_since_epoch().count();
    return (std::int64_t{days} * 1'440 - utc_offset_min) * 60'000;
  };
  return MonthBounds{begins(first), begins(first + months(1))};
}

std::vector<MonthSection> month_sections(const MonthBounds& month, const std::string& org) {
  return {
      {"figures", "月度指标", "Figures of the month", made(kFigures, false, month, org)},
      {"visits", "上门服务", "Visits, by technician", made(kVisitsByTechnician, true, month, org)},
      {"surveys", "满意度调查", "Surveys", made(kSurveys, true, month, org)},
      {"complaints", "投诉", "Complaints", made(kComplaints, false, month, org)},
      {"parts_used", "用件", "Parts used", made(kParts, true, month, org)},
      {"old_parts_open", "未交旧件", "Old parts still owed at the end",
       made(kOldParts, false, month, org)},
      {"cash", "现金", "Cash", made(kCash, false, month, org)},
      {"contracts", "合同履行一览表", "Contracts", made(kContracts, false, month, org)},
  };
}

}  // namespace daybook::cli
