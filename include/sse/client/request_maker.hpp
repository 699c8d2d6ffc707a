// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/pending_request.hpp>
#include <sse/client/redirect.hpp>
#include <sse/client/request.hpp>
#include <sse/http/fields.hpp>
#include <sse/http/request_head.hpp>
#include <sse/http/url.hpp>
#include <sse/text/error.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// Where an event source begins: its URL, nothing where that is none, without the userinfo, which
/// is among the headers.
struct request_start {
    std::optional<http::url> url{http::url{}};
    http::fields headers{};

    request_start(std::string_view text, const std::vector<http::field>& lines) {
        for (const http::field& line : lines)
            headers.add(line.name, line.value);
        if (http::parse_url(text, *url) == errc::success)
            take_userinfo(*url, headers);
        else
            url.reset();
    }
};

/// Makes the requests of an event source: a draft for each attempt, which the user may change, and
/// of what became of it the bytes for each of its hops.
class request_maker {
public:
    request_maker(http::fields headers, std::string body)
        : headers_(std::move(headers)), body_(std::move(body)) {}
    request_maker(const request_maker&) = delete;
    request_maker& operator=(const request_maker&) = delete;
    ~request_maker() { abandon(); }

    /// What each draft begins with.
    [[nodiscard]] const http::fields& headers() const noexcept { return headers_; }
    [[nodiscard]] const std::string& body() const noexcept { return body_; }

    /// Begins an attempt.
    void begin(std::shared_ptr<request_draft> draft) { draft_ = std::move(draft); }

    /// The draft under way; null where there is none.
    [[nodiscard]] const std::shared_ptr<request_draft>& draft() const noexcept { return draft_; }

    [[nodiscard]] bool answered() const { return draft_ && draft_->answered(); }

    /// Nobody waits for the answer any more; it is found later.
    void unwatch() const {
        if (draft_) draft_->unwatch();
    }

    /// Takes the draft as it is now, and gives the URL to go to.
    [[nodiscard]] http::url adopt() {
        const auto draft = std::exchange(draft_, nullptr);
        attempt_headers_ = std::move(draft->headers);
        attempt_body_ = std::move(draft->body);
        http::url url = std::move(draft->url);
        if (!url.userinfo.empty()) {
            attempt_headers_.erase("Authorization");
            take_userinfo(url, attempt_headers_);
        }
        return url;
    }

    /// Forgets the draft under way. An answer to it does nothing.
    void abandon() {
        unwatch();
        draft_.reset();
    }

    /// Writes the request for `target`.
    /// Errors: as `http::write_head`.
    [[nodiscard]] errc write(const request_target& target, std::string_view last_event_id) {
        head_ = make_request(target, attempt_headers_, attempt_body_.size(), last_event_id);
        text_.clear();
        const errc e = http::write_head(head_, text_);
        head_size_ = text_.size();
        if (e == errc::success && target.send_body) text_.append(attempt_body_);
        return e;
    }

    [[nodiscard]] const http::request_head& head() const noexcept { return head_; }
    /// Head and body.
    [[nodiscard]] std::string_view text() const noexcept { return text_; }
    [[nodiscard]] bool has_body() const noexcept { return text_.size() > head_size_; }

private:
    http::fields headers_; ///< the options', and Authorization of the URL's userinfo
    std::string body_;
    std::shared_ptr<request_draft> draft_;
    http::fields attempt_headers_;
    std::string attempt_body_;
    http::request_head head_;
    std::string text_;
    std::size_t head_size_ = 0;
};

} // namespace sse::detail
