// SPDX-License-Identifier: Apache-2.0
// A file's text as UTF-8 pieces, whatever a spreadsheet wrote it as: UTF-8 with or without its
// mark, or GB18030 (which holds GBK and GB2312), as Excel in China does. One thread.
#pragma once

#include <cstdint>
#include <fstream>
#include <memory>
#include <string>

#include "core/base/result.hpp"

namespace daybook::sheet {

enum class Encoding : std::uint8_t { kUtf8, kGb18030 };

class TextSource {
 public:
  // Reads the whole file once to see what it is: what is not UTF-8 from end to end is taken for
  // GB18030. kNotFound, kNotSupported (UTF-16).
  static Result<std::unique_ptr<TextSource>> open(const std::string& path);
  ~TextSource();

  // Empty at the end. kInvalid when the bytes are neither: `detail` says at which.
  Result<std::string> next();
  Encoding encoding() const { return encoding_; }
  std::uint64_t size() const { return size_; }  // bytes of the file
  std::uint64_t done() const { return done_; }

 private:
  TextSource() = default;

  std::ifstream file_;
  Encoding encoding_ = Encoding::kUtf8;
  std::uint64_t size_ = 0;
  std::uint64_t done_ = 0;
  void* converter_ = nullptr;  // an iconv_t
  std::string kept_;           // the beginning of a character that the next piece ends
};

}  // namespace daybook::sheet
