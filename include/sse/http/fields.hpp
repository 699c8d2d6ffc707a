// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/syntax.hpp>

#include <cstddef>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::http {

/// One field line of a head: the name as it was written, the value without blanks at its ends.
struct field {
    std::string name;
    std::string value;

    friend bool operator==(const field&, const field&) = default;
};

/// The field lines of a head, in their order. Names compare without regard to case. Nothing is
/// checked here: reading a head checks what comes in, `write_head` what goes out.
class fields {
public:
    using const_iterator = std::vector<field>::const_iterator;

    fields() = default;
    fields(std::initializer_list<field> list) : lines_(list) {}

    /// Appends a line.
    void add(std::string_view name, std::string_view value) {
        field& line = lines_.emplace_back();
        line.name.append(name);
        line.value.append(value);
    }

    /// Replaces every line called `name` by one, which takes the place of the first.
    void set(std::string_view name, std::string_view value) {
        for (auto line = lines_.begin(); line != lines_.end(); ++line) {
            if (iequals(line->name, name)) {
                line->value = value;
                erase_from(static_cast<std::size_t>(line - lines_.begin()) + 1, name);
                return;
            }
        }
        add(name, value);
    }

    /// Removes every line called `name`; returns how many there were.
    std::size_t erase(std::string_view name) { return erase_from(0, name); }

    /// The value of the first line called `name`, or null. Valid until the fields change.
    [[nodiscard]] const std::string* find(std::string_view name) const noexcept {
        for (const field& line : lines_) {
            if (iequals(line.name, name)) {
                return &line.value;
            }
        }
        return nullptr;
    }

    /// How many lines are called `name`.
    [[nodiscard]] std::size_t count(std::string_view name) const noexcept {
        std::size_t n = 0;
        for (const field& line : lines_) {
            n += iequals(line.name, name) ? 1U : 0U;
        }
        return n;
    }

    [[nodiscard]] bool contains(std::string_view name) const noexcept {
        return find(name) != nullptr;
    }

    /// The values of all lines called `name`, joined by ", ": RFC 9110, section 5.3.
    [[nodiscard]] std::string joined(std::string_view name) const {
        std::string all;
        bool first = true;
        for (const field& line : lines_) {
            if (iequals(line.name, name)) {
                all.append(first ? "" : ", ").append(line.value);
                first = false;
            }
        }
        return all;
    }

    /// Whether `token` is an element of the comma-separated lists in the lines called `name`,
    /// without regard to case, such as `list_contains("Connection", "close")`.
    [[nodiscard]] bool list_contains(std::string_view name, std::string_view token) const noexcept {
        for (const field& line : lines_) {
            if (!iequals(line.name, name)) {
                continue;
            }
            std::string_view list = line.value;
            while (list.data() != nullptr) {
                if (iequals(take_element(list), token)) {
                    return true;
                }
            }
        }
        return false;
    }

    [[nodiscard]] const_iterator begin() const noexcept { return lines_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return lines_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return lines_.size(); }
    [[nodiscard]] bool empty() const noexcept { return lines_.empty(); }
    [[nodiscard]] const field& operator[](std::size_t i) const noexcept { return lines_[i]; }
    [[nodiscard]] const field& back() const noexcept { return lines_.back(); }
    void clear() noexcept { lines_.clear(); }
    void reserve(std::size_t lines) { lines_.reserve(lines); }

    /// Appends `text` to the value of the last line. The fields must not be empty.
    void append_to_last(std::string_view text) { lines_.back().value.append(text); }

    friend bool operator==(const fields&, const fields&) = default;

private:
    std::size_t erase_from(std::size_t first, std::string_view name) {
        std::size_t kept = first;
        for (std::size_t i = first; i < lines_.size(); ++i) {
            if (!iequals(lines_[i].name, name)) {
                if (kept != i) {
                    lines_[kept] = std::move(lines_[i]);
                }
                ++kept;
            }
        }
        const std::size_t erased = lines_.size() - kept;
        lines_.resize(kept);
        return erased;
    }

    std::vector<field> lines_;
};

} // namespace sse::http
