// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/percent.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::http {

/// The parameters of a query or of a form, in their order: application/x-www-form-urlencoded as the
/// URL standard parses it. A plus sign is a space, a percent sign without two hexadecimal digits is
/// itself, empty pieces between ampersands are skipped, a name without `=` has an empty value.
class query {
public:
    using parameter = std::pair<std::string, std::string>;
    using const_iterator = std::vector<parameter>::const_iterator;

    query() = default;

    /// Parses `text`, without the question mark.
    explicit query(std::string_view text) {
        while (!text.empty()) {
            const std::size_t end = text.find('&');
            const std::string_view piece = text.substr(0, end);
            text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
            if (piece.empty()) {
                continue;
            }
            const std::size_t equals = piece.find('=');
            const bool has_value = equals != std::string_view::npos;
            parameters_.emplace_back(decode(piece.substr(0, equals)),
                                     has_value ? decode(piece.substr(equals + 1)) : std::string());
        }
    }

    /// The first value called `name`, or null. Names compare exactly.
    [[nodiscard]] const std::string* find(std::string_view name) const noexcept {
        for (const parameter& p : parameters_) {
            if (p.first == name) {
                return &p.second;
            }
        }
        return nullptr;
    }

    /// All values called `name`, in their order.
    /// Lifetime: the views borrow from the query.
    [[nodiscard]] std::vector<std::string_view> all(std::string_view name) const {
        std::vector<std::string_view> values;
        for (const parameter& p : parameters_) {
            if (p.first == name) {
                values.emplace_back(p.second);
            }
        }
        return values;
    }

    [[nodiscard]] const_iterator begin() const noexcept { return parameters_.begin(); }
    [[nodiscard]] const_iterator end() const noexcept { return parameters_.end(); }
    [[nodiscard]] std::size_t size() const noexcept { return parameters_.size(); }
    [[nodiscard]] bool empty() const noexcept { return parameters_.empty(); }

private:
    [[nodiscard]] static std::string decode(std::string_view text) {
        std::string result;
        result.reserve(text.size());
        for (std::size_t i = 0; i < text.size(); ++i) {
            if (is_percent_triplet(text, i)) {
                result.push_back(
                    static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2])));
                i += 2;
            } else {
                result.push_back(text[i] == '+' ? ' ' : text[i]);
            }
        }
        return result;
    }

    std::vector<parameter> parameters_;
};

} // namespace sse::http
