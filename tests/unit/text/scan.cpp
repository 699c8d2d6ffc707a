// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/line_scanner.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <string>
#include <string_view>
#include <vector>

namespace text_scan_test {

namespace {

using sse::detail::block_scan;

bool operator_equal(const block_scan& a, const block_scan& b) {
    return a.line_ends == b.line_ends && a.non_ascii == b.non_ascii && a.nul == b.nul;
}

std::vector<std::size_t> line_ends_of(std::string_view text) {
    sse::detail::line_scanner scanner;
    scanner.start(text, false);
    sse::detail::line_scanner::walk lines(scanner);
    std::vector<std::size_t> out;
    while (lines.next()) {
        out.push_back(static_cast<std::size_t>(lines.at() - text.data()));
        (void)lines.behind();
    }
    return out;
}

/// What is in a text.
struct findings {
    std::vector<std::size_t> line_ends;
    bool non_ascii = false;
    bool nul = false;
    bool operator==(const findings&) const = default;
};

findings look_at_bytes(std::string_view text) {
    findings out;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const block_scan found = sse::detail::scan_bytes(text.data() + at, 1);
        if (found.line_ends != 0) out.line_ends.push_back(at);
        out.non_ascii |= found.non_ascii;
        out.nul |= found.nul;
    }
    return out;
}

/// `is_long_line`: as if a long line had begun before the text.
findings scan_stretches(std::string_view text, bool is_long_line) {
    findings out;
    sse::detail::stretch_scan found;
    found.is_long_line = is_long_line;
    const char* at = text.data();
    while (at != text.data() + text.size()) {
        at = sse::detail::scan_stretch(at, text.data() + text.size(), found);
        for (std::size_t i = 0; i < found.count; ++i) {
            const auto start = static_cast<std::size_t>(found.blocks[i] - text.data());
            for (std::uint64_t ends = found.line_ends[i]; ends != 0; ends &= ends - 1)
                out.line_ends.push_back(start + static_cast<std::size_t>(std::countr_zero(ends)));
        }
        out.non_ascii |= found.non_ascii;
        out.nul |= found.nul;
    }
    return out;
}

} // namespace

TEST_CASE("scan: every way of scanning finds the same in a block, for every byte at every place") {
    for (int byte = 0; byte < 256; ++byte) {
        for (std::size_t place = 0; place < block_scan::size; ++place) {
            std::array<char, block_scan::size> block{};
            block.fill('x');
            block[place] = static_cast<char>(byte);
            const block_scan expected = sse::detail::scan_bytes(block.data(), block.size());
            REQUIRE(operator_equal(sse::detail::scan_block(block.data()), expected));
            REQUIRE(operator_equal(sse::detail::scan_words(block.data()), expected));
            REQUIRE((expected.line_ends != 0) == (byte == '\n' || byte == '\r'));
            REQUIRE(expected.non_ascii == (byte > 0x7F));
            REQUIRE(expected.nul == (byte == 0));
        }
    }
}

TEST_CASE("scan: neighbours of line ends do not disturb each other") {
    // 0x0B next to 0x0A is where a borrow would show
    const std::string text = "\n\x0B\n\x0C\r\x0E\r\r\n\n\x09\x8A\x8D\xFF\n";
    std::array<char, block_scan::size> block{};
    for (std::size_t i = 0; i < block.size(); ++i)
        block[i] = text[i % text.size()];
    const block_scan expected = sse::detail::scan_bytes(block.data(), block.size());
    CHECK(operator_equal(sse::detail::scan_block(block.data()), expected));
    CHECK(operator_equal(sse::detail::scan_words(block.data()), expected));
}

TEST_CASE("scan: less than a block is scanned to its end and no further") {
    for (std::size_t size = 1; size < block_scan::size; ++size) {
        const std::vector<char> bytes(size, '\n'); // a sanitizer sees a byte too many
        const block_scan found = sse::detail::scan_short(bytes.data(), size);
        REQUIRE(found.line_ends == sse::detail::first_bits(size));
        REQUIRE(!found.non_ascii);
        REQUIRE(!found.nul);
    }
    CHECK(sse::detail::scan_short("12345678901234567890\xC3", 21).non_ascii);
    CHECK(sse::detail::scan_short("12345678901234567890", 21).nul);
}

