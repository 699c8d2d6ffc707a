// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/tls/openssl.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

/// TLS sessions to resume, at most `limit` of them and one a key. Resuming skips the checks of the
/// certificate: the key has to tell apart all that they depend on.
/// Thread safety: safe.
class session_store {
public:
    explicit session_store(std::size_t limit) : limit_(limit) {}

    /// Keeps `session` for `key`, in place of an older one. The oldest goes where there is no room.
    void put(std::string_view key, openssl_ptr<SSL_SESSION> session) {
        const std::lock_guard lock(mutex_);
        erase(key);
        if (limit_ == 0) return;
        if (entries_.size() >= limit_) entries_.pop_front();
        entries_.push_back({std::string(key), std::move(session)});
    }

    /// Takes the session for `key` out, null where there is none. A ticket is used once only, so
    /// that nobody who watches can tell that two connections are of one client (RFC 8446, C.4).
    [[nodiscard]] openssl_ptr<SSL_SESSION> take(std::string_view key) {
        const std::lock_guard lock(mutex_);
        const auto at = find(key);
        if (at == entries_.end()) return nullptr;
        auto session = std::move(at->session);
        entries_.erase(at);
        return session;
    }

    [[nodiscard]] std::size_t size() const {
        const std::lock_guard lock(mutex_);
        return entries_.size();
    }

private:
    struct entry {
        std::string key;
        openssl_ptr<SSL_SESSION> session;
    };

    std::deque<entry>::iterator find(std::string_view key) {
        return std::find_if(entries_.begin(), entries_.end(),
                            [&](const entry& e) { return e.key == key; });
    }

    void erase(std::string_view key) {
        if (const auto at = find(key); at != entries_.end()) entries_.erase(at);
    }

    mutable std::mutex mutex_;
    std::deque<entry> entries_{};
    std::size_t limit_;
};

} // namespace sse::detail
