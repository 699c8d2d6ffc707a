// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// What every consumer project builds and runs: it uses the library, says which release it got, and
// has two lines that only warn under our own flags. The projects add -Werror, so that a flag of
// ours that leaks into a user's build fails.
#include <sse/sse.hpp>
#ifdef CONSUMER_USES_TLS
#include <sse/tls.hpp>
#endif

#include <cstdio>
#include <string_view>

#if defined(CONSUMER_USES_BOOST) != defined(SSE_BOOST_ASIO)
#error "the backend is not the one that was asked for"
#endif

int main(int argc, char**) {
    const double wide = 1.5 + argc;
    const float narrow = wide; // -Wconversion
    {
        const int argc = 3; // -Wshadow
        std::printf("%d %f\n", argc, static_cast<double>(narrow));
    }
    if (sse::library_version != std::string_view(EXPECTED_VERSION)) {
        std::printf("version %s instead of %s\n", sse::library_version, EXPECTED_VERSION);
        return 1;
    }
#ifdef CONSUMER_USES_TLS
    std::printf("%s\n", OpenSSL_version(OPENSSL_VERSION));
#endif
    int events = 0;
    sse::asio::io_context context;
    sse::asio::post(context, [&] {
        for (const sse::event_view e : sse::parse("data: one\n\ndata: two\n\ndata: cut")) {
            std::printf("%.*s\n", static_cast<int>(e.data.size()), e.data.data());
            ++events;
        }
    });
    context.run();
    return events == 2 ? 0 : 1;
}
