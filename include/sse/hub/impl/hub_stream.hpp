// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/hub/hub_shard.hpp>
#include <sse/hub/hub_stream.hpp>

#include <utility>

namespace sse::detail {

inline hub_stream::~hub_stream() {
    unfollow(); // while the shard is there, with the topics
    shard_->remove(*this);
}

inline void hub_stream::attach(stream_sink* sink, std::string first) {
    sink_ = sink;
    if (sink_ == nullptr) return;
    use_chunks(sink_->chunked());
    append_raw(first);
    if (const auto note = std::exchange(note_, nullptr)) append(*note);
    shard_->add(*this);
    pump();
}

inline void hub_stream::pump() {
    // a stream that never comes to an end of its bytes gives the others a turn now and then
    for (int writes = 0; sink_ != nullptr && !waiting_; ++writes) {
        if (const gap missing = take_gap()) shard_->append_gap(*this, missing);
        const std::string_view bytes = shard_->next(*this);
        if (bytes.empty() && owes_gap()) continue;
        if (bytes.empty()) {
            if (!ending_) return;
            if (const auto farewell = std::exchange(note_, nullptr)) {
                append(*farewell);
                continue;
            }
            shard_->counts.ended(end_reason_);
            unfollow();
            return std::exchange(sink_, nullptr)->finish();
        }
        error_code ec;
        const std::size_t n = sink_->write_some(bytes, ec);
        if (ec && ec != asio::error::would_block) return sink_->abort(ec);
        const bool all = n == bytes.size();
        shard_->counts.sent(n, commit(n, shard_->merged));
        if (n != 0) active_ = shard_->now();
        if (!all || writes == 16) {
            waiting_ = true;
            sink_->wait_writable(false);
        }
    }
}

inline void hub_stream::end_with(std::string block, errc why) {
    if (std::exchange(ending_, true)) return;
    end_reason_ = why;
    note_ = std::make_unique<std::string>(std::move(block));
    pump();
}

inline void hub_stream::cut(errc why) {
    if (sink_ != nullptr) sink_->abort(why);
}

inline void hub_stream::beat(std::uint64_t idle_since) {
    if (active_ > idle_since || waiting_ || sink_ == nullptr || !caught_up()) return;
    append(heartbeat_block({}));
    pump();
}

inline void hub_stream::on_gone(const error_code& why) {
    sink_ = nullptr;
    shard_->counts.ended(to_errc(why));
    unfollow();
    shard_->remove(*this);
}

inline void hub_stream::on_destroyed() noexcept {
    sink_ = nullptr;
    unfollow();
    shard_->remove(*this);
}

} // namespace sse::detail
