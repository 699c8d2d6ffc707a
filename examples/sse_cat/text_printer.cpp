// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/sse_cat/printer.hpp"

#include <unistd.h>

#include <cstdio>
#include <string>
#include <string_view>

namespace {

class text_printer final : public printer {
public:
    void open(const sse::incoming_response& response) override {
        note("open " + response.url.to_string());
    }

    void event(sse::event_view event) override {
        std::string text = colour_ ? "\x1b[1m" : "";
        append_visible(event.type, text);
        if (colour_) text += "\x1b[0m";
        if (!event.id.empty()) {
            text += colour_ ? " \x1b[2m#" : " #";
            append_visible(event.id, text);
            if (colour_) text += "\x1b[0m";
        }
        for (std::string_view rest = event.data; rest.data() != nullptr;) {
            const std::size_t end = rest.find('\n');
            text += "\n  ";
            append_visible(rest.substr(0, end), text);
            rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        }
        text += '\n';
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }

    void comment(std::string_view text) override { note(": " + std::string(text)); }
    void retry(std::chrono::milliseconds time) override {
        note("retry " + std::to_string(time.count()) + " ms");
    }
    void error(const sse::disconnection& what) override {
        note(std::string(kind_of(what)) + ": " + what.error.message() +
             (what.status != 0 ? ", status " + std::to_string(what.status) : ""));
    }
    void reconnect(std::chrono::milliseconds delay) override {
        note("connecting again in " + std::to_string(delay.count()) + " ms");
    }
    void closed(std::string_view reason) override { note("closed: " + std::string(reason)); }

private:
    /// Control characters of the stream must not reach a terminal as such.
    void append_visible(std::string_view text, std::string& out) const {
        for (const char c : text) {
            const bool control = static_cast<unsigned char>(c) < 0x20 || c == '\x7f';
            out.push_back(colour_ && control && c != '\t' ? '?' : c);
        }
    }

    static void note(const std::string& text) {
        const bool colour = isatty(STDERR_FILENO) != 0;
        std::string visible;
        for (const char c : text)
            visible.push_back(colour && static_cast<unsigned char>(c) < 0x20 ? '?' : c);
        std::fprintf(stderr, colour ? "\x1b[2m%s\x1b[0m\n" : "%s\n", visible.c_str());
    }

    bool colour_ = isatty(STDOUT_FILENO) != 0;
};

} // namespace

std::unique_ptr<printer> make_text_printer() { return std::make_unique<text_printer>(); }
