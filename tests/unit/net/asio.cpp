// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/net/asio.hpp>

#include <system_error>

namespace net_asio_test {

using sse::condition;
using sse::errc;
using sse::error_code;
using sse::to_errc;
namespace asio = sse::asio;

TEST_CASE("error_code: is made of an errc, by construction and by assignment", "[asio]") {
    const error_code made = errc::lagged;
    error_code assigned;
    assigned = errc::lagged;
    CHECK(made == assigned);
    CHECK(made == errc::lagged);
    CHECK(made != errc::closed);
    CHECK(made);
    CHECK(made.message() == sse::message(errc::lagged));
}

TEST_CASE("error_code: errc::success is no error", "[asio]") {
    const error_code ec = errc::success;
    CHECK_FALSE(ec);
}

TEST_CASE("error_code: compares with the conditions of an errc", "[asio]") {
    const error_code ec = errc::lagged;
    CHECK(ec == condition::retryable);
    CHECK(ec != condition::limit);
    CHECK(error_code(errc::line_too_long) == condition::limit);
    CHECK(error_code(errc::connect_timeout) == condition::timeout);
    CHECK(error_code(errc::bad_chunk) == condition::protocol);
}

TEST_CASE("error_code: an error of Asio is no errc, even where the number is the same", "[asio]") {
    const error_code eof = asio::error::eof;
    CHECK(eof != errc::end_of_stream);
    CHECK(to_errc(eof) == errc::success);
    for (int value = 0; value < 100; ++value) {
        const error_code ec(value, asio::error::get_misc_category());
        CHECK(ec != static_cast<errc>(value == 0 ? 1 : value));
    }
}

TEST_CASE("error_code: goes to std::error_code and back", "[asio]") {
    const error_code ec = errc::idle_timeout;
    const std::error_code standard = ec;
    CHECK(standard == errc::idle_timeout);
    CHECK(standard.category() == sse::error_category());
    CHECK(error_code(standard) == ec);
    CHECK(error_code(standard) == errc::idle_timeout);
}

TEST_CASE("to_errc: gives the enumerator to switch on", "[asio]") {
    CHECK(to_errc(error_code(errc::head_timeout)) == errc::head_timeout);
    CHECK(to_errc(error_code()) == errc::success);
    CHECK(to_errc(asio::error::connection_reset) == errc::success);
}

} // namespace net_asio_test
