// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

/// The test kit: streams in memory, a clock that is told to go on, peers that follow a script.
/// For tests of code that uses this library; `sse/sse.hpp` does not include it.

#include <sse/testing/fail_count.hpp>
#include <sse/testing/fail_loop.hpp>
#include <sse/testing/manual_clock.hpp>
#include <sse/testing/manual_timer.hpp>
#include <sse/testing/scripted_connection.hpp>
#include <sse/testing/scripted_peer.hpp>
#include <sse/testing/seeded_random.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_event_source.hpp>
#include <sse/testing/test_net.hpp>
#include <sse/testing/test_stream.hpp>
