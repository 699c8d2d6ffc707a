// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/tls/session_store.hpp>

#include <string>

namespace tls_session_store_test {

using sse::detail::openssl_ptr;
using sse::detail::session_store;

openssl_ptr<SSL_SESSION> session() { return openssl_ptr<SSL_SESSION>(SSL_SESSION_new()); }

TEST_CASE("session_store: hands a session out once, and to its key only", "[session_store]") {
    session_store store(4);
    auto kept = session();
    SSL_SESSION* const raw = kept.get();
    store.put("a", std::move(kept));
    CHECK(store.take("b") == nullptr);
    CHECK(store.take("a").get() == raw);
    CHECK(store.take("a") == nullptr);
}

TEST_CASE("session_store: keeps the newest of a key", "[session_store]") {
    session_store store(4);
    store.put("a", session());
    auto newer = session();
    SSL_SESSION* const raw = newer.get();
    store.put("a", std::move(newer));
    CHECK(store.size() == 1);
    CHECK(store.take("a").get() == raw);
}

TEST_CASE("session_store: drops the oldest beyond its limit", "[session_store]") {
    session_store store(2);
    for (const char* const key : {"a", "b", "c"})
        store.put(key, session());
    CHECK(store.size() == 2);
    CHECK(store.take("a") == nullptr);
    CHECK(store.take("b") != nullptr);
    CHECK(store.take("c") != nullptr);
}

TEST_CASE("session_store: keeps nothing where the limit is zero", "[session_store]") {
    session_store store(0);
    store.put("a", session());
    CHECK(store.size() == 0);
}

} // namespace tls_session_store_test