TEST_CASE("scan: a NUL is found at every place of texts of every size") {
    for (std::size_t size = 0; size < 40; ++size) {
        std::string text(size, '\x01');
        REQUIRE(!sse::detail::holds_nul(text));
        for (std::size_t at = 0; at < size; ++at) {
            text[at] = '\0';
            REQUIRE(sse::detail::holds_nul(text));
            text[at] = '\x80';
        }
    }
}

TEST_CASE("scan: stretches are found alike at every place and of every size") {
    constexpr std::size_t most = sse::detail::stretch_scan::size;
    std::string text(2 * most + 3 * block_scan::size, 'x');
    for (std::size_t at = 5; at < text.size(); at += at % 97 + (at > most ? 900 : 1))
        text[at] = at % 2 == 0 ? '\n' : '\r';
    for (std::size_t start = 0; start <= block_scan::size; ++start) {
        for (const std::size_t size : {std::size_t{1}, std::size_t{63}, std::size_t{64},
                                       std::size_t{65}, most - 1, most, text.size() - start}) {
            const std::vector<char> bytes(text.begin() + static_cast<std::ptrdiff_t>(start),
                                          text.begin() + static_cast<std::ptrdiff_t>(start + size));
            for (const bool is_long_line : {false, true})
                REQUIRE(scan_stretches({bytes.data(), size}, is_long_line) ==
                        look_at_bytes({bytes.data(), size}));
        }
    }
}

TEST_CASE("scan: a byte of any kind is seen wherever it is in long lines") {
    constexpr std::size_t most = sse::detail::stretch_scan::size;
    for (std::size_t at = 0; at < 2 * most; ++at) {
        for (const char byte : {'\n', '\r', '\t', '\0', '\x80', '\xFF'}) {
            std::string text(2 * most + 70, 'x');
            text[at] = byte;
            REQUIRE(scan_stretches(text, true) == look_at_bytes(text));
        }
    }
}

TEST_CASE("scan: a NUL is seen among bytes that are not ASCII, at every place") {
    for (const std::size_t quiet : {0U, 300U}) {
        for (const std::size_t size : {1U, 31U, 32U, 63U, 64U, 100U, 400U}) {
            for (std::size_t at = 0; at <= size; ++at) {
                std::vector<char> bytes(quiet, 'x'); // a sanitizer sees a byte too many
                bytes.resize(quiet + size, '\xC3');
                if (at != size) bytes[quiet + at] = '\0';
                for (const bool is_long_line : {false, true})
                    REQUIRE(scan_stretches({bytes.data(), bytes.size()}, is_long_line) ==
                            look_at_bytes({bytes.data(), bytes.size()}));
            }
        }
    }
}

TEST_CASE("scan: a copy stops before anything but ASCII above CR, and stays where there is room") {
    for (const std::size_t size : {1U, 127U, 128U, 129U, 300U, 500U}) {
        for (std::size_t at = 0; at <= size; ++at) {
            for (const char byte : {'\n', '\r', '\x80', 'x'}) {
                std::string text(size + 1, 'a');
                text[at] = byte;
                std::vector<char> copy(size, '-'); // a sanitizer sees a byte too many
                const std::size_t copied =
                    sse::detail::copy_plain({text.data() + 1, size}, copy.data(), copy.size());
                const std::size_t plain = byte != 'x' && at != 0 ? at - 1 : size;
                REQUIRE(copied <= plain);
                REQUIRE(std::string_view(copy.data(), copied) == text.substr(1, copied));
                if (plain == size) REQUIRE((copied == size || copied == 0));
            }
        }
    }
}

TEST_CASE("line_scanner: finds each line end once, over blocks and tails") {
    CHECK(line_ends_of("").empty());
    CHECK(line_ends_of("a").empty());
    CHECK(line_ends_of("\n\r\n\r") == std::vector<std::size_t>{0, 1, 3});
    std::string text(200, 'x');
    for (const std::size_t at : {0U, 63U, 64U, 127U, 199U})
        text[at] = '\n';
    CHECK(line_ends_of(text) == std::vector<std::size_t>{0, 63, 64, 127, 199});
}

