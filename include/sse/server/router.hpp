// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/http/percent.hpp>
#include <sse/server/request.hpp>

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sse::detail {

/// What a router says of a request.
struct route_match {
    enum class kind {
        found,
        no_path,    ///< 404
        no_method,  ///< 405; the path has other methods
        bad_escape, ///< 400; a percent sign without two digits in a wildcard's place
    };
    kind result = kind::no_path;
    std::size_t index = 0; ///< of the route found, in the order of adding
    std::vector<std::pair<std::string, std::string>> parameters{};
    std::string allow{}; ///< methods of the path, for the Allow field
};

/// Finds the route of a request. A pattern is a path; a segment `{name}` stands for any one
/// segment, a last segment `*` for the rest, one segment at least. Where several fit, a literal
/// segment wins over a name, a name over the rest. HEAD goes to GET's route where it has none of
/// its own.
class router {
public:
    void add(std::string_view method, std::string_view pattern) {
        routes_.push_back({std::string(method), std::string(pattern)});
    }

    [[nodiscard]] route_match find(std::string_view method, std::string_view path) const {
        route_match best;
        std::string best_rank;
        bool best_is_get = false;
        for (std::size_t i = 0; i < routes_.size(); ++i) {
            const route& r = routes_[i];
            std::string rank;
            if (!fits(r.pattern, path, rank)) continue;
            add_method(best.allow, r.method);
            const bool stand_in = method == "HEAD" && r.method == "GET";
            if (r.method != method && !stand_in) continue;
            const bool better = rank > best_rank || (rank == best_rank && best_is_get && !stand_in);
            if (best.result == route_match::kind::found && !better) continue;
            best.result = route_match::kind::found;
            best.index = i;
            best_rank = rank;
            best_is_get = stand_in;
        }
        if (best.result == route_match::kind::found) {
            if (!take_parameters(routes_[best.index].pattern, path, best.parameters)) {
                best.result = route_match::kind::bad_escape;
            }
        } else if (!best.allow.empty()) {
            best.result = route_match::kind::no_method;
            add_method(best.allow, "OPTIONS");
        }
        return best;
    }

    /// Whether `pattern` alone would fit.
    [[nodiscard]] static bool matches(std::string_view pattern, std::string_view path) {
        std::string rank;
        return fits(pattern, path, rank);
    }

    /// The methods of all routes, for `OPTIONS *`.
    [[nodiscard]] std::string allow() const {
        std::string all;
        for (const route& r : routes_)
            add_method(all, r.method);
        add_method(all, "OPTIONS");
        return all;
    }

private:
    struct route {
        std::string method;
        std::string pattern;
    };

    static std::string_view take(std::string_view& path) {
        path.remove_prefix(1);
        const std::size_t slash = path.find('/');
        const std::string_view segment = path.substr(0, slash);
        path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
        return segment;
    }

    static bool is_name(std::string_view segment) {
        return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
    }

    /// `rank` tells how exact the match is: a letter a segment, compared in order.
    static bool fits(std::string_view pattern, std::string_view path, std::string& rank) {
        while (pattern.starts_with('/') && path.starts_with('/')) {
            const std::string_view wanted = take(pattern);
            if (wanted == "*") return path.size() > 1 && (rank.push_back('a'), true);
            const std::string_view segment = take(path);
            if (is_name(wanted) ? segment.empty() : wanted != segment) return false;
            rank.push_back(is_name(wanted) ? 'b' : 'c');
        }
        return pattern.empty() && path.empty();
    }

    static bool take_parameters(std::string_view pattern, std::string_view path,
                                std::vector<std::pair<std::string, std::string>>& out) {
        while (!pattern.empty()) {
            const std::string_view wanted = take(pattern);
            std::string_view raw = path.substr(1);
            if (wanted != "*") raw = take(path);
            if (wanted != "*" && !is_name(wanted)) continue;
            auto value = http::percent_decode(raw);
            if (!value) return false;
            out.emplace_back(wanted == "*" ? wanted : wanted.substr(1, wanted.size() - 2),
                             std::move(*value));
        }
        return true;
    }

    static void add_method(std::string& list, std::string_view method) {
        const auto add = [&list](std::string_view one) {
            if ((", " + list + ",").find(" " + std::string(one) + ",") != std::string::npos) return;
            if (!list.empty()) list.append(", ");
            list.append(one);
        };
        add(method);
        if (method == "GET") add("HEAD");
    }

    std::vector<route> routes_;
};

} // namespace sse::detail
