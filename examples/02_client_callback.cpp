// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Receives events with callbacks, reconnecting for ever. With `sse_hub --demo` running:
//
//     02_client_callback http://127.0.0.1:8080/events/demo/clock
#include <sse/client.hpp>

#include <iostream>

namespace {

class clock_reader {
public:
    clock_reader(sse::asio::io_context& context, const char* url) : source_(context, url) {
        receive();
    }

private:
    void receive() {
        source_.async_receive([this](sse::error_code ec, const sse::event& event) {
            if (ec) {
                // Only what is for good comes here: network errors have led to a reconnection.
                std::cerr << ec.message() << '\n';
                return;
            }
            std::cout << event.type << ": " << event.data << std::endl;
            receive(); // nothing is read before this asks for it
        });
    }

    sse::event_source source_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 02_client_callback URL\n";
        return 2;
    }
    sse::asio::io_context context;
    const clock_reader reader(context, argv[1]);
    context.run();
}
