// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A client that does the least, for its size.
#include <sse/client.hpp>

#include <cstdio>

namespace {

void read_on(sse::event_source& source) {
    source.async_receive([&source](sse::error_code ec, const sse::event& event) {
        if (ec) return;
        std::puts(event.data.c_str());
        read_on(source);
    });
}

} // namespace

int main() {
    sse::asio::io_context context;
    sse::event_source source(context, "http://127.0.0.1:8080/");
    read_on(source);
    context.run();
}
