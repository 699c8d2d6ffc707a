// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// sse_cat: what curl is to HTTP, for event streams.
//
//     sse_cat http://127.0.0.1:8080/events/demo/clock
//     sse_cat --json --count 3 http://127.0.0.1:8080/events/demo/clock
#include "examples/sse_cat/arguments.hpp"
#include "examples/sse_cat/printer.hpp"
#include "examples/sse_cat/verbose.hpp"
#include "examples/stop_signals.hpp"

#include <sse/client.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <exception>
#include <memory>
#include <utility>

namespace {

/// Lets the source tell the printer what happens on the way.
void connect_hooks(sse::event_source_hooks& hooks, printer& out, bool verbose) {
    hooks.on_open = [&out](const sse::incoming_response& r) { out.open(r); };
    hooks.on_comment = [&out](std::string_view text) { out.comment(text); };
    hooks.on_retry = [&out](std::chrono::milliseconds time) { out.retry(time); };
    hooks.on_error = [&out](const sse::disconnection& d) {
        if (d.error != sse::errc::end_of_stream) out.error(d);
        if (d.delay) out.reconnect(*d.delay);
    };
    if (verbose) {
        hooks.on_send = show_request;
        hooks.on_response = show_response;
    }
}

/// Receives and prints until the end.
class session {
public:
    session(sse::asio::io_context& context, arguments args, std::unique_ptr<printer> out)
        : types_(std::move(args.types)), left_(args.count), counts_(args.count != 0),
          out_(std::move(out)), source_(context, args.url, with_hooks(args)),
          signals_(context, [this] { source_.close(); }) {
        receive();
    }

    [[nodiscard]] int status() const { return status_; }

private:
    sse::event_source_options with_hooks(arguments& args) {
        connect_hooks(args.options.hooks, *out_, args.verbose);
        return std::move(args.options);
    }

    void receive() {
        source_.async_receive_batch([this](sse::error_code ec, sse::event_batch batch) {
            if (ec) return end(ec);
            for (const sse::event_view event : batch)
                if (wanted(event) && !print(event)) return end({});
            receive();
        });
    }

    bool wanted(sse::event_view event) const {
        return types_.empty() ||
               std::find(types_.begin(), types_.end(), event.type) != types_.end();
    }

    /// False after the last event that was asked for.
    bool print(sse::event_view event) {
        out_->event(event);
        return !counts_ || --left_ != 0;
    }

    void end(sse::error_code ec) {
        const bool asked = !ec || ec == sse::errc::closed || ec == sse::errc::end_of_stream;
        if (ec && ec != sse::errc::closed) out_->closed(ec.message());
        status_ = asked ? 0 : 1;
        source_.close();
        signals_.cancel();
    }

    std::vector<std::string> types_;
    std::size_t left_;
    bool counts_;
    std::unique_ptr<printer> out_;
    sse::event_source source_;
    stop_signals signals_;
    int status_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    arguments args;
    int status = 0;
    if (!read_arguments(argc, argv, args, status)) return status;
    try {
        sse::asio::io_context context(1);
        auto out = args.json ? make_json_printer() : make_text_printer();
        session run(context, std::move(args), std::move(out));
        context.run();
        return run.status();
    } catch (const std::exception& e) {
        std::fprintf(stderr, "sse_cat: %s\n", e.what());
        return 1;
    }
}
