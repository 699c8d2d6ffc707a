// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// Parses an event stream from standard input, without any network:
//
//     printf 'event: tick\nid: 7\ndata: hello\n\n' | 01_parse_text
#include <sse/text.hpp>

#include <array>
#include <cstddef>
#include <iostream>
#include <string_view>

int main() {
    sse::parser parser;
    std::array<char, 4096> buffer;
    while (std::cin) {
        std::cin.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
        // Pieces may end anywhere, even inside a character.
        parser.feed({buffer.data(), static_cast<std::size_t>(std::cin.gcount())});
        for (auto status = parser.next(); status != sse::parse_status::need_input;
             status = parser.next()) {
            if (status == sse::parse_status::failed) {
                std::cerr << sse::message(parser.error()) << '\n';
                return 1;
            }
            if (status == sse::parse_status::event) {
                // A view, valid until the next call: copy it into an sse::event to keep it.
                const sse::event_view e = parser.current();
                std::cout << e.type << " #" << e.id << ": " << e.data << '\n';
            }
        }
    }
}
