// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Which servers a client believes, over real sockets.
#include "integration/tls_fixture.hpp"
#include "support/catch.hpp"

#include <sse/client.hpp>
#include <sse/tls.hpp>

#include <string>

namespace integration_tls_certificates_test {

using namespace sse;
using namespace sse::testing;

namespace {

error_code certificate_error(int reason) { return std::error_code(reason, certificate_category()); }

/// What a client that trusts `ca` says to a server that shows `who`.
outcome meet(const authority& ca, const identity& who, const std::string& host = "localhost") {
    const blocking_tls_server server({.who = who}, serve_one_event);
    return receive(server.url(host), {.tls = tls_client({.ca_file = ca.file})});
}

void check_refused(const outcome& seen, error_code why) {
    CHECK(seen.events.empty());
    REQUIRE(seen.errors.size() == 1);
    CHECK(seen.errors[0] == why);
    INFO(seen.errors[0].message());
    CHECK(seen.errors[0] == condition::tls);
    CHECK(seen.errors[0] == condition::certificate);
    CHECK(seen.end == why);
}

} // namespace

TEST_CASE("tls: a good certificate is believed", "[tls]") {
    const authority ca;
    const blocking_tls_server server({.who = ca.issue("DNS:localhost")}, serve_one_event);
    const outcome seen = receive(server.url(), {.tls = tls_client({.ca_file = ca.file})});
    CHECK(seen.errors.empty());
    REQUIRE(seen.events.size() == 1);
    CHECK(seen.events[0].data == "hello");
    REQUIRE(server.handshakes().size() == 1);
    CHECK(server.handshakes()[0].server_name == "localhost");
    CHECK(server.handshakes()[0].protocol == "http/1.1");
    CHECK(server.handshakes()[0].version == "TLSv1.3");
    CHECK_FALSE(server.handshakes()[0].certificate);
}

TEST_CASE("tls: an expired certificate is refused", "[tls]") {
    const authority ca;
    const identity expired = make_identity(
        {.common_name = "server", .names = "DNS:localhost", .from = -7200, .until = -3600},
        &ca.root);
    check_refused(meet(ca, expired), certificate_error(X509_V_ERR_CERT_HAS_EXPIRED));
}

TEST_CASE("tls: a certificate of tomorrow is refused", "[tls]") {
    const authority ca;
    const identity future = make_identity(
        {.common_name = "server", .names = "DNS:localhost", .from = 3600, .until = 7200}, &ca.root);
    check_refused(meet(ca, future), certificate_error(X509_V_ERR_CERT_NOT_YET_VALID));
}

TEST_CASE("tls: a certificate for another name is refused", "[tls]") {
    const authority ca;
    const auto mismatch = certificate_error(X509_V_ERR_HOSTNAME_MISMATCH);
    SECTION("quite another") { check_refused(meet(ca, ca.issue("DNS:example.org")), mismatch); }
    SECTION("a name below") { check_refused(meet(ca, ca.issue("DNS:a.localhost")), mismatch); }
    SECTION("a common name alone") {
        const identity common = make_identity({.common_name = "localhost"}, &ca.root);
        check_refused(meet(ca, common), mismatch);
    }
    SECTION("a part of a label as wildcard") {
        check_refused(meet(ca, ca.issue("DNS:local*")), mismatch);
    }
    SECTION("a wildcard for everything") { check_refused(meet(ca, ca.issue("DNS:*")), mismatch); }
    SECTION("an address where a name is asked for") {
        check_refused(meet(ca, ca.issue("IP:127.0.0.1")), mismatch);
    }
}

TEST_CASE("tls: addresses are verified as addresses, and not sent as a server's name", "[tls]") {
    const authority ca;
    SECTION("believed") {
        const blocking_tls_server server({.who = ca.issue("IP:127.0.0.1")}, serve_one_event);
        const outcome seen =
            receive(server.url("127.0.0.1"), {.tls = tls_client({.ca_file = ca.file})});
        CHECK(seen.events.size() == 1);
        REQUIRE(server.handshakes().size() == 1);
        CHECK(server.handshakes()[0].server_name == "");
    }
    SECTION("another address") {
        check_refused(meet(ca, ca.issue("IP:127.0.0.2"), "127.0.0.1"),
                      certificate_error(X509_V_ERR_IP_ADDRESS_MISMATCH));
    }
    SECTION("a name that looks like the address") {
        check_refused(meet(ca, ca.issue("DNS:127.0.0.1"), "127.0.0.1"),
                      certificate_error(X509_V_ERR_IP_ADDRESS_MISMATCH));
    }
}

TEST_CASE("tls: the dot at the end of a name is neither sent nor verified", "[tls]") {
    const authority ca;
    const blocking_tls_server server({.who = ca.issue("DNS:example.org")}, serve_one_event);
    std::string name;
    // A tunnel, so that no name has to be looked up.
    const blocking_server proxy([&](blocking_connection& client, std::size_t) {
        client.receive_head();
        client.send("HTTP/1.1 200 OK\r\n\r\n");
        if (!client.handshake(server.context())) return;
        const char* const sent = SSL_get_servername(client.ssl(), TLSEXT_NAMETYPE_host_name);
        name = sent != nullptr ? sent : "";
        serve_one_event(client, 0);
    });
    const outcome seen = receive("https://example.org./",
                                 {.tls = tls_client({.ca_file = ca.file}),
                                  .proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
    CHECK(seen.events.size() == 1);
    CHECK(name == "example.org");
}

TEST_CASE("tls: a wildcard stands for one label", "[tls]") {
    const authority ca;
    const blocking_tls_server server({.who = ca.issue("DNS:*.example.org")}, serve_one_event);
    const auto meet_as = [&](const std::string& name) {
        // A tunnel, so that no name has to be looked up.
        blocking_server proxy([&](blocking_connection& client, std::size_t) {
            client.receive_head();
            client.send("HTTP/1.1 200 OK\r\n\r\n");
            if (client.handshake(server.context())) serve_one_event(client, 0);
        });
        return receive("https://" + name + "/",
                       {.tls = tls_client({.ca_file = ca.file}),
                        .proxy = "http://127.0.0.1:" + std::to_string(proxy.port())});
    };
    CHECK(meet_as("a.example.org").events.size() == 1);
    CHECK(meet_as("example.org").end == certificate_error(X509_V_ERR_HOSTNAME_MISMATCH));
    CHECK(meet_as("a.b.example.org").end == certificate_error(X509_V_ERR_HOSTNAME_MISMATCH));
}

TEST_CASE("tls: who is not trusted is refused", "[tls]") {
    const authority ca;
    SECTION("a certificate of another authority") {
        const authority other{.name = "other"};
        check_refused(meet(ca, other.issue("DNS:localhost")),
                      certificate_error(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
    }
    SECTION("a certificate of another authority of the same name") {
        const authority other;
        check_refused(meet(ca, other.issue("DNS:localhost")),
                      certificate_error(X509_V_ERR_CERT_SIGNATURE_FAILURE));
    }
    SECTION("one that signed itself") {
        check_refused(meet(ca, make_identity({.common_name = "x", .names = "DNS:localhost"})),
                      certificate_error(X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT));
    }
    SECTION("one of no authority of the system's") {
        const blocking_tls_server server({.who = ca.issue("DNS:localhost")}, serve_one_event);
        check_refused(receive(server.url(), {.tls = tls_client()}),
                      certificate_error(X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY));
    }
}

TEST_CASE("tls: only an explicit choice turns verification off", "[tls]") {
    const blocking_tls_server server(
        {.who = make_identity({.common_name = "x", .names = "DNS:other"})}, serve_one_event);
    CHECK(receive(server.url(), {.tls = tls_client({.verify = false})}).events.size() == 1);
}

TEST_CASE("tls: settings that cannot be used end the source, and nothing is left out", "[tls]") {
    const authority ca;
    const blocking_tls_server server({.who = ca.issue("DNS:localhost")}, serve_one_event);
    const scratch_folder& files = ca.folder;
    const identity other = ca.issue("DNS:client");
    const std::string certificate = files.write("client.pem", other);
    const std::string missing = files.file("missing.pem");
    const std::string no_key = files.write_key("other.key", ca.root);
    const std::string locked = files.write_key("locked.key", other, "secret");
    tls_options options{.ca_file = ca.file};
    std::string names;
    SECTION("no CA file") { names = options.ca_file = missing; }
    SECTION("no CA file, though nothing is verified") {
        names = options.ca_file = missing;
        options.verify = false;
    }
    SECTION("a CA file without a certificate") { names = options.ca_file = no_key; }
    SECTION("no CA folder") { names = options.ca_path = missing; }
    SECTION("no certificate file") { names = options.certificate_file = missing; }
    SECTION("no key file") {
        options.certificate_file = certificate;
        names = options.key_file = missing;
    }
    SECTION("a certificate without its key") { names = options.certificate_file = certificate; }
    SECTION("a key without a certificate") { names = options.key_file = no_key; }
    SECTION("the key of another") {
        options.certificate_file = certificate;
        names = options.key_file = no_key;
    }
    SECTION("a locked key, and no password") {
        options.certificate_file = certificate;
        names = options.key_file = locked;
    }
    SECTION("a locked key, and a wrong password") {
        options.certificate_file = certificate;
        names = options.key_file = locked;
        options.key_password = "hunter2";
    }
    const tls_client client(options);
    CHECK(client.error() == errc::tls_misconfigured);
    INFO(client.problem());
    CHECK(client.problem().find(names) != std::string::npos);
    CHECK(client.problem().find("hunter2") == std::string::npos);
    CHECK(client.problem().find("TLS error") == std::string::npos);
    const outcome seen = receive(server.url(), {.tls = client}, 1, 5);
    CHECK(seen.end == errc::tls_misconfigured);
    CHECK(seen.errors.size() == 1);
    CHECK(server.handshakes().empty());
}

TEST_CASE("tls: a CA folder is as good as a file", "[tls]") {
    const authority ca;
    const scratch_folder folder;
    char name[32];
    std::snprintf(name, sizeof name, "%08lx.0", X509_subject_name_hash(ca.root.certificate.get()));
    folder.write(name, ca.root);
    const blocking_tls_server server({.who = ca.issue("DNS:localhost")}, serve_one_event);
    const std::string path = folder.file("");
    CHECK(receive(server.url(), {.tls = tls_client({.ca_path = path})}).events.size() == 1);
}

TEST_CASE("tls: https without TLS is refused, and http needs none", "[tls]") {
    const outcome seen = receive("https://localhost:1/", {}, 1, 5);
    CHECK(seen.end == errc::tls_unavailable);
    const blocking_server server(serve_one_event);
    const auto url = "http://localhost:" + std::to_string(server.port()) + "/";
    CHECK(receive(url, {.tls = tls_client()}).events.size() == 1);
}

} // namespace integration_tls_certificates_test
