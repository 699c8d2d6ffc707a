// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

// The backend switch: standalone Asio, or Boost.Asio where SSE_BOOST_ASIO is defined. The only
// header of this library that names Asio's include root and namespace, and it includes just what
// the library needs.

#include <sse/text/error.hpp>

#if defined(SSE_BOOST_ASIO)

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_allocator.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/basic_stream_socket.hpp>
#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/bind_executor.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/compose.hpp>
#include <boost/asio/dispatch.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/execution_context.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/recycling_allocator.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/version.hpp>
#include <boost/asio/write.hpp>
#ifdef __linux__
#include <boost/asio/posix/basic_stream_descriptor.hpp>
#endif

namespace sse {
namespace asio = ::boost::asio;
using error_code = ::boost::system::error_code;
} // namespace sse

static_assert(BOOST_ASIO_VERSION >= 102201, "asio-sse needs Boost 1.79 or newer");

#else

#include <asio/any_io_executor.hpp>
#include <asio/associated_allocator.hpp>
#include <asio/associated_cancellation_slot.hpp>
#include <asio/associated_executor.hpp>
#include <asio/async_result.hpp>
#include <asio/basic_socket_acceptor.hpp>
#include <asio/basic_stream_socket.hpp>
#include <asio/basic_waitable_timer.hpp>
#include <asio/bind_cancellation_slot.hpp>
#include <asio/bind_executor.hpp>
#include <asio/buffer.hpp>
#include <asio/cancellation_signal.hpp>
#include <asio/cancellation_state.hpp>
#include <asio/compose.hpp>
#include <asio/dispatch.hpp>
#include <asio/error.hpp>
#include <asio/execution_context.hpp>
#include <asio/executor_work_guard.hpp>
#include <asio/generic/stream_protocol.hpp>
#include <asio/io_context.hpp>
#include <asio/ip/tcp.hpp>
#include <asio/local/stream_protocol.hpp>
#include <asio/post.hpp>
#include <asio/recycling_allocator.hpp>
#include <asio/strand.hpp>
#include <asio/version.hpp>
#include <asio/write.hpp>
#ifdef __linux__
#include <asio/posix/basic_stream_descriptor.hpp>
#endif

namespace sse {
namespace asio = ::asio;
/// The error code that asynchronous operations complete with. `errc` converts to it, and it
/// compares with `errc` and `condition`, whichever Asio is used.
using error_code = ::asio::error_code;
} // namespace sse

static_assert(ASIO_VERSION >= 102201, "asio-sse needs Asio 1.22.1 or newer");

#endif

namespace sse {

/// The `errc` in `ec`, or `errc::success` where `ec` is no error or one of another category.
/// With Boost, `ec.value()` is not the value of the enumerator: switch on this instead.
[[nodiscard]] inline errc to_errc(const error_code& ec) noexcept {
    const std::error_code code = ec;
    return code.category() == error_category() ? static_cast<errc>(code.value()) : errc::success;
}

} // namespace sse
