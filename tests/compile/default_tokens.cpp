// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Compiled, never run: every asynchronous operation of an object whose executor has a default
// completion token can be called without one.
#include <sse/client.hpp>

#ifdef SSE_BOOST_ASIO
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#else
#include <asio/detached.hpp>
#include <asio/use_awaitable.hpp>
#endif

#include <type_traits>

using detached_source = sse::asio::detached_t::as_default_on_t<sse::event_source>;

static_assert(!std::is_same_v<detached_source, sse::event_source>);

void receive_detached(detached_source& source, sse::event& event) {
    source.async_receive();
    source.async_receive(event);
    source.async_receive_batch();
}

#if defined(ASIO_HAS_CO_AWAIT) || defined(BOOST_ASIO_HAS_CO_AWAIT)
using awaited_source = sse::asio::use_awaitable_t<>::as_default_on_t<sse::event_source>;

sse::asio::awaitable<sse::event> receive_awaited(awaited_source& source) {
    [[maybe_unused]] const sse::event_batch batch = co_await source.async_receive_batch();
    sse::event event;
    co_await source.async_receive(event);
    co_return co_await source.async_receive();
}
#endif
