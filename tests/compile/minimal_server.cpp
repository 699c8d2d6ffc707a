// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A server that does the least, for its size.
#include <sse/server.hpp>

int main() {
    sse::asio::io_context context(1);
    sse::server server(context.get_executor(), {.port = 8080});
    server.get("/", [](const sse::request&, sse::reply reply) {
        sse::event_stream stream = reply.stream();
        static_cast<void>(stream.try_send({.data = "hello"}));
    });
    if (server.listen()) return 1;
    context.run();
}
