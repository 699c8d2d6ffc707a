// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "examples/sse_cat/printer.hpp"

#include <nlohmann/json.hpp>

#include <cstdio>
#include <string>

namespace {

using json = nlohmann::ordered_json;

/// Larger data is only counted.
constexpr std::size_t shown_data = 64 * 1024;

class json_printer final : public printer {
public:
    void open(const sse::incoming_response& response) override {
        line({{"open", {{"status", response.status}, {"url", response.url.to_string()}}}});
    }

    void event(sse::event_view event) override {
        json object{{"type", event.type}};
        if (event.data.size() > shown_data)
            object["data_size"] = event.data.size();
        else
            object["data"] = event.data;
        object["id"] = event.id;
        line({{"event", std::move(object)}});
    }

    void comment(std::string_view text) override { line({{"comment", text}}); }
    void retry(std::chrono::milliseconds time) override { line({{"retry", time.count()}}); }

    void error(const sse::disconnection& what) override {
        json object{{"kind", kind_of(what)}};
        if (what.status != 0) object["status"] = what.status;
        object["message"] = what.error.message();
        line({{"error", std::move(object)}});
    }

    void reconnect(std::chrono::milliseconds delay) override {
        line({{"reconnect", delay.count()}});
    }
    void closed(std::string_view reason) override { line({{"closed", reason}}); }

private:
    static void line(const json& object) {
        // Bytes that are not UTF-8 must not cost a line.
        const std::string text = object.dump(-1, ' ', false, json::error_handler_t::replace) + "\n";
        std::fwrite(text.data(), 1, text.size(), stdout);
        std::fflush(stdout);
    }
};

} // namespace

std::unique_ptr<printer> make_json_printer() { return std::make_unique<json_printer>(); }
