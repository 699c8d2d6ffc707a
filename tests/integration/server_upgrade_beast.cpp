// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Boost.Beast's own types, which the others stand for elsewhere. Built with Boost.Asio only.
#include "integration/raw_client.hpp"
#include "support/catch.hpp"

#include <sse/server.hpp>

#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace integration_server_upgrade_beast_test {

namespace asio = sse::asio;
namespace beast = boost::beast;

TEST_CASE("async_upgrade: a connection and a request of Beast's become an event stream",
          "[upgrade]") {
    asio::io_context context(1);
    asio::ip::tcp::acceptor acceptor(context, {asio::ip::address_v4::loopback(), 0});
    sse::testing::raw_client peer(acceptor.local_endpoint().port());
    beast::tcp_stream connection(acceptor.accept());
    peer.get("/", "Origin: https://app.example\r\n");
    beast::flat_buffer buffer;
    beast::http::request<beast::http::string_body> request;
    beast::http::read(connection, buffer, request);

    std::optional<sse::error_code> result;
    sse::async_upgrade(std::move(connection), request, {.cors = {.origins = {"*"}}},
                       [&](sse::error_code ec, sse::event_stream stream) {
                           result = ec;
                           CHECK(stream.try_send({.data = "x"}) == sse::errc::success);
                       });
    context.run_for(std::chrono::seconds(60)); // the stream ends with its object
    REQUIRE(result.has_value());
    CHECK_FALSE(*result);
    const std::string answer = peer.read_all();
    CHECK(answer.starts_with("HTTP/1.1 200 OK\r\n"));
    CHECK(answer.find("Access-Control-Allow-Origin: *\r\n") != std::string::npos);
    CHECK(answer.ends_with("\r\n\r\n9\r\ndata: x\n\n\r\n0\r\n\r\n"));
}

} // namespace integration_server_upgrade_beast_test
