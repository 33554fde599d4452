// SPDX-License-Identifier: Apache-2.0
#include "sync-server/net/limits.hpp"

#include <iterator>

namespace daybook {
namespace {

struct SizeLimit {
  std::string_view name;
  std::size_t HttpLimits::*member;
};
struct TimeLimit {
  std::string_view name;
  std::int64_t HttpLimits::*member;
};

// rate_bytes_per_s_min is the only limit that grows stricter upwards, and stands apart below.
constexpr SizeLimit kSizes[] = {
    {"head_size_max", &HttpLimits::head_size_max},
    {"fields_max", &HttpLimits::fields_max},
    {"target_size_max", &HttpLimits::target_size_max},
    {"body_size_max", &HttpLimits::body_size_max},
    {"json_size_max", &HttpLimits::json_size_max},
    {"bodies_size_max", &HttpLimits::bodies_size_max},
    {"linger_size_max", &HttpLimits::linger_size_max},
    {"requests_per_connection_max", &HttpLimits::requests_per_connection_max},
    {"tls_sessions_max", &HttpLimits::tls_sessions_max},
    {"stream_unsent_size_max", &HttpLimits::stream_unsent_size_max},
};

// The operator knows how many phones there are, and whether they come through one address.
constexpr SizeLimit kConnections[] = {
    {"connections_max", &HttpLimits::connections_max},
    {"connections_per_peer_max", &HttpLimits::connections_per_peer_max},
};

constexpr TimeLimit kTimes[] = {
    {"handshake_ms_max", &HttpLimits::handshake_ms_max},
    {"head_ms_max", &HttpLimits::head_ms_max},
    {"rate_window_ms", &HttpLimits::rate_window_ms},
    {"transfer_ms_max", &HttpLimits::transfer_ms_max},
    {"answer_ms_max", &HttpLimits::answer_ms_max},
    {"idle_ms_max", &HttpLimits::idle_ms_max},
    {"linger_ms_max", &HttpLimits::linger_ms_max},
    {"stop_ms_max", &HttpLimits::stop_ms_max},
    {"tls_session_s_max", &HttpLimits::tls_session_s_max},
    {"stream_ping_ms", &HttpLimits::stream_ping_ms},
};

}  // namespace

std::string_view HttpLimits::problem() const {
  const HttpLimits defaults;
  for (const auto& [name, member] : kSizes) {
    if (this->*member == 0 || this->*member > defaults.*member) return name;
  }
  for (const auto& [name, member] : kConnections) {
    if (this->*member == 0 || this->*member > kConnectionsCeiling) return name;
  }
  for (const auto& [name, member] : kTimes) {
    if (this->*member <= 0 || this->*member > defaults.*member) return name;
  }
  if (rate_bytes_per_s_min < defaults.rate_bytes_per_s_min) return "rate_bytes_per_s_min";
  return {};
}

}  // namespace daybook
