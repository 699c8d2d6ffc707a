// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// sse_cat as it is driven from outside: its lines, to the letter, and its exit status.
#include "integration/raw_server.hpp"
#include "support/catch.hpp"

#include <sse/server.hpp>

#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdio>
#include <filesystem>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace integration_client_sse_cat_test {

using namespace sse::testing;

namespace {

struct outcome {
    std::string lines; ///< standard output
    int status;
};

outcome run(const std::string& arguments) {
    const std::string command = std::string(SSE_CAT_PATH) + " " + arguments;
    outcome result{};
    std::FILE* const pipe = ::popen(command.c_str(), "r");
    REQUIRE(pipe != nullptr);
    std::array<char, 4096> buffer{};
    for (std::size_t n = 1; n != 0; result.lines.append(buffer.data(), n))
        n = std::fread(buffer.data(), 1, buffer.size(), pipe);
    const int status = ::pclose(pipe);
    result.status = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return result;
}

/// Answers in full, also where a part of the request was not read.
raw_server::script reply(std::string text) {
    return [text = std::move(text)](raw_server::socket& s, const std::string&) {
        raw_server::send(s, text);
        sse::error_code ignored;
        s.shutdown(raw_server::socket::shutdown_send, ignored);
        raw_server::wait_for_end(s);
    };
}

raw_server::script stream(std::string_view body) {
    return reply(std::string(raw_head) + std::string(body));
}

/// `text` without the number behind each reconnect: it has jitter.
std::string without_delays(std::string text) {
    constexpr std::string_view key = "\"reconnect\":";
    for (std::size_t at = 0; (at = text.find(key, at)) != std::string::npos;) {
        at += key.size();
        text.erase(at, text.find('}', at) - at);
    }
    return text;
}

std::string opened(const raw_server& server) {
    return "{\"open\":{\"status\":200,\"url\":\"" + server.url() + "\"}}\n";
}

} // namespace

