// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/text/event.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace sse::testing {

/// Interprets an event stream one code point at a time, step by step after HTML, 9.2.6, and the
/// UTF-8 decoder of the Encoding standard. Written to be obviously right: what `sse::parser` is
/// compared with. Shares no code with it.
class reference_parser {
public:
    void feed(std::string_view bytes) {
        for (const char c : bytes)
            decode(static_cast<unsigned char>(c));
    }

    std::vector<event> events;
    std::vector<std::string> retries; ///< digits
    std::vector<std::string> comments;
    std::string last_event_id;

private:
    // the UTF-8 decoder: one code point, or U+FFFD, at a time
    void decode(unsigned char byte) {
        if (needed_ == 0) {
            start_sequence(byte);
        } else if (byte < lower_ || byte > upper_) {
            needed_ = 0;
            code_point("\xEF\xBF\xBD");
            decode(byte);
        } else {
            lower_ = 0x80;
            upper_ = 0xBF;
            sequence_ += static_cast<char>(byte);
            if (--needed_ == 0) code_point(sequence_);
        }
    }

    void start_sequence(unsigned char byte) {
        sequence_.assign(1, static_cast<char>(byte));
        lower_ = byte == 0xE0 ? 0xA0 : byte == 0xF0 ? 0x90 : 0x80;
        upper_ = byte == 0xED ? 0x9F : byte == 0xF4 ? 0x8F : 0xBF;
        if (byte < 0x80) {
            code_point(sequence_);
        } else if (byte >= 0xC2 && byte <= 0xDF) {
            needed_ = 1;
        } else if (byte >= 0xE0 && byte <= 0xEF) {
            needed_ = 2;
        } else if (byte >= 0xF0 && byte <= 0xF4) {
            needed_ = 3;
        } else {
            code_point("\xEF\xBF\xBD");
        }
    }

    // one byte order mark at the start, then lines
    void code_point(const std::string& c) {
        const bool is_start = at_start_;
        at_start_ = false;
        if (is_start && c == "\xEF\xBB\xBF") return;
        const bool is_second_half = after_cr_ && c == "\n";
        after_cr_ = c == "\r";
        if (is_second_half) return;
        if (c != "\r" && c != "\n") {
            line_ += c;
            return;
        }
        const std::string line = line_;
        line_.clear();
        interpret(line);
    }

    void interpret(const std::string& line) {
        if (line.empty()) {
            dispatch();
            return;
        }
        const auto colon = line.find(':');
        if (colon == std::string::npos) {
            field(line, "");
            return;
        }
        std::string value = line.substr(colon + 1);
        if (!value.empty() && value[0] == ' ') value.erase(0, 1);
        if (colon == 0) {
            comments.push_back(value);
        } else {
            field(line.substr(0, colon), value);
        }
    }

    void field(const std::string& name, const std::string& value) {
        if (name == "event") {
            type_ = value;
        } else if (name == "data") {
            data_ += value + "\n";
        } else if (name == "id") {
            if (value.find('\0') == std::string::npos) id_ = value;
        } else if (name == "retry") {
            if (!value.empty() && value.find_first_not_of("0123456789") == std::string::npos) {
                retries.push_back(value);
            }
        }
    }

    void dispatch() {
        last_event_id = id_;
        if (!data_.empty()) {
            data_.pop_back();
            events.push_back({type_.empty() ? "message" : type_, data_, last_event_id});
        }
        data_.clear();
        type_.clear();
    }

    int needed_ = 0;
    unsigned char lower_ = 0x80;
    unsigned char upper_ = 0xBF;
    std::string sequence_;
    bool at_start_ = true;
    bool after_cr_ = false;
    std::string line_;
    std::string data_;
    std::string type_;
    std::string id_;
};

} // namespace sse::testing
