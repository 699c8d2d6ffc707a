// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/limits.hpp>
#include <sse/text/utf8.hpp>

namespace sse {

/// How a parser works.
template <class Limits = limits>
struct parser_options {
    Limits limits{};                         ///< bytes kept at most
    utf8_policy utf8 = utf8_policy::replace; ///< what is done with bytes that are not UTF-8
    bool comments = false;                   ///< whether `next` reports comments
};

} // namespace sse
