// SPDX-License-Identifier: Apache-2.0
// `daybookd init`: a new server's directory with configuration, key, certificate, an empty store
// and its first administrator.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/fixed_bytes.hpp"
#include "core/base/result.hpp"

namespace daybook {

struct InitOptions {
  std::string directory;
  std::string name = "localhost";  // host name for the certificate and the public URL
  std::string address = "127.0.0.1";
  std::uint16_t port = 8443;
  std::string admin = "admin";
  std::string admin_password;  // empty: one is drawn
  std::string schema;          // file to use instead of the built-in schema
  std::string overlay;         // file of additions to it
};

struct InitReport {
  Digest pin;                  // of the new key
  std::string admin_password;  // the drawn one; empty when it was given
};

// kAlreadyExists when the directory holds a configuration: nothing is ever overwritten.
Result<InitReport> init_server(const InitOptions& options);

}  // namespace daybook
