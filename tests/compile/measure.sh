#!/usr/bin/env bash
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# What it costs to include an umbrella header, against what it needs from outside (headers of the
# standard library, Asio and OpenSSL, all of them, as if a user had included them), and how large a
# minimal program is:
#   tests/compile/measure.sh [RUNS] [COMPILER...]
# Prints the least processor time of RUNS (5) of each at -O0, taken in turns, and their ratio.
# Fails when a ratio is over its bar.
set -eu
runs=${1:-5}
shift || true
[ $# -gt 0 ] || set -- c++
here=$(cd "$(dirname "$0")" && pwd)
include=$here/../../include
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# needs HEADER: includes what HEADER and the headers of this library below it take from outside
needs() {
    echo "#include <$1>" >"$work/own.cpp"
    "$compiler" -std=c++20 -I"$include" -MM "$work/own.cpp" | tr ' \\' '\n\n' | grep '/sse/' |
        xargs sed -nE 's/^#include (<((asio\/)?[a-z_0-9\/]+(\.hpp)?|openssl\/[a-z_0-9]+\.h)>)$/#include \1/p' |
        grep -vE '<(sse|boost)/' | LC_ALL=C sort -u
}

# time_of NAME: milliseconds of processor time of one compilation, appended to NAME.times
time_of() {
    TIMEFORMAT='%3U %3S'
    { time "$compiler" -std=c++20 -O0 -I"$include" -c "$work/$1.cpp" -o "$work/$1.o"; } 2>&1 |
        awk '{ print ($1 + $2) * 1000 }' >>"$work/$1.times"
}

least() { sort -n "$work/$1.times" | head -n 1; }

measure() { # HEADER BAR
    needs "$1" >"$work/needed.cpp"
    rm -f "$work"/*.times
    for ((i = 0; i < runs; ++i)); do
        time_of own
        time_of needed
    done
    awk -v compiler="$compiler" -v header="$1" -v own="$(least own)" -v needed="$(least needed)" \
        -v bar="$2" 'BEGIN {
        printf "%-12s %-15s %6d ms, what it needs %6d ms, ratio %.2f (bar %.1f)\n",
            compiler, header, own, needed, own / needed, bar
        exit own / needed > bar }' || failed=1
}

program_size() { # NAME
    "$compiler" -std=c++20 -O2 -DNDEBUG -I"$include" "$here/minimal_$1.cpp" -o "$work/$1" -pthread
    strip "$work/$1"
    printf '%-12s a minimal %s: %d KiB, stripped\n' "$compiler" "$1" \
        $(($(wc -c <"$work/$1") / 1024))
}

for compiler; do
    measure sse/text.hpp 1.2
    measure sse/client.hpp 1.4
    measure sse/server.hpp 1.4
    measure sse/hub.hpp 2.0
    measure sse/tls.hpp 1.4
    program_size client
    program_size server
done
exit $failed
