// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace sse::contract {

/// A program under test as a process of its own, its standard output read through a pipe. It is
/// killed if it still runs at the end of the object.
class service_process {
public:
    explicit service_process(const std::vector<std::string>& arguments);
    service_process(const service_process&) = delete;
    service_process& operator=(const service_process&) = delete;
    ~service_process();

    /// The next line of its standard output, empty at the end of that. Blocks.
    [[nodiscard]] std::string line();

    void signal(int number) const;

    /// Its exit status, or nothing where it ended otherwise or is still there after `limit`.
    [[nodiscard]] std::optional<int> wait(std::chrono::milliseconds limit);

private:
    pid_t pid_ = -1;
    int output_ = -1;
    bool ended_ = false;
    std::optional<int> status_{};
};

} // namespace sse::contract
