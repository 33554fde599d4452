// SPDX-License-Identifier: Apache-2.0
// Cases, parked sets, evidence and attempts.
#include "tests/conformance/server_store/samples.hpp"
#include "tests/conformance/server_store/suite.hpp"

namespace daybook::test {

namespace {

std::vector<std::uint64_t> numbers_of(const std::vector<ConflictCase>& cases) {
  std::vector<std::uint64_t> numbers;
  for (const auto& conflict : cases) numbers.push_back(conflict.number);
  return numbers;
}

void cases_come_back_whole(StoreUnderTest& under_test) {
  auto resolved = case_number(2, record_number("visit", 1));
  resolved.kind = CaseKind::kAmendment;
  resolved.state = CaseState::kDecided;
  resolved.resolved_by = "li";
  resolved.choice = "office";
  resolved.reason = "客户已确认";
  resolved.resolved = 20;
  resolved.base_value.reset();
  const auto open = case_number(1, record_number("visit", 1));
  in_transaction(under_test.store(), [&] {
    good(under_test.store().put_case(resolved));
    good(under_test.store().put_case(open));
    CHECK(code_of(under_test.store().put_case(case_number(0, record_number("visit", 1)))) ==
          Errc::kInvalid);
  });
  under_test.reopen();
  CHECK(good(under_test.store().find_case(1)) == std::optional(open));
  CHECK(good(under_test.store().find_case(2)) == std::optional(resolved));
  CHECK_FALSE(good(under_test.store().find_case(3)).has_value());
}

void case_numbers_go_up(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  CHECK(good(store.next_case_number()) == 1);
  in_transaction(store, [&] {
    good(store.put_case(case_number(1, record_number("visit", 1))));
    good(store.put_case(case_number(5, record_number("visit", 2))));
    CHECK(good(store.next_case_number()) == 6);
    good(store.savepoint());
    good(store.put_case(case_number(6, record_number("visit", 3))));
    CHECK(good(store.next_case_number()) == 7);
    good(store.rollback_to_savepoint());
    CHECK(good(store.next_case_number()) == 6);
  });
  CHECK(good(store.next_case_number()) == 6);
}

void the_open_case_is_found(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const auto visit = record_number("visit", 1);
  const auto device = uuid_number(50);
  auto about_device = case_number(3, RecordRef{});
  about_device.kind = CaseKind::kDeviceForked;
  about_device.field.clear();
  in_transaction(store, [&] {
    good(store.put_case(case_number(1, visit)));
    good(store.put_case(about_device));
  });
  const auto number_of = [&](CaseKind kind, const RecordRef& record, const std::string& field,
                             const DeviceId& of) {
    const auto found = good(store.find_open_case(kind, record, field, of));
    return found ? found->number : 0;
  };
  CHECK(number_of(CaseKind::kField, visit, "note", device) == 1);
  CHECK(number_of(CaseKind::kLate, visit, "note", device) == 0);
  CHECK(number_of(CaseKind::kField, record_number("visit", 2), "note", device) == 0);
  CHECK(number_of(CaseKind::kField, record_number("part", 1), "note", device) == 0);
  CHECK(number_of(CaseKind::kField, visit, "", device) == 0);
  CHECK(number_of(CaseKind::kField, visit, "note", uuid_number(51)) == 0);
  CHECK(number_of(CaseKind::kField, visit, "note", {}) == 0);
  CHECK(number_of(CaseKind::kDeviceForked, RecordRef{}, "", device) == 3);

  auto resolved = case_number(1, visit);
  resolved.state = CaseState::kDecided;
  in_transaction(store, [&] { good(store.put_case(resolved)); });
  CHECK(number_of(CaseKind::kField, visit, "note", device) == 0);
  in_transaction(store, [&] { good(store.put_case(case_number(4, visit))); });
  CHECK(number_of(CaseKind::kField, visit, "note", device) == 4);
}

void cases_are_listed(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  in_transaction(store, [&] {
    for (const std::uint64_t number : {5, 1, 3, 2, 4}) {
      auto conflict = case_number(number, record_number("visit", number));
      if (number % 2 == 0) conflict.state = CaseState::kDecided;
      good(store.put_case(conflict));
    }
  });
  using Numbers = std::vector<std::uint64_t>;
  CHECK(numbers_of(good(store.list_cases(std::nullopt, 0, 10))) == Numbers{1, 2, 3, 4, 5});
  CHECK(numbers_of(good(store.list_cases(std::nullopt, 2, 2))) == Numbers{3, 4});
  CHECK(numbers_of(good(store.list_cases(CaseState::kOpen, 0, 10))) == Numbers{1, 3, 5});
  CHECK(numbers_of(good(store.list_cases(CaseState::kOpen, 1, 1))) == Numbers{3});
  CHECK(numbers_of(good(store.list_cases(CaseState::kDecided, 0, 10))) == Numbers{2, 4});
  CHECK(good(store.list_cases(CaseState::kOpen, 5, 10)).empty());
  CHECK(good(store.list_cases(std::nullopt, 0, 0)).empty());
}

void parked_sets_come_back_whole(StoreUnderTest& under_test) {
  // Ids, seqs and commits in three different orders.
  const auto first = parked_number(30, 3, 1, 12);
  const auto second = parked_number(10, 3, 2, 11);
  auto alone = parked_number(20, 4, 1, 10);
  alone.waits_for.clear();
  in_transaction(under_test.store(), [&] {
    for (const auto& row : {second, alone, first}) good(under_test.store().put_parked(row));
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(text_of_row(good(store.find_parked(first.set))) == text_of_row(first));
  CHECK_FALSE(good(store.find_parked(uuid_number(40))).has_value());
  CHECK(texts_of(good(store.parked_of(3))) == texts_of(std::vector{first, second}));
  CHECK(good(store.parked_of(5)).empty());
  CHECK(texts_of(good(store.list_parked(10))) == texts_of(std::vector{alone, second, first}));
  CHECK(texts_of(good(store.list_parked(2))) == texts_of(std::vector{alone, second}));
  auto freed = second;
  freed.waits_for.clear();
  in_transaction(store, [&] {
    good(store.put_parked(freed));
    good(store.erase_parked(first.set));
    good(store.erase_parked(uuid_number(40)));  // nothing to do
  });
  CHECK(texts_of(good(store.parked_of(3))) == texts_of(std::vector{freed}));
}

void evidence_is_kept_unread(StoreUnderTest& under_test) {
  auto& store = under_test.store();
  const EvidenceRow first{uuid_number(1), 9, "wrong_signature", Bytes(5'000, 0x17)};
  const EvidenceRow second{uuid_number(1), 8, "wrong_hash", {}};
  const EvidenceRow foreign{uuid_number(2), 7, "stolen", {1}};
  in_transaction(store, [&] {
    for (const auto& row : {first, foreign, second}) good(store.put_evidence(row));
  });
  CHECK(texts_of(good(store.evidence_of(uuid_number(1), 10))) ==
        texts_of(std::vector{first, second}));
  CHECK(texts_of(good(store.evidence_of(uuid_number(1), 1))) == texts_of(std::vector{first}));
  CHECK(good(store.evidence_of(uuid_number(3), 10)).empty());
}

void attempts_are_counted_per_set(StoreUnderTest& under_test) {
  in_transaction(under_test.store(), [&] {
    CHECK(good(under_test.store().count_attempt(uuid_number(1))) == 1);
    CHECK(good(under_test.store().count_attempt(uuid_number(1))) == 2);
    CHECK(good(under_test.store().count_attempt(uuid_number(2))) == 1);
  });
  under_test.reopen();
  auto& store = under_test.store();
  CHECK(good(store.attempts_of(uuid_number(1))) == 2);
  CHECK(good(store.attempts_of(uuid_number(3))) == 0);
  in_transaction(store, [&] {
    good(store.clear_attempts(uuid_number(1)));
    good(store.clear_attempts(uuid_number(3)));  // nothing to do
    CHECK(good(store.count_attempt(uuid_number(2))) == 2);
  });
  CHECK(good(store.attempts_of(uuid_number(1))) == 0);
  CHECK(good(store.attempts_of(uuid_number(2))) == 2);
}

}  // namespace

std::vector<ConformanceCase> trouble_cases() {
  return {
      {"a case comes back with every field; number 0 is refused", cases_come_back_whole},
      {"case numbers go up from the highest", case_numbers_go_up},
      {"the open case is found by kind, record, field and device", the_open_case_is_found},
      {"cases are listed by state, in order, on pages", cases_are_listed},
      {"a parked set comes back with every field", parked_sets_come_back_whole},
      {"evidence is kept in order of arrival", evidence_is_kept_unread},
      {"attempts are counted for each set", attempts_are_counted_per_set},
  };
}

}  // namespace daybook::test
