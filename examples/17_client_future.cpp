// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Receives events by futures: for a thread that likes to wait, while another one runs the context.
// With `sse_hub --demo` running:
//
//     17_client_future http://127.0.0.1:8080/events/demo/clock
#include <sse/client.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/use_future.hpp>
#else
#include <asio/use_future.hpp>
#endif

#include <exception>
#include <iostream>
#include <thread>

namespace asio = sse::asio;

int main(int argc, char** argv) {
    if (argc != 2) {
        std::cerr << "usage: 17_client_future URL\n";
        return 2;
    }
    asio::io_context context;
    auto work = asio::make_work_guard(context);
    std::thread runner([&] { context.run(); });

    // Two threads and one source: whatever is done with it is done on the strand.
    const auto strand = asio::make_strand(context.get_executor());
    sse::event_source source(strand, argv[1]);
    const auto receive = [&] {
        const auto start = [&] { return source.async_receive(asio::use_future); };
        return asio::post(strand, asio::use_future(start)).get().get();
    };
    int status = 0;
    try {
        for (int i = 0; i < 10; ++i) {
            const sse::event event = receive();
            std::cout << event.type << ": " << event.data << std::endl;
        }
    } catch (const std::exception& e) {
        std::cerr << e.what() << '\n'; // the error that ended it for good
        status = 1;
    }
    asio::post(strand, [&] { source.close(); });
    work.reset();
    runner.join();
    return status;
}
