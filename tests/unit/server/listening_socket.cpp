// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/server/listening_socket.hpp>

namespace server_listening_socket_test {

TEST_CASE("listening_socket: what it accepts sends small pieces at once, where it hands that on",
          "[listening_socket]") {
    using tcp = sse::asio::ip::tcp;
    sse::asio::io_context context;
    sse::detail::listening_socket listening(context.get_executor());
    REQUIRE_FALSE(listening.listen({.address = "127.0.0.1"}));
    tcp::socket peer(context);
    peer.connect(listening.local_endpoint());
    const auto accepted = listening.acceptor().accept();
    tcp::no_delay option;
    accepted.get_option(option);
    CHECK(option.value() == sse::detail::inherits_no_delay);
}

} // namespace server_listening_socket_test
