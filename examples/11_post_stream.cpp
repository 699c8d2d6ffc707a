// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Answers a POST as servers of language models do: word by word in an event stream, or all at once
// as JSON for clients that do not accept text/event-stream. The answer is made up.
//
//     11_post_stream
//     curl -N -H 'Accept: text/event-stream' -d 'why is the sky blue' http://127.0.0.1:8080/answers
//     curl -d 'why is the sky blue' http://127.0.0.1:8080/answers
//     07_client_post http://127.0.0.1:8080/answers 'why is the sky blue'
#include <sse/net/timer.hpp>
#include <sse/server.hpp>

#include <nlohmann/json.hpp>

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace {

std::vector<std::string> answer_to(const std::string& question) {
    std::istringstream text("You asked: " + question +
                            ". Nobody knows for sure, but many have an opinion.");
    std::vector<std::string> words;
    for (std::string word; text >> word;)
        words.push_back(word + " ");
    return words;
}

std::string to_json(const nlohmann::json& value) {
    return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

/// Sends a word every 50 ms, and keeps itself alive for as long as its reader is there.
class answer : public std::enable_shared_from_this<answer> {
public:
    answer(sse::event_stream stream, std::vector<std::string> words)
        : stream_(std::move(stream)), timer_(stream_.get_executor()), words_(std::move(words)) {}

    void send_next() {
        const bool done = next_ == words_.size();
        const std::string data = done ? "[DONE]" : to_json({{"delta", words_[next_]}});
        stream_.async_send({.data = data}, [self = shared_from_this(), done](sse::error_code ec) {
            if (!ec && !done) self->wait();
        }); // the stream ends with its object
    }

private:
    void wait() {
        ++next_;
        timer_.expires_after(std::chrono::milliseconds(50));
        timer_.async_wait([self = shared_from_this()](sse::error_code ec) {
            if (!ec) self->send_next();
        });
    }

    sse::event_stream stream_;
    sse::net::timer timer_;
    std::vector<std::string> words_;
    std::size_t next_ = 0;
};

} // namespace

int main(int argc, char** argv) {
    const auto port = static_cast<std::uint16_t>(argc > 1 ? std::atoi(argv[1]) : 8080);
    sse::asio::io_context ctx(1);
    sse::server server(ctx.get_executor(), {.port = port});
    server.post("/answers", [](const sse::request& rq, sse::reply re) {
        std::vector<std::string> words = answer_to(rq.body);
        if (rq.header("Accept").find("text/event-stream") != std::string_view::npos) {
            std::make_shared<answer>(re.stream(), std::move(words))->send_next();
            return;
        }
        std::string text;
        for (const std::string& word : words)
            text += word;
        re.send({.type = "application/json", .body = to_json({{"text", text}}) + "\n"});
    });
    if (const sse::error_code ec = server.listen()) {
        std::cerr << "cannot listen: " << ec.message() << "\n";
        return 1;
    }
    std::cout << "listening on http://127.0.0.1:" << server.local_endpoint().port() << std::endl;
    ctx.run();
}
