// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/line_scanner.hpp>

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace text_scan_test {

namespace {

using sse::detail::block_scan;

bool operator_equal(const block_scan& a, const block_scan& b) {
    return a.line_ends == b.line_ends && (a.non_ascii != 0) == (b.non_ascii != 0);
}

std::vector<std::size_t> line_ends_of(std::string_view text) {
    sse::detail::line_scanner scanner;
    scanner.start(text, false);
    sse::detail::line_scanner::walk lines(scanner);
    std::vector<std::size_t> out;
    while (lines.next())
        out.push_back(static_cast<std::size_t>(lines.at() - text.data()));
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
            REQUIRE((expected.non_ascii != 0) == (byte > 0x7F));
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

TEST_CASE("scan: a tail of every size is scanned to its end and no further") {
    for (std::size_t size = 1; size < block_scan::size; ++size) {
        const std::vector<char> bytes(size, '\n'); // a sanitizer sees a byte too many
        const block_scan found = sse::detail::scan_tail(bytes.data(), size);
        REQUIRE(found.line_ends == (std::uint64_t{1} << size) - 1);
        REQUIRE(found.non_ascii == 0);
    }
    CHECK(sse::detail::scan_tail("12345678901234567890\xC3", 21).non_ascii != 0);
    for (std::size_t size = 1; size < block_scan::size; ++size) {
        const std::vector<char> block(block_scan::size, '\n');
        const block_scan found = sse::detail::scan_end(block.data(), size);
        REQUIRE(found.line_ends >> (block_scan::size - size) == (std::uint64_t{1} << size) - 1);
        REQUIRE(std::popcount(found.line_ends) == static_cast<int>(size));
    }
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

TEST_CASE("scan: blocks are found alike by what the processor has and what all have") {
    std::string text(sse::detail::stretch_scan::size, 'x');
    for (const std::size_t at : {0U, 63U, 64U, 130U, 700U, 1023U})
        text[at] = at % 2 == 0 ? '\n' : '\r';
    for (const std::size_t non_ascii : {5U, 500U, 1000U, 2000U}) {
        std::string stretch = text;
        if (non_ascii < stretch.size()) stretch[non_ascii] = '\x80';
        sse::detail::stretch_scan expected;
        sse::detail::scan_blocks(stretch.data(), sse::detail::stretch_scan::most_blocks, expected);
        CHECK(expected.count == 5);
        CHECK(expected.non_ascii == (non_ascii < stretch.size()));
        for (const bool after_line_ends : {false, true}) {
            sse::detail::stretch_scan found;
            found.count = after_line_ends ? 1 : 0;
            sse::detail::scan_stretch(stretch.data(), stretch.size(), 0, found);
            REQUIRE(found.count == expected.count);
            CHECK(found.non_ascii == expected.non_ascii);
            for (std::size_t i = 0; i < found.count; ++i) {
                CHECK(found.blocks[i].bytes == expected.blocks[i].bytes);
                CHECK(found.blocks[i].line_ends == expected.blocks[i].line_ends);
            }
        }
    }
}

TEST_CASE("line_scanner: finds each line end once, over blocks and tails") {
    CHECK(line_ends_of("").empty());
    CHECK(line_ends_of("a").empty());
    CHECK(line_ends_of("\r\n") == std::vector<std::size_t>{0, 1});
    std::string text(200, 'x');
    for (const std::size_t at : {0U, 63U, 64U, 127U, 199U})
        text[at] = '\n';
    CHECK(line_ends_of(text) == std::vector<std::size_t>{0, 63, 64, 127, 199});
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
    }
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
    REQUIRE(lines.next());
    REQUIRE(lines.next());
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
