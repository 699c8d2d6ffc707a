// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// Coroutines where the compiler and Asio have them together: clang 16 needs Asio 1.26 or newer.
// SSE_EXAMPLES_HAVE_COROUTINES tells.

#include <sse/net/asio.hpp>

#if defined(SSE_BOOST_ASIO)
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#if defined(BOOST_ASIO_HAS_CO_AWAIT)
#define SSE_EXAMPLES_HAVE_COROUTINES 1
#endif
#else
#include <asio/awaitable.hpp>
#include <asio/co_spawn.hpp>
#include <asio/detached.hpp>
#include <asio/redirect_error.hpp>
#include <asio/use_awaitable.hpp>
#if defined(ASIO_HAS_CO_AWAIT)
#define SSE_EXAMPLES_HAVE_COROUTINES 1
#endif
#endif
