// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "service_process.hpp"

#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <ctime>
#include <system_error>

extern char** environ;

namespace sse::contract {

namespace {

[[noreturn]] void fail(int error, const char* what) {
    throw std::system_error(error, std::generic_category(), what);
}

} // namespace

service_process::service_process(const std::vector<std::string>& arguments) {
    int ends[2];
    if (::pipe(ends) != 0) fail(errno, "pipe");
    output_ = ends[0];
    std::vector<char*> argv;
    for (const std::string& argument : arguments)
        argv.push_back(const_cast<char*>(argument.c_str()));
    argv.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
    ::posix_spawn_file_actions_addclose(&actions, ends[0]);
    ::posix_spawn_file_actions_addclose(&actions, ends[1]);
    const int error = ::posix_spawn(&pid_, argv[0], &actions, nullptr, argv.data(), environ);
    ::posix_spawn_file_actions_destroy(&actions);
    ::close(ends[1]);
    if (error != 0) {
        ::close(output_);
        fail(error, argv[0]);
    }
}

service_process::~service_process() {
    if (!ended_) {
        ::kill(pid_, SIGKILL);
        ::waitpid(pid_, nullptr, 0);
    }
    ::close(output_);
}

std::string service_process::line() {
    std::string text;
    for (char c = 0; ::read(output_, &c, 1) == 1 && c != '\n';)
        text += c;
    return text;
}

void service_process::signal(int number) const { ::kill(pid_, number); }

std::optional<int> service_process::wait(std::chrono::milliseconds limit) {
    sigset_t child;
    ::sigemptyset(&child);
    ::sigaddset(&child, SIGCHLD);
    ::sigprocmask(SIG_BLOCK, &child, nullptr);
    const auto end = std::chrono::steady_clock::now() + limit;
    while (!ended_) {
        int status = 0;
        if (::waitpid(pid_, &status, WNOHANG) == pid_) {
            ended_ = true;
            if (WIFEXITED(status)) status_ = WEXITSTATUS(status);
            break;
        }
        const auto left = end - std::chrono::steady_clock::now();
        if (left <= left.zero()) break;
        // Blocked before the first look, the signal cannot be missed.
        const auto ns = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
        const timespec time{static_cast<std::time_t>(ns / 1'000'000'000),
                            static_cast<long>(ns % 1'000'000'000)};
        ::sigtimedwait(&child, nullptr, &time);
    }
    return status_;
}

} // namespace sse::contract
