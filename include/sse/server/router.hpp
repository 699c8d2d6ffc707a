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
};

/// Finds the route of a request. A pattern is a path; a segment `{name}` stands for any one
/// segment, a last segment `*` for the rest, one segment at least. Where several fit, a literal
/// segment wins over a name, a name over the rest. HEAD goes to GET's route where it has none of
/// its own.
class router {
public:
    void add(std::string_view method, std::string_view pattern) {
        const bool literal =
            pattern.starts_with('/') && pattern.find_first_of("{*") == std::string_view::npos;
        routes_.push_back({std::string(method), std::string(pattern), literal});
    }

    [[nodiscard]] route_match find(std::string_view method, std::string_view path) const {
        route_match result;
        const route* best = nullptr;
        for (const route& r : routes_) {
            if (!r.fits(path)) continue;
            if (best == nullptr) result.result = route_match::kind::no_method;
            const bool own = r.method == method;
            if (!own && (method != "HEAD" || r.method != "GET")) continue;
            if (best != nullptr) {
                const int order = compare(r.pattern, best->pattern);
                if (order < 0 || (order == 0 && (!own || best->method == method))) continue;
            }
            best = &r;
        }
        if (best == nullptr) return result;
        result.index = static_cast<std::size_t>(best - routes_.data());
        const bool valid = best->literal || take_parameters(best->pattern, path, result.parameters);
        result.result = valid ? route_match::kind::found : route_match::kind::bad_escape;
        return result;
    }

    /// Whether `pattern` alone would fit.
    [[nodiscard]] static bool matches(std::string_view pattern, std::string_view path) {
        while (pattern.starts_with('/') && path.starts_with('/')) {
            const std::string_view wanted = take(pattern);
            if (wanted == "*") return path.size() > 1;
            const std::string_view segment = take(path);
            if (is_name(wanted) ? segment.empty() : wanted != segment) return false;
        }
        return pattern.empty() && path.empty();
    }

    /// The methods of a path that has routes, for the Allow field.
    [[nodiscard]] std::string allow(std::string_view path) const {
        return methods([path](const route& r) { return r.fits(path); });
    }
    /// Those of all routes.
    [[nodiscard]] std::string allow() const {
        return methods([](const route&) { return true; });
    }

private:
    struct route {
        std::string method;
        std::string pattern;
        bool literal; // without wildcards
        [[nodiscard]] bool fits(std::string_view path) const {
            return literal ? pattern == path : matches(pattern, path);
        }
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

    /// Which of two patterns that fit the same path is more exact: the first segment in which they
    /// differ tells.
    static int compare(std::string_view a, std::string_view b) {
        const auto rank = [](std::string_view segment) {
            return segment == "*" ? 0 : is_name(segment) ? 1 : 2;
        };
        while (!a.empty() && !b.empty()) {
            const int difference = rank(take(a)) - rank(take(b));
            if (difference != 0) return difference;
        }
        return 0;
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
            const std::string_view name =
                wanted == "*" ? wanted : wanted.substr(1, wanted.size() - 2);
            out.emplace_back(std::string(name), std::move(*value));
        }
        return true;
    }

    template <class Wanted>
    [[nodiscard]] std::string methods(Wanted wanted) const {
        std::string all;
        for (const route& r : routes_) {
            if (wanted(r)) add_method(all, r.method);
        }
        add_method(all, "OPTIONS");
        return all;
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
