// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Receives events over https, trusting the certificates of a file, or those of the system:
//
//     08_client_tls https://127.0.0.1:8443/events/demo/clock ca.pem
#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <iostream>

namespace {

class reader {
public:
    reader(sse::asio::io_context& context, const char* url, const sse::tls_client& tls)
        : source_(context, url, {.tls = tls, .hooks = {.on_error = report}}) {
        receive();
    }

private:
    static void report(const sse::disconnection& info) {
        const bool doubtful = info.error == sse::condition::certificate;
        std::cerr << (doubtful ? "not the server we know: " : "") << info.error.message() << '\n';
    }

    void receive() {
        source_.async_receive([this](sse::error_code ec, const sse::event& event) {
            if (ec) return;
            std::cout << event.type << ": " << event.data << std::endl;
            receive();
        });
    }

    sse::event_source source_;
};

} // namespace

int main(int argc, char** argv) {
    if (argc != 2 && argc != 3) {
        std::cerr << "usage: 08_client_tls URL [CA-FILE]\n";
        return 2;
    }
    // One for all sources with these settings: they resume each other's sessions.
    const sse::tls_client tls({.ca_file = argc == 3 ? argv[2] : ""});
    if (tls.error()) {
        std::cerr << tls.problem() << '\n';
        return 2;
    }
    sse::asio::io_context context;
    const reader events(context, argv[1], tls);
    context.run();
}
