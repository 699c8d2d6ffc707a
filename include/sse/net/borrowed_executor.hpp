// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sse/net/asio.hpp>

#include <utility>

namespace sse::net {

/// An executor of one pointer, for objects of which there are many: everything goes to the executor
/// that it borrows, which takes 56 bytes in each socket and each operation under way.
/// It is no executor that an `any_io_executor` holds (it has no `require`), but one that it is made
/// of. So a handler of an operation on it needs an `immediate_executor_type`, from Asio 1.26 on.
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
