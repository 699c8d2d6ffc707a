// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/sse_cat/printer.hpp"

std::string_view kind_of(const sse::disconnection& what) {
    using sse::condition;
    using sse::errc;
    const errc e = sse::to_errc(what.error);
    switch (e) {
    case errc::unexpected_status:
    case errc::no_content: return "http";
    case errc::bad_content_type: return "content-type";
    case errc::bad_redirect:
    case errc::too_many_redirects: return "redirect";
    case errc::invalid_utf8: return "protocol";
    default: break;
    }
    if (what.error == condition::tls) return "tls";
    if (sse::is(e, condition::timeout)) return "timeout";
    if (sse::is(e, condition::limit)) return "limit";
    if (sse::is(e, condition::protocol)) return "protocol";
    return what.connected ? "network" : "connect";
}
