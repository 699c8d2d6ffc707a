// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "scenario.hpp"
#include "support/catch.hpp"

#include <sse/http/date.hpp>
#include <sse/http/response_head.hpp>
#include <sse/server.hpp>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::testing {

namespace hostile_server_play_test {

using namespace std::chrono_literals;

/// Requests that must never have been read as such.
std::atomic<int> smuggled{0};

void add_routes(server& s) {
    const auto hello = [](const request&, reply re) { re.send({.body = "hello"}); };
    const auto rest = [](const request& rq, reply re) {
        re.send({.body = std::string(rq.parameter("*"))});
    };
    const auto stream = [](const request&, reply re) { (void)re.stream().try_send({.data = "a"}); };
    s.get("/hello", hello);
    s.route("get", "/lower", hello);
    s.route("DELETE", "/thing", hello);
    s.post("/echo", [](const request& rq, reply re) { re.send({.body = rq.body}); });
    s.get("/size",
          [](const request& rq, reply re) { re.send({.body = std::to_string(rq.body.size())}); });
    s.get("/item/{name}/end", [](const request& rq, reply re) {
        re.send({.body = std::string(rq.parameter("name"))});
    });
    s.get("/query", [](const request& rq, reply re) {
        const std::string* a = rq.query.find("a");
        re.send({.body = a == nullptr ? "none" : *a});
    });
    s.get("/rest/*", rest);
    s.get("/stream", stream);
    s.post("/stream", stream);
    s.get("/later", [](const request&, reply re) {
        auto kept = std::make_shared<reply>(std::move(re));
        asio::post(kept->get_executor(), [kept] { kept->send({.body = "later"}); });
    });
    s.get("/smuggled", [](const request&, reply re) {
        ++smuggled;
        re.send({.body = "smuggled"});
    });
}

/// What came back, taken apart one answer after the other.
class answers {
public:
    explicit answers(std::string_view bytes) : rest_(bytes) {}

    /// The next answer as `scenario::expected` has it. `head_only`: no body follows.
    std::string next(bool head_only) {
        const std::size_t end = rest_.find("\r\n\r\n");
        if (end == std::string_view::npos) return rest_.empty() ? "(nothing)" : "(no head)";
        head_ = {};
        if (http::parse_response_head(rest_.substr(0, end + 4), {}, head_) != errc::success)
            return "(no HTTP)";
        rest_.remove_prefix(end + 4);
        const std::string line = std::to_string(head_.status);
        if (head_.status >= 200) check_fields();
        if (head_only) return line + " HEAD";
        const std::string body = take_body();
        return head_.status == 200 ? line + " " + body : line;
    }
    [[nodiscard]] const http::response_head& head() const noexcept { return head_; }
    [[nodiscard]] std::string_view rest() const noexcept { return rest_; }

private:
    void check_fields() const {
        const http::fields& f = head_.headers;
        CHECK(f.count("Date") == 1);
        CHECK(http::parse_http_date(*f.find("Date")).has_value());
        CHECK(f.count("Connection") <= 1);
        CHECK(f.count("Content-Length") + f.count("Transfer-Encoding") <= 1);
        if (head_.status == 405) CHECK(f.count("Allow") == 1);
        if (head_.status == 503) CHECK(f.count("Retry-After") == 1);
    }

    std::string take_body() {
        if (head_.status < 200 || head_.status == 204) return {};
        std::string body;
        if (const std::string* length = head_.headers.find("Content-Length")) {
            body = rest_.substr(0, std::stoul(*length));
            rest_.remove_prefix(body.size());
        } else if (head_.headers.contains("Transfer-Encoding")) {
            body = take_chunks();
        } else {
            body = std::exchange(rest_, {});
        }
        return body;
    }

    std::string take_chunks() {
        std::string body;
        while (!rest_.empty()) {
            const std::size_t size = std::stoul(std::string(rest_), nullptr, 16);
            const std::size_t line = rest_.find("\r\n") + 2;
            if (line + size + 2 > rest_.size()) return body + "(cut)";
            body.append(rest_.substr(line, size));
            rest_.remove_prefix(line + size + 2);
            if (size == 0) return body;
        }
        return body + "(cut)";
    }

    std::string_view rest_;
    http::response_head head_;
};

/// One run of a scenario.
class run {
public:
    run(const scenario& s, const running_server& server, bool bytewise)
        : scenario_(s), server_(server), bytewise_(bytewise) {}

    void play() {
        const int before = smuggled;
        raw_client client = server_.connect();
        client.send_at_once();
        for (const std::string& piece : scenario_.pieces) {
            send(client, piece);
            if (scenario_.expected == texts{} || scenario_.expected[0] != "100") continue;
            client.read_until("\r\n\r\n");
        }
        if (scenario_.then == scenario::end::closed) client.send(get("/smuggled"));
        if (scenario_.then == scenario::end::kept)
            client.send(get("/rest/next", "Connection: close\r\n"));
        if (scenario_.then == scenario::end::eof) client.end_sending();
        const std::string text = client.read_all();
        CAPTURE(text);
        CHECK(client.ended());
        check(text);
        CHECK(smuggled == before);
        check_server();
    }

private:
    void send(raw_client& client, std::string_view bytes) const {
        if (!bytewise_) return client.send(bytes);
        for (const char& byte : bytes)
            client.send({&byte, 1});
    }

    void check(const std::string& text) const {
        answers came(text);
        texts trace;
        std::vector<bool> closes;
        texts expected = scenario_.expected;
        if (scenario_.then == scenario::end::kept) expected.emplace_back("200 next");
        for (const std::string& e : expected) {
            trace.push_back(came.next(e.ends_with("HEAD")));
            const auto& fields = came.head().headers;
            const bool stream = !fields.contains("Content-Length") &&
                                !fields.contains("Transfer-Encoding") && came.head().status == 200;
            if (came.head().status >= 200)
                closes.push_back(stream || fields.list_contains("Connection", "close"));
        }
        CHECK(trace == expected);
        CHECK(came.rest().empty());
        if (scenario_.then == scenario::end::closed || scenario_.then == scenario::end::kept) {
            std::vector<bool> only_last(closes.size());
            only_last.back() = true;
            CHECK(closes == only_last);
        }
        for (const std::string& part : scenario_.contained) {
            const bool absent = part.starts_with('!');
            INFO(part);
            CHECK((text.find(absent ? part.substr(1) : part) == std::string::npos) == absent);
        }
    }

    /// A legal request on a new connection is served as ever.
    void check_server() const {
        raw_client client = server_.connect();
        client.get("/hello", "Connection: close\r\n");
        CHECK(answers(client.read_all()).next(false) == "200 hello");
    }

    const scenario& scenario_;
    const running_server& server_;
    bool bytewise_;
};

} // namespace hostile_server_play_test

void play(const std::vector<scenario>& scenarios, const server_options& options) {
    using namespace hostile_server_play_test;
    const running_server server(options, add_routes);
    for (const scenario& s : scenarios) {
        CAPTURE(s.name);
        run(s, server, false).play();
        if (!s.bytewise) continue;
        INFO("byte by byte");
        run(s, server, true).play();
    }
}

} // namespace sse::testing
