// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/client/event_source.hpp>
#include <sse/net/asio.hpp>
#include <sse/testing/test_net.hpp>

namespace sse::testing {

/// An event source whose connections and time are a test's: `sse::event_source` but for its `Net`.
using test_event_source = basic_event_source<asio::any_io_executor, test_net>;

} // namespace sse::testing
