// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#pragma once

#include <sched.h>
#include <sys/prctl.h>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>

namespace sse::bench {

[[noreturn]] inline void fail(const char* what) {
    std::perror(what);
    std::_Exit(1);
}

/// Has this thread run on processor `n` and on no other, where there is one.
inline void run_on_processor(unsigned n) {
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(n, &one);
    ::sched_setaffinity(0, sizeof one, &one);
}

/// The other end of what is measured, in a process of its own, so that its processor time is not
/// counted. It ends with this object, or with this process.
class child_process {
public:
    /// Runs `work`, which never returns. To be called while there is one thread.
    template <class Work>
    explicit child_process(Work&& work) : child_(::fork()) {
        if (child_ < 0) fail("no process for the other end");
        if (child_ != 0) return;
        ::prctl(PR_SET_PDEATHSIG, SIGKILL);
        work();
        std::_Exit(0);
    }
    child_process(const child_process&) = delete;
    child_process& operator=(const child_process&) = delete;
    ~child_process() {
        ::kill(child_, SIGKILL);
        ::waitpid(child_, nullptr, 0);
    }

private:
    pid_t child_;
};

} // namespace sse::bench
