// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server.hpp>

#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string>

namespace integration_server_unix_test {

namespace {

using local = sse::asio::local::stream_protocol;

struct socket_path {
    std::string path = (std::filesystem::temp_directory_path() /
                        ("sse_unix_" + std::to_string(::getpid()) + ".sock"))
                           .string();
    socket_path() { std::filesystem::remove(path); }
    ~socket_path() { std::filesystem::remove(path); }
};

/// What the server answers to a request, until it closes.
std::string ask(sse::asio::io_context& context, const std::string& path) {
    sse::asio::basic_stream_socket<local> client(context);
    client.connect(local::endpoint(path));
    const std::string request = "GET / HTTP/1.1\r\nHost: anything\r\nConnection: close\r\n\r\n";
    client.send(sse::asio::buffer(request));
    std::string answer;
    std::array<char, 4096> buffer;
    for (bool ended = false; !ended;) {
        context.run_for(std::chrono::milliseconds(10));
        sse::error_code ec;
        client.non_blocking(true);
        const std::size_t n = client.read_some(sse::asio::buffer(buffer), ec);
        answer.append(buffer.data(), n);
        ended = ec && ec != sse::asio::error::would_block;
    }
    return answer;
}

} // namespace

TEST_CASE("server: listens on a unix socket, for those who may write to it", "[server][unix]") {
    const socket_path file;
    {
        sse::asio::io_context context;
        sse::server server(context.get_executor(), {.unix_path = file.path, .unix_mode = 0600});
        server.get("/", [](const sse::request&, sse::reply re) {
            re.send({.body = "from " + re.remote_address() + "."});
        });
        REQUIRE_FALSE(server.listen());
        CHECK(server.local_endpoint().port() == 0);
        struct stat status {};
        REQUIRE(::stat(file.path.c_str(), &status) == 0);
        CHECK((status.st_mode & 0777U) == 0600U);
        CHECK(ask(context, file.path).find("\r\n\r\nfrom .") != std::string::npos);
        sse::server second(context.get_executor(), {.unix_path = file.path});
        CHECK(second.listen() == sse::asio::error::address_in_use);
        CHECK(ask(context, file.path).find("200 OK") != std::string::npos);
    }
    CHECK_FALSE(std::filesystem::exists(file.path));
}

TEST_CASE("server: replaces a unix socket that nobody listens on, and no other file",
          "[server][unix]") {
    const socket_path file;
    sse::asio::io_context context;
    { sse::asio::basic_socket_acceptor<local> dead(context, local::endpoint(file.path)); }
    REQUIRE(std::filesystem::is_socket(file.path));
    {
        sse::server server(context.get_executor(), {.unix_path = file.path});
        REQUIRE_FALSE(server.listen());
        CHECK(ask(context, file.path).find("404 Not Found") != std::string::npos);
    }
    { std::ofstream(file.path) << "mine"; }
    sse::server server(context.get_executor(), {.unix_path = file.path});
    CHECK(server.listen());
    CHECK(std::filesystem::is_regular_file(file.path));
    sse::server far(context.get_executor(), {.unix_path = std::string(200, 'x')});
    CHECK(far.listen() == sse::asio::error::name_too_long);
}

} // namespace integration_server_unix_test
