// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Over socket pairs of the system.
#include "support/catch.hpp"

#include <sse/net/readiness_set.hpp>
#include <sse/net/watched_socket.hpp>

#ifdef __linux__

#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace net_readiness_set_test {

using namespace sse;
using executor = asio::io_context::executor_type;
using set_type = net::readiness_set<executor>;
constexpr auto readable = net::readiness::readable;
constexpr auto writable = net::readiness::writable;

/// One end of a socket pair in a set, and the other one.
struct member final : net::readiness_observer {
    explicit member(set_type& set) {
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        socket.emplace(ends[0]);
        far = ends[1];
        entered = socket->enter(set, *this);
    }
    ~member() { end_far(); }

    void on_ready(net::readiness what, const error_code& waited) override {
        CHECK(!waited);
        ++(what == readable ? reads : writes);
        if (then) then();
    }
    void send(std::string_view text) const {
        REQUIRE(::send(far, text.data(), text.size(), 0) == static_cast<ssize_t>(text.size()));
    }
    void end_far() {
        if (far >= 0) ::close(std::exchange(far, -1));
    }
    /// Reads up to `size` bytes.
    std::string read(std::size_t size = 1'000) {
        std::string text(size, ' ');
        text.resize(socket->read_some(asio::buffer(text), ec));
        return text;
    }
    void fill() {
        const std::string block(100'000, 'x');
        for (ec = {}; !ec;)
            socket->write_some(asio::buffer(block), ec);
        CHECK(ec == asio::error::would_block);
    }
    /// Reads at the far end until nothing is left.
    void drain_far() const {
        std::string block(100'000, ' ');
        while (::recv(far, block.data(), block.size(), MSG_DONTWAIT) > 0) {
        }
    }

    std::optional<net::watched_socket<set_type>> socket;
    int far = -1;
    bool entered = false;
    int reads = 0;
    int writes = 0;
    std::function<void()> then;
    error_code ec;
};

struct fixture {
    fixture() { REQUIRE(!set->open()); }

    /// Runs what there is to do, and returns how many handlers that was.
    std::size_t run() {
        context.restart();
        return context.poll();
    }
    member& add() {
        members.push_back(std::make_unique<member>(*set));
        CHECK(members.back()->entered);
        return *members.back();
    }

    asio::io_context context{1};
    std::shared_ptr<set_type> set = std::make_shared<set_type>(context.get_executor());
    std::vector<std::unique_ptr<member>> members;
};

TEST_CASE("readiness_set: tells who waits that there is something to read", "[readiness]") {
    fixture f;
    member& a = f.add();
    member& b = f.add();
    a.socket->wait(readable);
    b.socket->wait(readable);
    f.run();
    CHECK(a.reads + b.reads == 0);
    a.send("x");
    CHECK(a.reads == 0);
    f.run();
    CHECK(a.reads == 1);
    CHECK(b.reads == 0);
    CHECK(a.read() == "x");
}

TEST_CASE("readiness_set: tells of what came before the wait, or before the socket entered",
          "[readiness]") {
    fixture f;
    member& m = f.add();
    m.send("x");
    f.run();
    CHECK(m.reads == 0);
    m.socket->wait(readable);
    CHECK(m.reads == 0); // never inside of it
    f.run();
    CHECK(m.reads == 1);
}

TEST_CASE("readiness_set: who reads a part only is told of the rest", "[readiness]") {
    fixture f;
    member& m = f.add();
    m.send("abc");
    std::string text;
    m.then = [&] {
        text += m.read(1) + ",";
        m.socket->wait(readable);
    };
    m.socket->wait(readable);
    for (int i = 0; i < 10; ++i)
        f.run();
    CHECK(text == "a,b,c,");
    CHECK(m.reads == 3); // and no more once nothing is left
}

TEST_CASE("readiness_set: a socket that was full is told of as soon as it is not", "[readiness]") {
    fixture f;
    member& m = f.add();
    for (int round = 1; round <= 3; ++round) {
        m.fill();
        m.socket->wait(writable);
        f.run();
        CHECK(m.writes == round - 1);
        m.drain_far();
        f.run();
        CHECK(m.writes == round);
    }
    m.socket->wait(writable); // it is not full at all
    CHECK(m.writes == 3);
    f.run();
    CHECK(m.writes == 4);
    CHECK(m.reads == 0);
}

TEST_CASE("readiness_set: a peer that goes is told of", "[readiness]") {
    fixture f;
    member& m = f.add();
    m.socket->wait(readable);
    SECTION("at once") {
        m.end_far();
        f.run();
        CHECK(m.reads == 1);
    }
    SECTION("behind what it sent last") {
        m.send("x");
        m.end_far();
        f.run();
        CHECK(m.read() == "x");
        m.socket->wait(readable);
        f.run();
        CHECK(m.reads == 2);
    }
    CHECK(m.read().empty());
    CHECK(m.ec == asio::error::eof);
}

TEST_CASE("readiness_set: a peer that ended one direction is no work for who waits for the other",
          "[readiness]") {
    fixture f;
    member& m = f.add();
    m.socket->wait(readable);
    ::shutdown(m.far, SHUT_WR);
    f.run();
    CHECK(m.reads == 1);
    CHECK(m.read().empty());
    m.fill();
    m.socket->wait(writable);
    f.run();
    CHECK(f.run() == 0); // no turns without an event
    CHECK(m.writes == 0);
    m.drain_far();
    f.run();
    CHECK(m.writes == 1);
    CHECK(m.reads == 1);
}

TEST_CASE("readiness_set: bytes that nobody waits for are no work", "[readiness]") {
    fixture f;
    member& m = f.add();
    m.send("x");
    f.run();
    CHECK(f.run() == 0);
    m.end_far();
    f.run();
    CHECK(f.run() == 0);
}

TEST_CASE("readiness_set: who left in the same turn is not told any more", "[readiness]") {
    fixture f;
    for (int i = 0; i < 3; ++i) {
        member& m = f.add();
        m.socket->wait(readable);
        m.send("x");
    }
    int told = 0;
    SECTION("since it was destroyed by another one") {
        for (const auto& m : f.members) {
            m->then = [&] {
                ++told;
                for (auto& other : f.members)
                    if (other->reads == 0) other->socket.reset();
            };
        }
    }
    SECTION("since it destroyed itself") {
        for (const auto& m : f.members) {
            m->socket->wait(writable);
            m->then = [&told, &m = *m] {
                ++told;
                m.socket.reset();
            };
        }
        told -= 2;
    }
    f.run();
    CHECK(told == 1);
}

TEST_CASE("readiness_set: a socket may enter in the place of one that just left", "[readiness]") {
    fixture f;
    member& a = f.add();
    member& b = f.add();
    for (member* m : {&a, &b}) {
        m->socket->wait(readable);
        m->send("x");
    }
    const auto replace = [&f](member& self, member& other) {
        self.read();
        if (other.reads != 0) return;
        int ends[2];
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
        other.end_far();
        other.socket.reset();
        other.socket.emplace(ends[0]);
        other.far = ends[1];
        CHECK(other.socket->enter(*f.set, other));
        other.socket->wait(readable);
    };
    a.then = [&] { replace(a, b); };
    b.then = [&] { replace(b, a); };
    f.run();
    CHECK(a.reads + b.reads == 1);
    member& later = a.reads == 0 ? a : b;
    later.then = {};
    later.send("y");
    f.run();
    CHECK(later.reads == 1);
    CHECK(later.read() == "y");
}

TEST_CASE("readiness_set: a turn of many leaves others their turn", "[readiness]") {
    fixture f;
    constexpr std::size_t count = net::readiness_batch::capacity * 2 + 1;
    std::size_t told = 0;
    std::size_t told_before_other = 0;
    for (std::size_t i = 0; i < count; ++i) {
        member& m = f.add();
        m.socket->wait(readable);
        m.send("x");
        m.then = [&] {
            if (++told == 1) asio::post(f.context, [&] { told_before_other = told; });
        };
    }
    f.run();
    CHECK(told_before_other == net::readiness_batch::capacity);
    CHECK(told == count);
}

TEST_CASE("readiness_set: keeps its context running as long as it has entries", "[readiness]") {
    fixture f;
    f.run();
    CHECK(f.context.stopped());
    member& m = f.add();
    member& other = f.add();
    f.run();
    CHECK_FALSE(f.context.stopped());
    SECTION("which may leave in a turn") {
        m.socket->wait(readable);
        m.send("x");
        m.then = [&] {
            m.socket.reset();
            other.socket.reset();
        };
        f.run();
        CHECK(m.reads == 1);
    }
    SECTION("or outside of one") {
        f.members.clear();
        f.run();
    }
    CHECK(f.context.stopped());
    f.add();
    f.run();
    CHECK_FALSE(f.context.stopped());
}

TEST_CASE("readiness_set: an entry that comes right behind the last one is told as ever",
          "[readiness]") {
    fixture f;
    f.add();
    f.run();
    f.members.clear();
    member& m = f.add(); // while the cancelled wait is still on its way
    m.socket->wait(readable);
    m.send("x");
    f.run();
    CHECK(m.reads == 1);
}

TEST_CASE("readiness_set: what a user's function throws loses nothing", "[readiness]") {
    fixture f;
    int thrown = 0;
    for (int i = 0; i < 3; ++i) {
        member& m = f.add();
        m.socket->wait(readable);
        m.socket->wait(writable);
        m.send("x");
        m.then = [&m] {
            if (m.writes + m.reads == 1) throw std::runtime_error("a user's");
        };
    }
    for (int i = 0; i < 10; ++i) {
        try {
            f.run();
        } catch (const std::runtime_error&) {
            ++thrown;
        }
    }
    CHECK(thrown == 3);
    for (const auto& m : f.members) {
        CHECK(m->reads == 1);
        CHECK(m->writes == 1);
    }
}

TEST_CASE("readiness_set: a child process that has the same socket changes nothing",
          "[readiness]") {
    fixture f;
    member& m = f.add();
    const int copy = ::dup(m.socket->descriptor()); // what a child has is the same to the system
    m.socket.reset();
    int ends[2];
    REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    m.socket.emplace(ends[0]); // at the same place in memory
    REQUIRE(m.socket->enter(*f.set, m));
    m.socket->wait(readable);
    m.send("x"); // to the one before
    f.run();
    CHECK(m.reads == 0);
    ::close(copy);
    ::close(ends[1]);
}

TEST_CASE("readiness_set: may be destroyed in any order", "[readiness]") {
    auto context = std::make_unique<asio::io_context>(1);
    auto set = std::make_shared<set_type>(context->get_executor());
    REQUIRE(!set->open());
    auto m = std::make_unique<member>(*set);
    m->socket->wait(readable);
    m->send("x");
    SECTION("the sockets first") {
        m.reset();
        set.reset();
        context->poll();
        context.reset();
    }
    SECTION("in its own turn") {
        m->then = [&] {
            m->socket.reset();
            set.reset();
        };
        context->poll();
        CHECK(m->reads == 1);
        context.reset();
    }
    SECTION("by a function that the context still holds when it is destroyed") {
        struct held {
            std::shared_ptr<set_type> set; // which has to stay as long as its entries
            std::shared_ptr<member> entry;
            void operator()() const {}
        };
        asio::post(*context, held{std::move(set), std::move(m)});
        context.reset();
    }
    SECTION("while a wait for it is under way") {
        context->poll();
        m->socket.reset();
        set.reset();
        context->restart();
        context->run();
        context.reset();
    }
}

TEST_CASE("readiness_set: takes no entries where the system has no descriptor for it",
          "[readiness]") {
    asio::io_context context{1};
    const auto set = std::make_shared<set_type>(context.get_executor());
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_NOFILE, &before) == 0);
    rlimit none = before;
    none.rlim_cur = 0;
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &none) == 0);
    const error_code ec = set->open();
    REQUIRE(::setrlimit(RLIMIT_NOFILE, &before) == 0);
    CHECK(ec == asio::error::no_descriptors);
    member m(*set);
    CHECK_FALSE(m.entered);
    CHECK(m.socket->is_open());
    CHECK(context.poll() == 0);
    CHECK_FALSE(set->open());
}

} // namespace net_readiness_set_test

#endif
