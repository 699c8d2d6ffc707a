// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// A chat: what one says is posted, and everybody in the room reads it from an event stream. Who
// comes late, or back, gets what was said before.
//
//     10_chat                       then open http://127.0.0.1:8080/ in two windows, or:
//     curl -N 'http://127.0.0.1:8080/rooms/lobby?replay=20'
//     curl -d 'hello' http://127.0.0.1:8080/rooms/lobby
#include <sse/hub.hpp>
#include <sse/server.hpp>

#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <string>
#include <string_view>
#include <utility>

namespace {

constexpr std::string_view page = R"html(<!doctype html>
<html lang="en"><meta charset="utf-8"><title>Chat</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
  :root { color-scheme: light dark }
  body { font: 1rem/1.5 system-ui; max-width: 36rem; margin: 2rem auto; padding: 0 1rem }
  form { display: flex; gap: .5rem } input { flex: 1 } input, button { font: inherit; padding: .3rem .6rem }
  ul { list-style: none; padding: 0; min-height: 8rem }
</style>
<h1>Chat in <span id="room"></span></h1>
<ul id="said" aria-live="polite"></ul>
<form><input name="text" aria-label="what to say" placeholder="Say something" autocomplete="off" autofocus>
<button>Send</button></form>
<script>
  const room = decodeURIComponent(location.hash.slice(1)) || "lobby";
  const url = "/rooms/" + encodeURIComponent(room);
  document.getElementById("room").textContent = room;
  const show = text => {
    const line = document.createElement("li");
    line.textContent = text; // never as markup
    document.getElementById("said").append(line);
  };
  const source = new EventSource(url + "?replay=20");
  source.onmessage = e => show(e.data);
  source.addEventListener("gap", () => show("(some of what was said is missing here)"));
  document.forms[0].onsubmit = async e => {
    e.preventDefault();
    const input = e.target.text;
    if ((await fetch(url, { method: "POST", body: input.value })).ok) input.value = "";
  };
</script>
)html";

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::hub hub({.history = {.events = 200}});
    sse::server server(ctx.get_executor(), {.port = port, .limits = {.body = 2000}});

    server.get("/", [](const sse::request&, sse::reply re) {
        re.send({.type = "text/html; charset=utf-8", .body = std::string(page)});
    });
    server.get("/rooms/{room}", [&hub](const sse::request& rq, sse::reply re) {
        sse::subscribe_options options{.topics = {"rooms/" + std::string(rq.parameter("room"))}};
        if (read_position(rq, options) != sse::errc::success) return re.send({.status = 400});
        hub.subscribe(std::move(re), options);
    });
    server.post("/rooms/{room}", [&hub](const sse::request& rq, sse::reply re) {
        const std::string topic = "rooms/" + std::string(rq.parameter("room"));
        re.send({.status = hub.publish(topic, {.data = rq.body}) ? 204 : 400});
    });
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;
    ctx.run();
}
