// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <memory>
#include <type_traits>
#include <utility>

namespace sse::detail {

/// A handler that calls a member function of an object which it keeps alive, or, where `Owner` is a
/// `weak_ptr`, of one that may be gone by then. It is of one type for all classes and functions, so
/// that Asio's operations are compiled once for it and not again for each lambda.
template <class Owner, class... Args>
class member_call {
public:
    using function = void (*)(void*, Args...);

    member_call(Owner object, function f) noexcept : object_(std::move(object)), function_(f) {}

    void operator()(Args... args) const {
        if constexpr (std::is_same_v<Owner, std::weak_ptr<void>>) {
            if (const auto object = object_.lock()) function_(object.get(), args...);
        } else {
            function_(object_.get(), args...);
        }
    }

private:
    Owner object_;
    function function_;
};

template <auto Function>
struct member_function;

template <class T, class... Args, void (T::*Function)(Args...)>
struct member_function<Function> {
    template <class Owner>
    using call = member_call<Owner, Args...>;
    static void run(void* object, Args... args) { (static_cast<T*>(object)->*Function)(args...); }
};

/// `calls<&connection::on_writable>(shared_from_this())`
template <auto Function, class T>
[[nodiscard]] auto calls(std::shared_ptr<T> object) noexcept {
    using member = member_function<Function>;
    return typename member::template call<std::shared_ptr<void>>(std::move(object), &member::run);
}

/// The same, but nothing is called once the object is gone. Not where its last owner may let go of
/// it on another thread.
template <auto Function, class T>
[[nodiscard]] auto calls(std::weak_ptr<T> object) noexcept {
    using member = member_function<Function>;
    return typename member::template call<std::weak_ptr<void>>(std::move(object), &member::run);
}

} // namespace sse::detail
