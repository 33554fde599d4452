// SPDX-License-Identifier: Apache-2.0
// A small sealed paper for tests of what is signed: one swap, and a visit with these fields.
#pragma once

#include "core/domain/signature/sealed_form.hpp"

namespace daybook::test {

template <class Fixed>
Fixed filled(std::uint8_t byte) {
  Fixed fixed;
  fixed.raw.fill(byte);
  return fixed;
}

inline SealedForm sample_form(Fields visit) {
  SealedForm form;
  form.paper = "form";
  form.id = filled<Uuid>(1);
  form.subject = filled<Uuid>(2);
  form.rules = "after_sales";
  form.rules_version = 5;
  form.records.push_back({{"part_swap", filled<Uuid>(3)},
                          {{"name", Value::text("电源板")}, {"quantity", Value::integer(1000)}}});
  form.records.push_back({{"visit", filled<Uuid>(2)}, std::move(visit)});
  form.manifest.push_back(manifest_row(form.records[0]));
  form.included_upto.office = {filled<EpochId>(4), 17};
  return form;
}

}  // namespace daybook::test