TEST_CASE("line_scanner: finds all line ends of stretches that hold nothing else") {
    const std::string text(2 * sse::detail::stretch_scan::size + 200, '\n');
    for (std::size_t begin = 0; begin < block_scan::size; ++begin) {
        const std::string_view bytes = std::string_view(text).substr(begin);
        std::vector<std::size_t> all(bytes.size());
        std::iota(all.begin(), all.end(), std::size_t{0});
        REQUIRE(line_ends_of(bytes) == all);
    }
}

TEST_CASE("line_scanner: takes the LF of a CRLF for no line end of its own, wherever blocks end") {
    for (std::size_t at = 0; at < 3 * sse::detail::stretch_scan::size; ++at) {
        std::string text(at + 4, 'x');
        text[at] = '\r';
        text[at + 1] = text[at + 2] = '\n';
        sse::detail::line_scanner scanner;
        scanner.start(text, false);
        sse::detail::line_scanner::walk lines(scanner);
        REQUIRE(lines.next());
        REQUIRE(lines.at() == text.data() + at);
        REQUIRE(lines.behind() == lines.at() + 2);
        REQUIRE(lines.next());
        REQUIRE(lines.at() == text.data() + at + 2);
        REQUIRE(lines.behind() == lines.at() + 1);
        REQUIRE(!lines.next());
    }
}

TEST_CASE("line_scanner: goes on with a stretch where the walk before ended") {
    std::string text(200, 'x');
    text[10] = text[20] = text[150] = '\n';
    sse::detail::line_scanner scanner;
    scanner.start(text, false);
    for (const std::size_t at : {10U, 20U, 150U}) {
        sse::detail::line_scanner::walk lines(scanner);
        REQUIRE(lines.next());
        CHECK(lines.at() == text.data() + at);
        CHECK(lines.behind() == lines.at() + 1);
    }
    for (int again = 0; again < 2; ++again)
        CHECK(!sse::detail::line_scanner::walk(scanner).next());
}

TEST_CASE("line_scanner: suspects text that is not UTF-8 until the stretch behind it is settled") {
    constexpr std::size_t stretch = sse::detail::stretch_scan::size;
    std::string text(3 * stretch, 'x');
    text[10] = '\xFF';
    text[20] = text[stretch + 5] = text[2 * stretch + 5] = '\n';
    sse::detail::line_scanner scanner;
    scanner.start(text, true);
    sse::detail::line_scanner::walk lines(scanner);
    CHECK(!scanner.is_suspect());
    REQUIRE(lines.next());
    CHECK(scanner.is_suspect());
    scanner.settle();
    CHECK(scanner.is_suspect()); // the rest of the stretch may hold more
    for (int stretches = 0; stretches < 2; ++stretches) {
        CHECK(lines.behind() == lines.at() + 1);
        REQUIRE(lines.next());
    }
    scanner.settle();
    CHECK(!scanner.is_suspect());
}

TEST_CASE("line_scanner: suspects a sequence that is cut by the end of the bytes") {
    sse::detail::line_scanner scanner;
    scanner.start("data: \xC3", true);
    CHECK(!sse::detail::line_scanner::walk(scanner).next());
    scanner.start("\n", true);
    REQUIRE(sse::detail::line_scanner::walk(scanner).next());
    CHECK(scanner.is_suspect());
}

TEST_CASE("line_scanner: suspects no ASCII, and nothing where nothing is decoded") {
    sse::detail::line_scanner scanner;
    const std::string blank(5000, '\n');
    scanner.start(blank, true);
    CHECK(sse::detail::line_scanner::walk(scanner).next());
    CHECK(!scanner.is_suspect());
    scanner.start("\xFF\n", false);
    CHECK(sse::detail::line_scanner::walk(scanner).next());
    CHECK(!scanner.is_suspect());
}

} // namespace text_scan_test
