// SPDX-License-Identifier: Apache-2.0
// The compiled bodies of Asio and Beast, once for everybody who links this room.
#include <boost/asio/impl/src.hpp>
#include <boost/beast/src.hpp>
