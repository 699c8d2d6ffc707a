#!/usr/bin/env bash
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# Compile time of sse/text.hpp against the standard headers that it and its parts include:
#   tests/compile/measure.sh [RUNS] [COMPILER]
# Prints the median of RUNS (15) of each, taken in turns, and their ratio. The bar is 1.3.
set -eu
runs=${1:-15}
compiler=${2:-c++}
include=$(cd "$(dirname "$0")/../../include" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo '#include <sse/text.hpp>' >"$work/text.cpp"
find "$include/sse/text.hpp" "$include/sse/text" -name '*.hpp' -exec sed -nE 's/^#include (<[a-z_0-9]+>)$/#include \1/p' {} + |
    LC_ALL=C sort -u >"$work/standard.cpp"

# time_of NAME: microseconds of one compilation, appended to NAME.times
time_of() {
    local start=${EPOCHREALTIME/./}
    "$compiler" -std=c++20 -O0 -I"$include" -c "$work/$1.cpp" -o "$work/$1.o"
    echo $((${EPOCHREALTIME/./} - start)) >>"$work/$1.times"
}

median() { sort -n "$work/$1.times" | sed -n "$(((runs + 1) / 2))p"; }

time_of text && time_of standard && rm "$work"/*.times # warm up
for ((i = 0; i < runs; ++i)); do
    time_of text
    time_of standard
done

text=$(median text)
standard=$(median standard)
awk -v text="$text" -v standard="$standard" -v compiler="$compiler" 'BEGIN {
    printf "%s -std=c++20 -O0: sse/text.hpp %.0f ms, its standard headers %.0f ms, ratio %.2f (bar 1.3)\n",
        compiler, text / 1000, standard / 1000, text / standard
    exit text / standard > 1.3
}'
