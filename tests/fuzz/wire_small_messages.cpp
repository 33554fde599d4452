// SPDX-License-Identifier: Apache-2.0
// Fuzz entry: enrolment, sessions, error answers and the enrolment text. The first byte chooses
// which.
#include "core/wire/enrol_text.hpp"
#include "core/wire/message.hpp"
#include "tests/fuzz/one_form.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* bytes, std::size_t size) {
  using namespace daybook;
  if (size == 0) return 0;
  const BytesView input(bytes + 1, size - 1);
  switch (bytes[0] % 6) {
    case 0: test::demand_one_form(wire::decode_enrol_request(input), input); break;
    case 1: test::demand_one_form(wire::decode_enrol_reply(input), input); break;
    case 2: test::demand_one_form(wire::decode_session_request(input), input); break;
    case 3: test::demand_one_form(wire::decode_session_reply(input), input); break;
    case 4: test::demand_one_form(wire::decode_error_reply(input), input); break;
    default: {
      const auto read = wire::read_enrol_text(text_of(input));
      // What was understood must be understood again from its own text.
      if (read.ok() && !(wire::read_enrol_text(wire::to_text(*read)).value() == *read))
        std::abort();
    }
  }
  return 0;
}
