// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <utility>

namespace sse::net {

/// An executor of one pointer, for objects of which there are many: everything goes to the executor
/// that it borrows, which takes 56 bytes in each socket and each operation under way.
/// Lifetime: the other executor has to stay while functions are handed over.
class borrowed_executor {
public:
    /// Borrows from `lender`, which must not be null.
    explicit borrowed_executor(const asio::any_io_executor* lender) noexcept : lender_(lender) {}

    /// What it borrows.
    operator asio::any_io_executor() const { return *lender_; }

    template <class Function>
    void execute(Function&& function) const {
        lender_->execute(std::forward<Function>(function));
    }
    [[nodiscard]] asio::execution_context& query(asio::execution::context_t what) const noexcept {
        return lender_->query(what);
    }

    friend bool operator==(const borrowed_executor&, const borrowed_executor&) noexcept = default;

private:
    const asio::any_io_executor* lender_;
};

} // namespace sse::net
