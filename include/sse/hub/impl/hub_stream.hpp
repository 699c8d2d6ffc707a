// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>
#include <sse/hub/hub_stream.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace sse::detail {

inline hub_stream::~hub_stream() {
    leave(); // while the shard is there, with the topics
}

inline void hub_stream::leave() noexcept {
    shard_->forget_patterns(*this);
    unfollow();
    shard_->remove(*this);
}

inline void hub_stream::attach(stream_sink* sink, std::string first) {
    sink_ = sink;
    if (sink_ == nullptr) return;
    layered_ = sink_->is_layered();
    use_chunks(sink_->chunked());
    const std::string begin = take_own();
    append_raw(first);
    if (!begin.empty()) append(begin);
    shard_->add(*this);
    pump();
}

inline bool hub_stream::pump() {
    // a stream that never comes to an end of its bytes gives the others a turn now and then
    for (int writes = 0; sink_ != nullptr && !waiting_; ++writes) {
        if (const gap missing = take_gap()) shard_->append_gap(*this, missing);
        const std::string_view bytes = shard_->next(*this);
        if (bytes.empty() && owes_gap()) continue;
        if (bytes.empty()) {
            if (!ending_ && tell_position()) continue;
            if (!ending_) return false;
            if (extras() != nullptr && !extras()->farewell.empty()) {
                append(std::exchange(extras()->farewell, {}));
                continue;
            }
            shard_->counts.ended(end_reason_);
            shard_->tell_left(*this);
            shard_->forget_patterns(*this);
            unfollow();
            std::exchange(sink_, nullptr)->finish();
            return false;
        }
        error_code ec;
        const std::size_t n = sink_->write_some(bytes, ec);
        if (ec && ec != asio::error::would_block) {
            sink_->abort(ec);
            return false;
        }
        const bool all = n == bytes.size();
        shard_->counts.sent(n, commit(n, shard_->merged));
        if (n != 0) active_ = shard_->now();
        if (all && is_done()) return false;
        if (!all || writes == 16) {
            waiting_ = true;
            sink_->wait_writable(false);
        }
    }
    return waiting_;
}

inline void hub_stream::end_with(std::string block, errc why) {
    if (std::exchange(ending_, true)) return;
    end_reason_ = why;
    if (!block.empty()) make_extras().farewell = std::move(block);
    pump();
}

inline void hub_stream::cut(errc why) {
    if (sink_ != nullptr) sink_->abort(why);
}

inline void hub_stream::beat(std::uint64_t idle_since) {
    if (active_ > idle_since || waiting_ || sink_ == nullptr || !caught_up()) return;
    append(heartbeat_block(shard_->hub().options.heartbeat_type));
    tell_position(1);
    pump();
}

inline void hub_stream::on_gone(const error_code& why) {
    sink_ = nullptr;
    shard_->counts.ended(to_errc(why));
    shard_->tell_left(*this);
    leave();
}

inline void hub_stream::on_destroyed() noexcept {
    sink_ = nullptr;
    leave();
}

/// Moves the reader on past events that its filter left out, if it is as many as that.
inline bool hub_stream::tell_position(std::uint64_t left_out) {
    stream_extras* const x = extras();
    if (x == nullptr || x->left_out < left_out) return false;
    x->left_out = 0;
    append(position_block(shard_->place(position(shard_->horizon()))));
    return true;
}

inline bool hub_stream::wants(std::string_view topic) const noexcept {
    const stream_extras* const x = extras();
    return x != nullptr && std::any_of(x->patterns.begin(), x->patterns.end(),
                                       [&](const auto& p) { return matches_topic(p, topic); });
}

inline std::vector<std::string> hub_stream::followed() const {
    std::vector<std::string> all = names();
    if (extras() == nullptr) return all;
    std::erase_if(all, [this](const std::string& name) { return wants(name); });
    all.insert(all.end(), extras()->patterns.begin(), extras()->patterns.end());
    return all;
}

inline errc hub_stream::send(const event_view& e) {
    if (!is_open()) return errc::closed;
    if (!e.id.empty()) return errc::invalid_id;
    std::string block;
    if (const errc refused = serialize(e, block); refused != errc::success) return refused;
    const errc result = shard_->send(*this, std::move(block));
    if (is_open()) pump();
    return result;
}

inline errc hub_stream::follow_also(std::string_view topic) {
    if (!is_open()) return errc::closed;
    return shard_->follow(*this, topic);
}

inline errc hub_stream::unfollow_one(std::string_view topic) {
    if (!is_open()) return errc::closed;
    const errc result = shard_->unfollow(*this, topic);
    pump();
    return result;
}

} // namespace sse::detail
