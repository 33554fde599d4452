// SPDX-License-Identifier: Apache-2.0
// Which bucket, and how it is reached. Read by app from the configuration; judged here. Values.
#pragma once

#include <cstdint>
#include <string>

#include "core/base/result.hpp"

namespace daybook {

struct BucketSettings {
  // https://host[:port], or http:// to this machine itself. Without a path.
  std::string endpoint;
  std::string region = "us-east-1";  // as signatures name it; many servers want just this
  std::string bucket;
  std::string prefix = "attachments/";  // in front of each name; may be empty
  std::string access_key_id;
  std::string secret_key;  // never part of an error, and nobody prints it
  // https://host/bucket/name instead of https://bucket.host/name; needed where host is an address.
  bool path_style = true;
  std::string ca_file;                   // PEM; empty: the system's authorities
  std::uint32_t connect_timeout_s = 10;  // until a connection stands, TLS included
  std::uint32_t stall_timeout_s = 30;    // without a single byte, either way
  std::uint32_t retry_delay_ms = 250;    // before the second try; four times that before the third
  std::uint32_t list_page_size = 1'000;  // names asked for at once; a bucket gives no more
};

// Where requests go, taken apart once.
struct BucketPlace {
  bool tls = true;
  std::string authority;  // as errors name it: host[:port]
  std::string root;       // scheme, host and, with path_style, bucket; no slash at the end

  std::string url_of(const std::string& key) const { return root + "/" + key; }
  std::string url_of_list(const std::string& query) const { return root + list_path + query; }
  std::string list_path;
};

// kInvalid (kTooLarge) at the name of the setting that is wrong.
Result<BucketPlace> place_of(const BucketSettings& settings);

}  // namespace daybook
