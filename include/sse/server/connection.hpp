// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/multiplexed_transport.hpp>
#include <sse/net/readiness_entry.hpp>
#include <sse/server/deadlines.hpp>
#include <sse/server/exchange.hpp>
#include <sse/server/response.hpp>
#include <sse/server/seat.hpp>
#include <sse/server/stream_sink.hpp>
#include <sse/server/thread_state.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

namespace sse::detail {

template <class Executor>
using server_transport =
    net::multiplexed_transport<typename thread_state<Executor>::socket_executor,
                               typename thread_state<Executor>::readiness_set>;

/// One connection of a server: reads requests, hands each to its route, writes the answers in their
/// order, and carries event streams. It always has a read under way, so that a peer that leaves is
/// noticed at once. While a stream is open all that it keeps are the socket and the feeder. An open
/// connection keeps itself, until it is lost, which closing the server sees to.
template <class Executor>
class connection final : public reply_port,
                         public stream_sink,
                         public net::readiness_observer,
                         public deadline_entry {
public:
    connection(seat<Executor> place, server_transport<Executor> transport)
        : state_(std::move(place)), transport_(std::move(transport)) {}

    /// Begins. `self` is this connection.
    void start(std::shared_ptr<connection> self);
    /// Answers with 503 and closes, without reading a request. In place of `start`.
    void refuse(std::shared_ptr<connection> self);
    /// Ends it at once where it is between two requests, otherwise behind the answer under way.
    void drain();
    /// Lets an event stream that nobody else will close end in order; false where there is none.
    bool end_stream();
    /// Ends it now.
    void close() { lost(errc::closed); }

    [[nodiscard]] connection* next() const noexcept { return behind_; }
    /// While it is open.
    [[nodiscard]] const std::shared_ptr<connection>& self() const noexcept { return self_; }

    // reply_port
    void respond(response&& answer) override;
    stream_sink* open_stream(const http::fields& headers, std::shared_ptr<stream_feeder> feeder,
                             std::string& first) override;
    [[nodiscard]] asio::any_io_executor executor() override { return state_->executor; }
    [[nodiscard]] std::string remote_address() const override {
        return transport_.remote_address();
    }
    [[nodiscard]] bool is_open() const noexcept override { return phase_ != phase::closed; }

    // stream_sink
    std::size_t write_some(std::string_view bytes, error_code& ec) override {
        return transport_.write_some(asio::const_buffer(bytes.data(), bytes.size()), ec);
    }
    void wait_writable(bool timed) override {
        if (timed) state_->timers->set(*this, deadline_kind::write);
        wait_write();
    }
    void wait_turn_end(std::shared_ptr<stream_feeder> feeder) override;
    void finish() override;
    void abort(const error_code& why) override { lost(why); }
    [[nodiscard]] bool chunked() const noexcept override { return chunked_; }
    [[nodiscard]] bool is_layered() const noexcept override { return transport_.is_lone(); }
    void prefetch(std::size_t step) const noexcept override { transport_.prefetch(step); }

    // readiness_observer
    void on_ready(net::readiness what, const error_code& ec) override;

    // deadline_entry
    void on_deadline(deadline_kind kind) override;

private:
    enum class phase : std::uint8_t {
        handshaking,
        reading,
        answering,
        streaming,
        lingering,
        closed,
    };

    static constexpr std::size_t max_output = std::size_t{256} << 10;

    // its life: impl/connection.hpp
    void open(std::shared_ptr<connection> self);
    void unlink() noexcept;
    template <class F>
    void run(F f);
    void wait_readable();
    void wait_write();
    void on_readable(const error_code& waited);
    void on_writable(const error_code& waited);
    void on_input(std::string_view bytes);
    void on_end(const error_code& ec);
    void flush();
    void linger();
    void lost(const error_code& why);

    // its handshake and its deadlines: impl/connection_time.hpp
    void shake_hands();
    void on_handshake(const error_code& ec, std::unique_ptr<net::byte_stream> stream);
    void update_deadline();

    // requests and short answers: impl/connection_requests.hpp
    exchange& open_exchange();
    void process(std::string_view bytes);
    void process_input();
    void go_on();
    [[nodiscard]] bool has_room();
    [[nodiscard]] bool owes_answers() const noexcept;
    void after_request();
    void dispatch();
    void call_handler(request& rq, std::size_t route);
    void tell_guards() noexcept;
    void add_cors(http::fields& headers) const;
    void fail(errc e);
    void answered();
    [[nodiscard]] answer_context context(const http::fields& headers) const;

    // event streams: impl/connection_stream.hpp
    void enter_stream(std::shared_ptr<stream_feeder> feeder, const answer_context& c);
    void leave_stream();

    /// What a connection that was lost is kept by until the functions that are running have ended.
    struct last_reference {
        std::shared_ptr<connection> self;
        void operator()() const noexcept {}
    };

    // small ones first: they fill up what the base leaves over
    phase phase_ = phase::reading;
    bool called_ : 1 = false;     // inside on_ready(), which keeps it
    bool reading_ : 1 = false;    // a wait is under way
    bool writing_ : 1 = false;    // a wait is under way
    bool ended_ : 1 = false;      // the peer sends no more
    bool processing_ : 1 = false; // inside process()
    bool pipelined_ : 1 = false;  // which has more to look at
    bool served_ : 1 = false;     // a request was answered
    bool chunked_ : 1 = true;
    bool keep_alive_ : 1 = true; // behind the stream under way
    std::uint32_t discarded_ = 0;
    seat<Executor> state_;
    server_transport<Executor> transport_;
    std::unique_ptr<exchange> http_;
    std::shared_ptr<stream_feeder> feeder_;
    connection* before_ = nullptr;
    connection* behind_ = nullptr;
    std::shared_ptr<connection> self_; // while it is open
};

} // namespace sse::detail

#include <sse/server/impl/connection.hpp>
#include <sse/server/impl/connection_requests.hpp>
#include <sse/server/impl/connection_stream.hpp>
#include <sse/server/impl/connection_time.hpp>