TEST_CASE("sse_cat: writes one JSON object per line for everything that happens", "[sse_cat]") {
    raw_server server({
        stream(":hi\nretry: 10\nid: 1\nevent: t\ndata: a\ndata: b\n\ndata: \xff\"\\\n\n"),
        stream("data: " + std::string(65'537, 'x') + "\n\ndata: last\n\ndata: not shown\n\n"),
    });
    const outcome got = run("--json --count 4 " + server.url());
    CHECK(got.status == 0);
    CHECK(without_delays(got.lines) ==
          opened(server) +
              "{\"comment\":\"hi\"}\n"
              "{\"retry\":10}\n"
              "{\"event\":{\"type\":\"t\",\"data\":\"a\\nb\",\"id\":\"1\"}}\n"
              "{\"event\":{\"type\":\"message\",\"data\":\"\xef\xbf\xbd\\\"\\\\\",\"id\":\"1\"}}\n"
              "{\"reconnect\":}\n" +
              opened(server) +
              "{\"event\":{\"type\":\"message\",\"data_size\":65537,\"id\":\"1\"}}\n"
              "{\"event\":{\"type\":\"message\",\"data\":\"last\",\"id\":\"1\"}}\n");
    CHECK(server.join().at(1).find("Last-Event-ID: 1\r\n") != std::string::npos);
}

TEST_CASE("sse_cat: tells kinds of errors, and ends with status 1 where it gave up", "[sse_cat]") {
    const auto fails = [](raw_server::script script, const std::string& options,
                          const std::string& error) {
        raw_server server({std::move(script)});
        const outcome got = run("--json --max-attempts 1 " + options + " " + server.url());
        INFO(got.lines);
        CHECK(got.status == 1);
        CHECK(got.lines.find("{\"error\":{\"kind\":\"" + error) != std::string::npos);
        CHECK(got.lines.find("{\"closed\":\"") != std::string::npos);
        CHECK(got.lines.find("reconnect") == std::string::npos);
    };
    fails(reply("HTTP/1.1 503 X\r\n\r\n"), "", "http\",\"status\":503,");
    fails(reply("HTTP/1.1 204 X\r\n\r\n"), "", "http\",\"status\":204,");
    fails(reply("HTTP/1.1 200 X\r\nContent-Type: text/html\r\n\r\n"), "", "content-type\"");
    fails(reply("HTTP/1.1 302 X\r\nLocation: /x\r\n\r\n"), "", "redirect\"");
    fails(reply("HTTP/1.1 302 X\r\nLocation: /y\r\n\r\n"), "--no-redirect", "redirect\"");
    fails(reply("garbage\r\n\r\n"), "", "protocol\"");
    fails(reply(""), "", "network\"");
    fails([](auto& s, const auto&) { raw_server::wait_for_end(s); }, "--idle-timeout 50",
          "timeout\"");
    fails(stream("data: 12345\n\n"), "--max-event 4", "limit\"");
    const outcome refused = run("--json --max-attempts 1 http://127.0.0.1:1/");
    CHECK(refused.status == 1);
    CHECK(refused.lines.find("\"kind\":\"connect\"") != std::string::npos);
}

TEST_CASE("sse_cat: sends what it was asked to", "[sse_cat]") {
    raw_server server({stream("event: other\ndata: 1\n\nevent: t\ndata: 2\n\n")});
    const outcome got = run("--finish --json --type t --header 'X-A: b' --header 'X-C: d' "
                            "--last-event-id 7 --method REPORT --data body " +
                            server.url());
    CHECK(got.status == 0);
    CHECK(got.lines == opened(server) + "{\"event\":{\"type\":\"t\",\"data\":\"2\",\"id\":\"7\"}}\n"
                                        "{\"closed\":\"end of stream\"}\n");
    const std::string request = server.join().at(0);
    for (const char* part : {"REPORT /x HTTP/1.1\r\n", "X-A: b\r\n", "X-C: d\r\n",
                             "Last-Event-ID: 7\r\n", "Content-Length: 4\r\n"})
        CHECK(request.find(part) != std::string::npos);
}

TEST_CASE("sse_cat: takes a body from a file or standard input, and posts it", "[sse_cat]") {
    for (const std::string& how : {"--data @" + std::string(__FILE__), std::string("--data -")}) {
        CAPTURE(how);
        std::string body;
        raw_server server({[&](raw_server::socket& s, const std::string& request) {
            const std::size_t at = request.find("Content-Length: ");
            if (at != std::string::npos)
                body = raw_server::receive(s, std::stoul(request.substr(at + 16)));
            stream("data: thanks\n\n")(s, request);
        }});
        const outcome got = run("--finish " + how + " " + server.url() + " <" + __FILE__);
        CHECK(got.status == 0);
        CHECK(server.join().at(0).starts_with("POST /x HTTP/1.1\r\n"));
        CHECK(body.starts_with("// Distributed under the Boost Software License"));
        CHECK(body.ends_with("} // namespace integration_client_sse_cat_test\n"));
    }
}

TEST_CASE("sse_cat: goes through a proxy that is named", "[sse_cat]") {
    raw_server proxy({[](raw_server::socket& s, const std::string&) {
        raw_server::send(s, "HTTP/1.1 200 OK\r\n\r\n");
        stream("data: " + raw_server::receive(s, 3) + " through\n\n")(s, {});
    }});
    const std::string at = proxy.url().substr(0, proxy.url().rfind('/'));
    const outcome got = run("--json --count 1 --proxy " + at + " http://unheard.test:81/x");
    CHECK(got.status == 0);
    CHECK(got.lines.find("\"data\":\"GET through\"") != std::string::npos);
    CHECK(proxy.join().at(0).starts_with("CONNECT unheard.test:81 HTTP/1.1\r\n"));
}

TEST_CASE("sse_cat: connects to a unix socket, whatever the URL says", "[sse_cat]") {
    const std::string path =
        (std::filesystem::temp_directory_path() / ("sse_cat_" + std::to_string(::getpid())))
            .string();
    std::filesystem::remove(path);
    {
        sse::asio::io_context context;
        sse::server server(context.get_executor(), {.unix_path = path});
        server.get("/x", [](const sse::request& rq, sse::reply re) {
            const std::string data = "for " + std::string(rq.header("Host"));
            (void)re.stream().try_send({.data = data});
        });
        REQUIRE_FALSE(server.listen());
        std::thread runs([&] { context.run(); });
        const outcome got = run("--finish --json --unix-socket " + path + " http://unheard.test/x");
        sse::asio::post(context, [&] { server.close(); });
        runs.join();
        CHECK(got.status == 0);
        CHECK(got.lines.find("\"data\":\"for unheard.test\"") != std::string::npos);
    }
    const outcome gone = run("--json --max-attempts 1 --unix-socket " + path + " http://x/x");
    CHECK(gone.status == 1);
    CHECK(gone.lines.find("\"kind\":\"connect\"") != std::string::npos);
}

TEST_CASE("sse_cat: shows no secret, however much it is to tell", "[sse_cat]") {
    for (const std::string format : {"", "--json "}) {
        raw_server server({
            reply("HTTP/1.1 307 X\r\nLocation: /y\r\nSet-Cookie: a=S3CRET\r\n\r\n"),
            reply("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                  "Set-Cookie: a=S3CRET\r\nX-Session-Token: S3CRET\r\n\r\nbad\n"),
            reply("HTTP/1.1 401 X\r\nWWW-Authenticate: Basic realm=\"S3CRET\"\r\n\r\n"),
        });
        std::string url = server.url();
        url.insert(std::string_view("http://").size(), "user:S3CRET@");
        const outcome got = run(format +
                                "--verbose --retry 1 --header 'Cookie: a=S3CRET' "
                                "--header 'X-Api-Key: S3CRET' "
                                "--header 'Proxy-Authorization: Basic S3CRET' " +
                                url + " 2>&1");
        CHECK(got.status == 1);
        CHECK(got.lines.find("S3CRET") == std::string::npos);
        CHECK(got.lines.find("> Authorization: [redacted]") != std::string::npos);
        CHECK(got.lines.find("< Set-Cookie: [redacted]") != std::string::npos);
        CHECK(server.join().at(0).find("X-Api-Key: S3CRET") != std::string::npos);
    }
    for (const char* arguments :
         {"--header 'Authorization S3CRET' http://x/", "--header 'A: S3CRET\x01' http://x/",
          "--proxy ftp://u:S3CRET@x http://x/", "http://u:S3CRET@/", "ftp://u:S3CRET@x/"}) {
        CAPTURE(arguments);
        const outcome got = run(std::string(arguments) + " 2>&1");
        CHECK(got.status == 2);
        CHECK(got.lines.find("S3CRET") == std::string::npos);
    }
}

TEST_CASE("sse_cat: ends with status 2 on bad arguments, without a line of output", "[sse_cat]") {
    for (const char* arguments :
         {"", "no-url", "ftp://x/", "--count x http://x/", "--unknown http://x/",
          "--header bad http://x/", "--retry -1 http://x/", "--method 'A B' http://x/",
          "--data @/nowhere http://x/", "--proxy nowhere http://x/", "--cacert /nowhere http://x/",
          "http://x/ http://y/"}) {
        INFO(arguments);
        const outcome got = run(std::string(arguments) + " 2>/dev/null");
        CHECK(got.status == 2);
        CHECK(got.lines == "");
    }
    CHECK(run("--version").lines.starts_with("sse_cat "));
    CHECK(run("--help").status == 0);
}

} // namespace integration_client_sse_cat_test
