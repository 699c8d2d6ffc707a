#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
#
# Doubling what is parsed must double the instructions, however it is cut: prints the counts, and
# fails when a ratio is over 2.2. Usage: linear_work.sh PROGRAM, where PROGRAM is linear_work.
set -eu
program=$1

instructions() { # KIND N
    valgrind --tool=callgrind --callgrind-out-file=/dev/null "$program" "$1" "$2" 2>&1 |
        sed -n 's/.*Collected : //p'
}

failed=0
compare() { # KIND N...
    kind=$1
    shift
    before=
    for n in "$@"; do
        count=$(instructions "$kind" "$n")
        [ -n "$count" ] || { echo "no count: does valgrind work?"; exit 1; }
        if [ -n "$before" ]; then
            ratio=$((count * 100 / before))
            printf '%-7s %4s %14s  x %d.%02d\n' "$kind" "$n" "$count" $((ratio / 100)) $((ratio % 100))
            [ "$ratio" -lt 220 ] || failed=1
        else
            printf '%-7s %4s %14s\n' "$kind" "$n" "$count"
        fi
        before=$count
    done
}

compare pieces 1 2 4 8
compare bytes 1 2 4 8
compare events 50 100 200 400
exit $failed
