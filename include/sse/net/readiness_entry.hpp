// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>
#include <sse/net/byte_stream.hpp>

#include <cstdint>

namespace sse::net {

/// Who is told that what it waited for has come.
class readiness_observer {
public:
    readiness_observer() = default;
    readiness_observer(const readiness_observer&) = delete;
    readiness_observer& operator=(const readiness_observer&) = delete;

    /// A wait for `what` is over. Never called inside of the function that began it. Whoever is
    /// called sees to it that it stays while this runs.
    virtual void on_ready(readiness what, const error_code& ec) = 0;

protected:
    ~readiness_observer() = default;
};

/// One descriptor of a `readiness_set`: what is waited for, and what is known. It does no I/O.
///
/// The system tells each change once. It has to be asked again only where what it told was not used
/// up: who reads or writes until nothing goes any more is told of the next change by itself.
class readiness_entry {
public:
    explicit readiness_entry(int descriptor = -1) noexcept : descriptor_(descriptor) {}

    [[nodiscard]] int descriptor() const noexcept { return descriptor_; }
    [[nodiscard]] readiness_observer& observer() const noexcept { return *observer_; }
    void observe(readiness_observer& observer) noexcept { observer_ = &observer; }

    /// Whether the system is to tell of `what`: of writability once somebody waited for it.
    [[nodiscard]] bool is_told(readiness what) const noexcept { return (told_ & bit(what)) != 0; }

    /// Begins a wait. True if the system has to be asked.
    [[nodiscard]] bool begin(readiness what) noexcept {
        const bool first = !is_told(what);
        waits_ |= bit(what);
        told_ |= bit(what);
        return first || (ready_ & bit(what)) != 0;
    }

    /// The system told that it is ready. `ended`: and that for reading it will stay so, since the
    /// peer has ended or failed.
    void on_told(bool readable, bool writable, bool ended) noexcept {
        if (readable) ready_ |= bit(readiness::readable);
        if (writable) ready_ |= bit(readiness::writable);
        ended_ = ended_ || ended;
    }

    /// Ends a wait for what is ready; true if there was one.
    [[nodiscard]] bool end(readiness what) noexcept {
        if ((waits_ & ready_ & bit(what)) == 0) return false;
        waits_ &= static_cast<std::uint8_t>(~bit(what));
        return true;
    }

    /// A read or write left nothing of what was told.
    void used_up(readiness what) noexcept {
        if (what == readiness::readable && ended_) return;
        ready_ &= static_cast<std::uint8_t>(~bit(what));
    }

private:
    static constexpr std::uint8_t bit(readiness what) noexcept {
        return what == readiness::readable ? 1 : 2;
    }

    readiness_observer* observer_ = nullptr;
    int descriptor_;
    std::uint8_t waits_ = 0;
    std::uint8_t told_ = bit(readiness::readable);
    std::uint8_t ready_ = 0;
    bool ended_ = false;
};

} // namespace sse::net
