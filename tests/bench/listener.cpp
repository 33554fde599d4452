// SPDX-License-Identifier: Apache-2.0
#include "tests/bench/listener.hpp"

#include <chrono>

namespace daybook::bench {

Listener::Listener(const std::string& store) : phone_(store) {
  phone_.make_ready();
  phone_.exchange_all();
  phone_.hold_line([this](BytesView page) { called(page); });
  fetch_thread_ = std::thread([this] { fetch(); });
}

Listener::~Listener() { stop(); }

void Listener::stop() {
  if (!fetch_thread_.joinable()) return;
  stopping_ = true;
  ring();
  fetch_thread_.join();
  phone_.live().stop();
}

void Listener::expect(const RecordRef& record, std::string field, std::string value) {
  const std::scoped_lock lock(mutex_);
  record_ = record;
  field_ = std::move(field);
  value_ = std::move(value);
  seen_s_ = 0;
}

double Listener::wait_seen(double patience_s) {
  std::unique_lock lock(mutex_);
  while (!changed_.wait_for(lock, std::chrono::duration<double>(patience_s),
                            [this] { return seen_s_ > 0; })) {
    ++unrung_;
    rung_ = true;
    changed_.notify_all();
  }
  return seen_s_;
}

void Listener::called(BytesView page) {
  {
    const std::scoped_lock lock(mutex_);
    ++bells_;
  }
  if (page.empty()) return ring();
  const std::scoped_lock lock(core_mutex_);
  if (take(phone_.core().on_live_page(page), "live page")) return look();
  ring();
}

void Listener::ring() {
  const std::scoped_lock lock(mutex_);
  rung_ = true;
  changed_.notify_all();
}

void Listener::fetch() {
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return rung_; });
      rung_ = false;
    }
    if (stopping_) return;
    const std::scoped_lock lock(core_mutex_);
    phone_.core().on_bell();
    while (take(phone_.exchange_once(), "exchange of the second phone")) look();
  }
}

void Listener::look() {
  const double now_s = monotonic_s();
  static_cast<void>(phone_.core().take_events());
  const std::scoped_lock lock(mutex_);
  if (seen_s_ > 0 || !record_) return;
  const auto row = take(phone_.core().find_row(*record_), "row");
  const Value* const shown = row ? row->values.find(field_) : nullptr;
  if (shown == nullptr || *shown != Value::text(value_)) return;
  seen_s_ = now_s;
  changed_.notify_all();
}

}  // namespace daybook::bench
