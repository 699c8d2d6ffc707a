// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/outgoing_request.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/url.hpp>
#include <sse/net/asio.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <utility>

namespace sse {
namespace detail {

/// A request while the user makes up his mind about it. Shared by the source, which waits, and by
/// the user, who may answer late, from another thread, or when the source is long gone.
class request_draft {
public:
    request_draft(http::url u, http::fields h, std::string b, std::string id, std::size_t attempt,
                  error_code last_error)
        : url(std::move(u)), headers(std::move(h)), body(std::move(b)),
          last_event_id(std::move(id)), view_{headers, body,       url,
                                              attempt, last_error, last_event_id} {}
    request_draft(const request_draft&) = delete;
    request_draft& operator=(const request_draft&) = delete;

    http::url url;
    http::fields headers;
    std::string body;
    std::string last_event_id;

    [[nodiscard]] const outgoing_request& view() const noexcept { return view_; }

    /// The user has decided. Only the first answer counts; whoever waits is woken.
    void answer(error_code ec) {
        const std::lock_guard lock(mutex_);
        if (answer_) return;
        answer_ = ec;
        if (wake_) wake_();
    }

    [[nodiscard]] std::optional<error_code> answered() const {
        const std::lock_guard lock(mutex_);
        return answer_;
    }

    /// Has `wake` called when the answer comes: once, on the thread that answers, and while
    /// `unwatch` has to wait. False where the answer is there.
    [[nodiscard]] bool watch(std::function<void()> wake) {
        const std::lock_guard lock(mutex_);
        if (answer_) return false;
        wake_ = std::move(wake);
        return true;
    }

    /// Nobody waits any more; `wake` is not called again, and gone. Whether somebody did.
    bool unwatch() {
        const std::lock_guard lock(mutex_);
        return std::exchange(wake_, nullptr) != nullptr;
    }

private:
    outgoing_request view_;
    mutable std::mutex mutex_;
    std::optional<error_code> answer_;
    std::function<void()> wake_;
};

} // namespace detail

/// A request that waits for the user of `event_source_hooks::on_request_async`: change it, then
/// call `send()` or `fail()`, at once or later, on any thread. Move-only.
///
///     options.hooks.on_request_async = [&](sse::pending_request request) {
///         tokens.async_fetch([request = std::move(request)](auto ec, std::string token) mutable {
///             if (ec) return request.fail(ec);
///             request->headers.set("Authorization", "Bearer " + token);
///             request.send();
///         });
///     };
///
/// Destroying it unanswered fails the attempt with `errc::request_abandoned`.
/// Lifetime: may outlive the source; an answer that nobody waits for any more does nothing.
/// Thread safety: distinct objects: safe. Shared objects: unsafe.
class pending_request {
public:
    explicit pending_request(std::shared_ptr<detail::request_draft> draft) noexcept
        : draft_(std::move(draft)) {}
    pending_request(pending_request&&) noexcept = default;
    pending_request& operator=(pending_request&& other) noexcept {
        pending_request(std::move(other)).draft_.swap(draft_);
        return *this;
    }
    ~pending_request() { fail(errc::request_abandoned); }

    /// Whether it can be answered: it was not, nor moved from.
    [[nodiscard]] explicit operator bool() const noexcept { return draft_ != nullptr; }

    /// What is going to be sent. Not any more once it is answered.
    [[nodiscard]] const outgoing_request& operator*() const noexcept { return draft_->view(); }
    [[nodiscard]] const outgoing_request* operator->() const noexcept { return &draft_->view(); }

    /// Connects and sends it.
    void send() { answer({}); }

    /// The attempt fails with `ec`, as one that got no connection.
    void fail(error_code ec) { answer(ec ? ec : error_code(errc::request_abandoned)); }

private:
    void answer(error_code ec) {
        if (const auto draft = std::exchange(draft_, nullptr)) draft->answer(ec);
    }

    std::shared_ptr<detail::request_draft> draft_;
};

} // namespace sse
