// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace sse::net {

/// Puts addresses into the order in which they are tried: the families in turn, beginning with that
/// of the first one, so that a family that leads nowhere costs one attempt (RFC 8305, section 4).
/// Within a family the order stays, which is the system's (RFC 6724). `is_first_family` tells those
/// of the first one's family.
template <class Address, class Predicate>
[[nodiscard]] std::vector<Address> interleaved(std::vector<Address> addresses,
                                               Predicate is_first_family) {
    const auto others =
        std::stable_partition(addresses.begin(), addresses.end(), std::move(is_first_family));
    std::vector<Address> result;
    result.reserve(addresses.size());
    auto a = addresses.begin();
    auto b = others;
    while (a != others || b != addresses.end()) {
        if (a != others) result.push_back(std::move(*a++));
        if (b != addresses.end()) result.push_back(std::move(*b++));
    }
    return result;
}

} // namespace sse::net
