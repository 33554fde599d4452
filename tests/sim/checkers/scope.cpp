// SPDX-License-Identifier: Apache-2.0
// Scope: what is sent to a device is in its scopes now. `left` may name only what was in them since
// the device first came.
#include <string_view>

#include "tests/sim/checkers/checkers.hpp"

namespace daybook::sim {
namespace {

bool occurs(BytesView needle, BytesView hay) {
  return text_of(hay).find(text_of(needle)) != std::string_view::npos;
}

std::string name_of(const RecordRef& record) {
  return record.collection + "/" + to_string(record.id);
}

}  // namespace

void check_reply(const Book& book, Device& device, ServerStore& store, const wire::SyncReply& reply,
                 BytesView raw) {
  if (!reply.page) return;
  const auto& page = *reply.page;
  Expected now{scope_by_model(store, device.actor)};
  for (const auto& entry : page.entries) {
    const auto row = now.rows.find(entry.record);
    check(row != now.rows.end(), "scope",
          "a page shows " + name_of(entry.record) + " that is not in scope");
    check(row->second.second == entry.row && row->second.first == entry.row_version, "scope",
          "a page shows a row of " + name_of(entry.record) + " that is not in force");
    device.shown.insert(entry.record);
  }
  for (const auto& left : page.left) {
    // What came and went between two looks of this checker was in scope all the same.
    const auto member = must(store.find_member(page.scopes[left.scope], left.record), "member");
    const bool came_later = device.met && member && member->entered > *device.met;
    if (came_later) device.once_in_scope.insert(left.record);
    check(device.shown.contains(left.record) || device.once_in_scope.contains(left.record), "scope",
          "`left` names " + name_of(left.record) + " that the phone never had");
  }
  if (!device.met) device.met = page.head.version;
  for (const auto& [record, row] : now.rows) device.once_in_scope.insert(record);
  for (const auto& [record, canary] : book.canaries) {
    const auto author = book.authors.find(record);
    const bool own = author != book.authors.end() && author->second.contains(device.index);
    if (own || now.rows.contains(record)) continue;
    check(!occurs(view_of(canary), raw), "scope",
          "the canary of " + name_of(record) + " is in a reply");
    if (device.once_in_scope.contains(record)) continue;
    check(!occurs(record.id.view(), raw), "scope",
          "the id of " + name_of(record) + " is in a reply");
  }
  if (page.complete) device.states[{page.head.version, page.head.head}].push_back(std::move(now));
}

}  // namespace daybook::sim
