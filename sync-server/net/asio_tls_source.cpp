// SPDX-License-Identifier: Apache-2.0
// The compiled bodies of Asio's TLS stream. Beside asio_source.cpp and not in it: only this room
// uses them, and a program with both net rooms would otherwise have Asio's other bodies twice.
#include <boost/asio/ssl/impl/src.hpp>
