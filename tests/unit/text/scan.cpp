// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/text/scan.hpp>

#include <array>
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
    scanner.start(text);
    std::vector<std::size_t> out;
    while (const char* at = scanner.next())
        out.push_back(static_cast<std::size_t>(at - text.data()));
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
    for (std::size_t size = 0; size < block_scan::size; ++size) {
        const std::vector<char> bytes(size, '\n'); // a sanitizer sees a byte too many
        const block_scan found = sse::detail::scan_tail(bytes.data(), size);
        REQUIRE(found.line_ends == (std::uint64_t{1} << size) - 1);
        REQUIRE(found.non_ascii == 0);
    }
    CHECK(sse::detail::scan_tail("12345678901234567890\xC3", 21).non_ascii != 0);
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

TEST_CASE("line_scanner: forgets bytes above 0x7F but those of the block it is in") {
    std::string text(192, 'x');
    text[10] = '\xFF';
    text[20] = text[100] = text[130] = '\n';
    sse::detail::line_scanner scanner;
    scanner.start(text);
    REQUIRE(scanner.next() != nullptr);
    CHECK(scanner.non_ascii());
    scanner.settle();
    CHECK(scanner.non_ascii()); // the rest of the block may hold more
    REQUIRE(scanner.next() != nullptr);
    CHECK(scanner.non_ascii());
    scanner.settle();
    CHECK(!scanner.non_ascii());
    REQUIRE(scanner.next() != nullptr);
    CHECK(!scanner.non_ascii());
}

} // namespace text_scan_test
