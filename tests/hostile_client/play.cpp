// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "scenario.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/testing/simulation.hpp>
#include <sse/testing/test_net.hpp>

#include <string>
#include <utility>

namespace sse::testing {

namespace {

using namespace std::chrono_literals;
using source_type = basic_event_source<asio::any_io_executor, test_net>;

/// Errors of ours by their names in `errc`, those of the system by words of our own.
std::string name_of(const error_code& ec) {
    switch (to_errc(ec)) {
    case errc::success: break;
    case errc::line_too_long: return "line_too_long";
    case errc::event_too_large: return "event_too_large";
    case errc::id_too_long: return "id_too_long";
    case errc::type_too_long: return "type_too_long";
    case errc::invalid_utf8: return "invalid_utf8";
    case errc::invalid_url: return "invalid_url";
    case errc::bad_start_line: return "bad_start_line";
    case errc::bad_version: return "bad_version";
    case errc::bad_field: return "bad_field";
    case errc::bad_framing: return "bad_framing";
    case errc::unknown_coding: return "unknown_coding";
    case errc::bad_chunk: return "bad_chunk";
    case errc::start_line_too_long: return "start_line_too_long";
    case errc::head_too_large: return "head_too_large";
    case errc::too_many_fields: return "too_many_fields";
    case errc::truncated: return "truncated";
    case errc::unexpected_status: return "unexpected_status";
    case errc::no_content: return "no_content";
    case errc::bad_content_type: return "bad_content_type";
    case errc::bad_redirect: return "bad_redirect";
    case errc::too_many_redirects: return "too_many_redirects";
    case errc::connect_timeout: return "connect_timeout";
    case errc::head_timeout: return "head_timeout";
    case errc::idle_timeout: return "idle_timeout";
    case errc::attempts_exhausted: return "attempts_exhausted";
    case errc::end_of_stream: return "end_of_stream";
    case errc::tls_unavailable: return "tls_unavailable";
    default: return ec.message();
    }
    if (ec == asio::error::connection_refused) return "refused";
    if (ec == asio::error::connection_reset) return "reset";
    if (ec == asio::error::broken_pipe) return "broken pipe";
    return ec.message();
}

std::string text_of(const event_view& e) {
    if (e.type == "message" && e.id.empty()) return std::string(e.data);
    return std::string(e.type) + "|" + std::string(e.data) + "|" + std::string(e.id);
}

/// Ways to play a scenario.
enum class way {
    one_by_one,
    bytewise, ///< with reads of one byte
    drained,  ///< behind each receive, what has arrived is taken without another
};

/// One run of a scenario.
class run {
public:
    run(const scenario& s, way how) : scenario_(s), how_(how) {
        if (how == way::bytewise)
            net_.peer().on_connection([](test_stream& near) { near.read_size(1); });
        for (const connection& c : s.server)
            add(c);
        net_.peer().time_out_the_rest();
    }

    void play() {
        source_type source(sim_.get_executor(), scenario_.url, options(), net_);
        how_ == way::drained ? drain(source) : receive(source);
        (void)sim_.run_until(
            [&] { return done_ || net_.peer().attempts().size() > scenario_.server.size(); });
        CHECK(trace_ == scenario_.expected);
        check_requests();
        CHECK(done_ == (source.ready_state() == ready_state::closed));
    }

private:
    void add(const connection& c) {
        if (c.what == connection::kind::refuse) return net_.peer().refuse();
        if (c.what == connection::kind::hang) return net_.peer().time_out();
        scripted_connection& script = net_.peer().accept();
        if (c.what == connection::kind::answer) script.expect_request();
        after delay;
        for (const act& a : c.acts) {
            if (a.what == act::kind::pause) {
                delay = after(a.time);
                continue;
            }
            switch (a.what) {
            case act::kind::send: script.send(a.bytes, delay); break;
            case act::kind::end: script.close(delay); break;
            case act::kind::half_close: script.shutdown(delay); break;
            case act::kind::reset: script.reset(delay); break;
            case act::kind::pause: break;
            }
            delay = after();
        }
    }

    event_source_options options() {
        event_source_options o;
        o.reconnect.jitter = 0;
        o.hooks.on_open = [this](const incoming_response& r) {
            add("open " + std::to_string(r.status) + " " + r.url.to_string());
        };
        o.hooks.on_error = [this](disconnection& d) {
            add("! " + name_of(d.error) +
                (d.delay ? " +" + std::to_string(d.delay->count()) : std::string()));
        };
        o.hooks.on_retry = [this](std::chrono::milliseconds t) {
            add("retry " + std::to_string(t.count()));
        };
        if (scenario_.options) scenario_.options(o);
        if (o.hooks.on_comment)
            o.hooks.on_comment = [this](std::string_view c) { add(": " + std::string(c)); };
        return o;
    }

    void receive(source_type& source) {
        source.async_receive([this, &source](error_code ec, const event& e) {
            if (ec) {
                done_ = true;
                return add("= " + name_of(ec));
            }
            add(text_of({e.type, e.data, e.id}));
            receive(source);
        });
    }

    void drain(source_type& source) {
        source.async_receive(event_, [this, &source](error_code ec) {
            if (ec) {
                done_ = true;
                return add("= " + name_of(ec));
            }
            do {
                add(text_of(event_));
            } while (source.try_receive(event_));
            drain(source);
        });
    }

    void check_requests() {
        for (std::size_t n = 0; n < scenario_.requests.size(); ++n) {
            const std::string request = net_.peer().request(n);
            INFO("request " << n + 1 << ": " << request);
            for (const std::string& part : scenario_.requests[n]) {
                const bool absent = part.starts_with('!');
                INFO(part);
                CHECK((request.find(absent ? part.substr(1) : part) == std::string::npos) ==
                      absent);
            }
        }
    }

    void add(std::string line) { trace_.push_back(std::move(line)); }

    const scenario& scenario_;
    way how_;
    simulation sim_;
    test_net net_{sim_};
    texts trace_;
    event event_;
    bool done_ = false;
};

} // namespace

void play(const std::vector<scenario>& scenarios) {
    for (const scenario& s : scenarios) {
        DYNAMIC_SECTION(s.name) { run(s, way::one_by_one).play(); }
        DYNAMIC_SECTION(s.name + ", drained") { run(s, way::drained).play(); }
        if (!s.bytewise) continue;
        DYNAMIC_SECTION(s.name + ", byte by byte") { run(s, way::bytewise).play(); }
    }
}

} // namespace sse::testing
