// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/error.hpp>

#include <set>
#include <string>
#include <system_error>

namespace text_error_test {

namespace {

/// All codes: those that have a text of their own.
std::set<sse::errc> all_codes() {
    std::set<sse::errc> codes;
    for (int value = 1; value < 200; ++value) {
        const auto e = static_cast<sse::errc>(value);
        if (std::string(sse::message(e)) != "unknown error") codes.insert(e);
    }
    return codes;
}

} // namespace

TEST_CASE("error: success is no error, and everything else is one with a text of its own") {
    CHECK(!std::error_code(sse::errc::success));
    std::set<std::string> texts;
    for (const auto e : all_codes()) {
        const std::error_code code = e;
        CHECK(code);
        CHECK(code.category() == sse::error_category());
        texts.insert(code.message());
    }
    CHECK(texts.size() == all_codes().size());
    CHECK(texts.size() > 30);
}

TEST_CASE("error: each code is either retryable or fatal") {
    for (const auto e : all_codes()) {
        const std::error_code code = e;
        INFO(code.message());
        CHECK((code == sse::condition::retryable) != (code == sse::condition::fatal));
    }
}

TEST_CASE("error: conditions group codes of all layers") {
    CHECK(std::error_code(sse::errc::event_too_large) == sse::condition::limit);
    CHECK(std::error_code(sse::errc::head_too_large) == sse::condition::limit);
    CHECK(std::error_code(sse::errc::idle_timeout) == sse::condition::timeout);
    CHECK(std::error_code(sse::errc::bad_chunk) == sse::condition::protocol);
    CHECK(std::error_code(sse::errc::truncated) == sse::condition::retryable);
    CHECK(std::error_code(sse::errc::no_content) == sse::condition::fatal);
    CHECK(std::make_error_code(std::errc::timed_out) != sse::condition::timeout);
}

TEST_CASE("error: failures of proxies and TLS have codes and conditions of their own") {
    CHECK(std::error_code(sse::errc::handshake_timeout) == sse::condition::timeout);
    CHECK(std::error_code(sse::errc::proxy_refused) == sse::condition::retryable);
    CHECK(std::error_code(sse::errc::proxy_unauthorized) == sse::condition::fatal);
    CHECK(std::error_code(sse::errc::tls_misconfigured) == sse::condition::tls);
    CHECK(std::error_code(sse::errc::tls_unavailable) == sse::condition::tls);
    CHECK(std::error_code(sse::errc::truncated) != sse::condition::tls);
}

} // namespace text_error_test
