// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "integration/running_server.hpp"
#include "integration/tls_fixture.hpp"
#include "support/catch.hpp"

#include <sse/hub.hpp>
#include <sse/server.hpp>
#include <sse/text.hpp>
#include <sse/tls.hpp>

#include <signal.h>

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace integration_server_tls_test {

using namespace std::chrono_literals;
using sse::testing::authority;
using sse::testing::identity;
using sse::testing::raw_client;
using sse::testing::running_server;

namespace {

/// An authority, and the files of a server certificate by it.
struct fixture {
    authority trusted;
    identity who = trusted.issue("DNS:localhost,IP:127.0.0.1");
    sse::tls_server tls{options()};

    [[nodiscard]] sse::tls_server_options options() const {
        return {.certificate_file = trusted.folder.write("chain.pem", who),
                .key_file = trusted.folder.write_key("key.pem", who)};
    }
    void add_routes(sse::server& s) {
        s.get("/hello", [](const sse::request&, sse::reply re) { re.send({.body = "hello\n"}); });
        sse::testing::add_hub_routes(s, hub);
    }
    [[nodiscard]] auto routes() {
        return [this](sse::server& s) { add_routes(s); };
    }
    sse::hub hub;
};

/// A client that is OpenSSL's, over a blocking socket.
class openssl_client {
public:
    explicit openssl_client(std::uint16_t port, const std::string& alpn = "\x08http/1.1",
                            const identity* own = nullptr, int receive_buffer = 0,
                            SSL_SESSION* resumed = nullptr)
        : socket_(port, receive_buffer), context_(SSL_CTX_new(TLS_client_method())) {
        ::signal(SIGPIPE, SIG_IGN); // OpenSSL writes to who has closed as well
        if (own != nullptr) {
            SSL_CTX_use_certificate(context_.get(), own->certificate.get());
            SSL_CTX_use_PrivateKey(context_.get(), own->key.get());
        }
        ssl_.reset(SSL_new(context_.get()));
        const auto* const names = reinterpret_cast<const unsigned char*>(alpn.data());
        if (!alpn.empty())
            SSL_set_alpn_protos(ssl_.get(), names, static_cast<unsigned>(alpn.size()));
        if (resumed != nullptr) SSL_set_session(ssl_.get(), resumed);
        SSL_set_fd(ssl_.get(), socket_.native_handle());
        connected_ = SSL_connect(ssl_.get()) == 1;
        ERR_clear_error();
    }
    [[nodiscard]] bool connected() const noexcept { return connected_; }
    /// Sends records without data; whether the server still takes them.
    bool update_key() {
        SSL_key_update(ssl_.get(), SSL_KEY_UPDATE_NOT_REQUESTED);
        return SSL_do_handshake(ssl_.get()) == 1;
    }
    void get(const std::string& target, const std::string& fields = {}) {
        const std::string text =
            "GET " + target + " HTTP/1.1\r\nHost: localhost\r\n" + fields + "\r\n";
        SSL_write(ssl_.get(), text.data(), static_cast<int>(text.size()));
    }
    /// Reads until `mark` has come, or the end.
    const std::string& read_until(std::string_view mark) {
        while (text_.find(mark) == std::string::npos && !ended_)
            read_some();
        return text_;
    }
    const std::string& read_all() { return read_until("\x01 never \x01"); }
    /// Whether the end was a close_notify.
    [[nodiscard]] bool clean() const noexcept { return clean_; }
    [[nodiscard]] bool resumed() const noexcept { return SSL_session_reused(ssl_.get()) == 1; }
    /// To be resumed by the next one, once something was read.
    [[nodiscard]] sse::detail::openssl_ptr<SSL_SESSION> session() const {
        return sse::detail::openssl_ptr<SSL_SESSION>(SSL_get1_session(ssl_.get()));
    }
    [[nodiscard]] std::string server_name() const {
        const sse::detail::openssl_ptr<X509> theirs(SSL_get_peer_certificate(ssl_.get()));
        char name[256] = "";
        X509_NAME_get_text_by_NID(X509_get_subject_name(theirs.get()), NID_commonName, name,
                                  sizeof name);
        return name;
    }

private:
    void read_some() {
        char buffer[16384];
        const int n = SSL_read(ssl_.get(), buffer, sizeof buffer);
        if (n > 0) return static_cast<void>(text_.append(buffer, static_cast<std::size_t>(n)));
        ended_ = true;
        clean_ = SSL_get_error(ssl_.get(), n) == SSL_ERROR_ZERO_RETURN;
        ERR_clear_error();
    }

    raw_client socket_;
    sse::detail::openssl_ptr<SSL_CTX> context_;
    sse::detail::openssl_ptr<SSL> ssl_;
    std::string text_;
    bool connected_ = false;
    bool ended_ = false;
    bool clean_ = false;
};

std::string output_of(const std::string& command) {
    std::string text;
    std::FILE* const pipe = ::popen((command + " 2>&1").c_str(), "r");
    char buffer[4096];
    while (std::fgets(buffer, sizeof buffer, pipe) != nullptr)
        text.append(buffer);
    ::pclose(pipe);
    return text;
}

} // namespace

TEST_CASE("tls_server: serves event sources, curl and OpenSSL's own client", "[tls][server]") {
    fixture f;
    running_server server({.tls = f.tls}, f.routes());
    const std::string port = std::to_string(server.port());
    const std::string big(300'000, 'x');
    REQUIRE(f.hub.publish("a", {.data = big}));
    REQUIRE(f.hub.publish("a", {.data = "small"}));
    const auto seen = sse::testing::receive(
        "https://localhost:" + port + "/events/a",
        {.last_event_id = "0-0", .tls = sse::tls_client({.ca_file = f.trusted.file})}, 3);
    REQUIRE(seen.events.size() == 3);
    CHECK(seen.events[1].data == big); // behind the gap for an id that is none
    CHECK(seen.events[2].data == "small");
    CHECK(server.wait_for([&] { return server.get().metrics().connections == 0; }));

    if (std::system("command -v curl > /dev/null") == 0) {
        const std::string curl = "curl -sSi --max-time 10 --cacert " + f.trusted.file;
        const std::string url = " https://localhost:" + port + "/hello";
        CHECK(output_of(curl + url + url).find("hello\n") != std::string::npos);
        CHECK(output_of(curl + " --tls-max 1.2" + url).find("200 OK") != std::string::npos);
    }
    if (std::system("command -v openssl > /dev/null") == 0) {
        const std::string asked =
            output_of("printf 'GET /hello HTTP/1.1\\r\\nHost: localhost\\r\\nConnection: "
                      "close\\r\\n\\r\\n' | "
                      "openssl s_client -quiet -alpn http/1.1 -connect 127.0.0.1:" +
                      port + " -CAfile " + f.trusted.file);
        CHECK(asked.find("hello\n") != std::string::npos);
    }
}

TEST_CASE("tls_server: ends with close_notify, behind the whole answer", "[tls][server]") {
    fixture f;
    running_server server({.tls = f.tls}, f.routes());
    openssl_client client(server.port());
    REQUIRE(client.connected());
    client.get("/hello", "Connection: close\r\n");
    CHECK(client.read_all().find("\r\n\r\nhello\n") != std::string::npos);
    CHECK(client.clean());
}

TEST_CASE("tls_server: silence, and bytes that drip in, end at the deadline", "[tls][server]") {
    fixture f;
    running_server server({.tls = f.tls, .limits = {.head_time = 300ms}}, f.routes());
    raw_client silent = server.connect();
    raw_client slow = server.connect();
    slow.send("\x16\x03");
    silent.read_all();
    slow.read_all();
    CHECK(silent.ended());
    CHECK(slow.ended());
}

TEST_CASE("tls_server: plain bytes and other protocols get nowhere", "[tls][server]") {
    fixture f;
    running_server server({.tls = f.tls, .limits = {.handshakes = 2}}, f.routes());
    SECTION("plain HTTP") {
        raw_client plain = server.connect();
        plain.get("/hello");
        CHECK(plain.read_all().find("hello") == std::string::npos);
        CHECK(plain.ended());
        CHECK(server.wait_for([&] { return server.get().metrics().tls_failed == 1; }));
    }
    SECTION("more handshakes at a time than allowed") {
        raw_client one = server.connect();
        raw_client two = server.connect();
        REQUIRE(server.wait_for([&] { return server.get().metrics().connections == 2; }));
        raw_client three = server.connect();
        three.read_all();
        CHECK(three.ended());
        CHECK(server.metrics().refused == 1);
        one.close();
        two.close();
    }
    SECTION("HTTP/2 only") { CHECK_FALSE(openssl_client(server.port(), "\x02h2").connected()); }
    SECTION("both") { CHECK(openssl_client(server.port(), "\x02h2\x08http/1.1").connected()); }
    SECTION("no ALPN") { CHECK(openssl_client(server.port(), "").connected()); }
    REQUIRE(server.wait_for([&] { return server.get().metrics().connections == 0; }));
    openssl_client client(server.port());
    client.get("/hello");
    CHECK(client.read_until("hello\n").find("200 OK") != std::string::npos);
}

TEST_CASE("tls_server: a connection that waits in its handshake is closed with the server",
          "[tls][server]") {
    fixture f;
    std::optional<raw_client> silent;
    {
        running_server server({.tls = f.tls}, f.routes());
        silent.emplace(server.port());
        REQUIRE(server.wait_for([&] { return server.get().metrics().connections == 1; }));
    }
    silent->read_all();
    CHECK(silent->ended());
}

TEST_CASE("tls_server: a client that only updates its keys holds up nobody", "[tls][server]") {
    fixture f;
    running_server server({.tls = f.tls, .limits = {.head_time = 120s, .idle_time = 120s}},
                          f.routes());
    openssl_client busy(server.port());
    for (int i = 0; i < 20'000; ++i)
        REQUIRE(busy.update_key());
    openssl_client other(server.port());
    other.get("/hello");
    CHECK(other.read_until("hello\n").find("200 OK") != std::string::npos);
    int updates = 0;
    while (updates < 300'000 && busy.update_key())
        ++updates;
    CHECK(updates < 300'000);
    CHECK(server.wait_for([&] { return server.get().metrics().connections == 1; }));
}

TEST_CASE("tls_server: new certificates are for new connections", "[tls][server]") {
    fixture f;
    running_server server({.tls = f.tls}, f.routes());
    openssl_client before(server.port());
    CHECK(before.server_name() == "server");
    const identity next = sse::testing::make_identity(
        {.common_name = "next", .names = "DNS:localhost"}, &f.trusted.root);
    f.trusted.folder.write("chain.pem", next);
    CHECK(f.tls.reload() == sse::errc::tls_misconfigured); // the key is not yet the new one
    CHECK(f.tls.problem().find("key") != std::string::npos);
    CHECK_FALSE(f.tls.error());
    CHECK(openssl_client(server.port()).server_name() == "server");
    f.trusted.folder.write_key("key.pem", next);
    CHECK_FALSE(f.tls.reload());
    CHECK(f.tls.problem().empty());
    CHECK(openssl_client(server.port()).server_name() == "next");
    before.get("/hello");
    CHECK(before.read_until("hello\n").find("200 OK") != std::string::npos);
}

TEST_CASE("tls_server: serves the threads of a pool, and is changed meanwhile", "[tls][server]") {
    fixture f;
    sse::server_pool pool(3, {.port = 0, .tls = f.tls});
    pool.setup(f.routes());
    REQUIRE_FALSE(pool.listen());
    pool.start();
    std::vector<std::unique_ptr<openssl_client>> clients;
    for (int i = 0; i < 12; ++i) {
        clients.push_back(std::make_unique<openssl_client>(pool.local_endpoint().port()));
        clients.back()->get("/events/a");
        clients.back()->read_until("\n\n\r\n");
        CHECK_FALSE(f.tls.reload());
    }
    CHECK(pool.metrics().streams == 12);
    REQUIRE(f.hub.publish("a", {.data = "for all"}));
    for (const auto& c : clients)
        CHECK(c->read_until("for all\n").find("data: for all\n") != std::string::npos);
    f.hub.close();
    pool.close();
    for (const auto& c : clients)
        c->read_all();
}

TEST_CASE("tls_server: clients may be asked for certificates", "[tls][server]") {
    fixture f;
    sse::tls_server_options options = f.options();
    options.client_ca_file = f.trusted.file;
    const identity good = f.trusted.issue("DNS:client");
    const identity other = sse::testing::make_identity({.common_name = "other"});
    const auto answered = [](std::uint16_t port, const identity* own) {
        openssl_client client(port, "", own);
        client.get("/hello", "Connection: close\r\n");
        return client.read_all().find("hello") != std::string::npos;
    };
    options.clients = sse::client_certificate::optional;
    running_server optional({.tls = sse::tls_server(options)}, f.routes());
    CHECK(answered(optional.port(), nullptr));
    CHECK(answered(optional.port(), &good));
    CHECK_FALSE(answered(optional.port(), &other));
    options.clients = sse::client_certificate::required;
    running_server required({.tls = sse::tls_server(options)}, f.routes());
    CHECK_FALSE(answered(required.port(), nullptr));
    CHECK(answered(required.port(), &good));
}

TEST_CASE("tls_server: clients may resume sessions, unless tickets are off", "[tls][server]") {
    fixture f;
    for (const bool tickets : {true, false}) {
        CAPTURE(tickets);
        sse::tls_server_options options = f.options();
        options.tickets = tickets;
        running_server server({.tls = sse::tls_server(options)}, f.routes());
        openssl_client first(server.port());
        first.get("/hello");
        CHECK(first.read_until("hello\n").find("200 OK") != std::string::npos);
        CHECK_FALSE(first.resumed());
        const auto session = first.session();
        openssl_client second(server.port(), "\x08http/1.1", nullptr, 0, session.get());
        second.get("/hello");
        CHECK(second.read_until("hello\n").find("200 OK") != std::string::npos);
        CHECK(second.resumed() == tickets);
    }
}

TEST_CASE("tls_server: settings that cannot be used keep the server from listening",
          "[tls][server]") {
    fixture f;
    sse::asio::io_context context;
    const auto listens = [&](const sse::tls_server_options& options) {
        const sse::tls_server tls(options);
        sse::server server(context.get_executor(), {.port = 0, .tls = tls});
        CHECK(tls.problem().empty() == !tls.error());
        return server.listen();
    };
    using sse::errc;
    CHECK(listens({}) == errc::tls_misconfigured);
    CHECK(listens({.certificate_file = "/nowhere.pem"}) == errc::tls_misconfigured);
    CHECK(listens({.certificate = "no PEM"}) == errc::tls_misconfigured);
    const auto read = [&](const std::string& file) { return output_of("cat " + file); };
    const std::string chain = read(f.options().certificate_file);
    const std::string key = read(f.options().key_file);
    CHECK_FALSE(listens({.certificate = chain, .key = key}));
    CHECK_FALSE(listens({.certificate = key + chain})); // in one text
    CHECK(listens({.certificate = chain}) == errc::tls_misconfigured);
    CHECK(listens({.certificate_file = "x", .certificate = chain}) == errc::tls_misconfigured);
    CHECK(
        listens({.certificate = chain, .key = key, .clients = sse::client_certificate::required}) ==
        errc::tls_misconfigured);
    const std::string locked = f.trusted.folder.write_key("locked.pem", f.who, "secret");
    CHECK(listens({.certificate_file = f.options().certificate_file, .key_file = locked}) ==
          errc::tls_misconfigured);
    CHECK_FALSE(listens({.certificate_file = f.options().certificate_file,
                         .key_file = locked,
                         .key_password = "secret"}));
}

TEST_CASE("tls_server: a reader that the history runs away from stays in its framing",
          "[tls][server]") {
    fixture f;
    sse::hub small({.history = {.events = 0, .bytes = 200'000}, .overflow = sse::overflow::skip});
    running_server server({.tls = f.tls},
                          [&](sse::server& s) { sse::testing::add_hub_routes(s, small); });
    openssl_client client(server.port(), "", nullptr, 4096);
    client.get("/events/a");
    REQUIRE(server.wait_for([&] { return small.metrics().subscribers == 1; }));
    for (int i = 0; i < 20'000; ++i) {
        REQUIRE(small.publish("a", {.data = std::to_string(i) + std::string(1000, 'x')}));
        if (i % 50 == 0) server.on_thread([] { return 0; });
    }
    std::string text = client.read_until("-20000\n\n\r\n");
    text.erase(0, text.find("\r\n\r\n") + 4);
    std::size_t events = 0;
    std::size_t gaps = 0;
    while (!text.empty()) {
        const std::size_t size = std::stoul(text, nullptr, 16);
        const std::size_t begin = text.find("\r\n") + 2;
        const std::string chunk = text.substr(begin, size);
        REQUIRE(chunk.size() == size);
        REQUIRE(chunk.ends_with("\n"));
        REQUIRE(text.substr(begin + size, 2) == "\r\n");
        for (const sse::event_view e : sse::parse(chunk)) {
            ++(e.type == "gap" ? gaps : events);
            if (e.type != "gap") REQUIRE(e.data.ends_with(std::string(1000, 'x')));
        }
        text.erase(0, begin + size + 2);
    }
    CHECK(gaps >= 1);
    CHECK(events >= 100);
}

} // namespace integration_server_tls_test
