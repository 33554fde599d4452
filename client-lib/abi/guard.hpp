// SPDX-License-Identifier: Apache-2.0
// Where exceptions end: at the C door and at the top of our threads. Used inside abi only; any
// thread.
#pragma once

#include <exception>
#include <new>

#include "core/base/ensure.hpp"
#include "core/base/result.hpp"

namespace daybook::abi {

// Nothing in the house throws on a good day, so whatever arrives here means that we are broken.
template <class Call>
auto guarded(Call&& call) noexcept -> decltype(call()) {
  try {
    return call();
  } catch (const BrokenInvariant& broken) {
    return failure(Errc::kInternal, "invariant", broken.what());
  } catch (const std::bad_alloc&) {
    return failure(Errc::kInternal, "memory");
  } catch (const std::exception& other) {
    return failure(Errc::kInternal, "exception", other.what());
  } catch (...) {
    return failure(Errc::kInternal, "exception");
  }
}

}  // namespace daybook::abi
