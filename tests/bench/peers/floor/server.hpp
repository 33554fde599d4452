// SPDX-License-Identifier: Apache-2.0
// The floor's server: one thread, HTTP on 127.0.0.1, one database. Started by main.cpp.
#pragma once

#include <string>

namespace floor_peer {

// Serves until the process is killed.
[[noreturn]] void serve(int port, const std::string& database_path, const std::string& synchronous);

}  // namespace floor_peer
