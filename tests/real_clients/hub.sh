# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# What the tests in shell share. To be sourced with $curl set, and $hub for start_hub.
set -eu
dir=$(mktemp -d)
pids=
end() {
    for pid in $pids; do kill -9 "$pid" 2>/dev/null || true; done
    rm -rf "$dir"
}
trap end EXIT

fail() {
    echo "FAILED: $1"
    head -c 2000 "$dir"/* 2>/dev/null
    exit 1
}
wait_for() { # PATTERN FILE
    tries=0
    until grep -q -e "$1" "$2" 2>/dev/null; do
        tries=$((tries + 1))
        [ "$tries" -lt 2000 ] || fail "no '$1' in $2"
        sleep 0.03
    done
}
# start PROGRAM OPTIONS...: waits until it listens; sets url and pid
start() {
    : >"$dir/out"
    "$@" >"$dir/out" 2>"$dir/err" &
    pid=$!
    pids="$pids $pid"
    wait_for '^listening on ' "$dir/out"
    url=$(sed -n 's/^listening on //p' "$dir/out")
}
start_hub() { start "$hub" --port 0 "$@"; }
# stop_hub [SIGNAL]: waits for its end, within 20 s and with status 0 unless it was killed
stop_hub() {
    kill "-${1:-TERM}" "$pid"
    begun=$(date +%s)
    if [ "${1:-TERM}" = KILL ]; then
        wait "$pid" 2>/dev/null || true
    else
        wait "$pid" || fail "exit status of sse_hub"
    fi
    [ $(($(date +%s) - begun)) -le 20 ] || fail "sse_hub took too long to end"
}
code() { "$curl" -s -o /dev/null -w '%{http_code}' "$@" || true; }
# publish TOPIC[?QUERY] DATA [CURL OPTIONS...]: prints the id, or the answer where there is none
publish() {
    where=$1 data=$2
    shift 2
    "$curl" -sS --data-binary "$data" "$@" "$url/publish/$where" | sed 's/^{"id":"\(.*\)"}$/\1/'
}
# stream NAME TARGET [CURL OPTIONS...]: reads in the background into $dir/NAME, the head into NAME.head;
# returns once the stream is open, and sets reader
stream() {
    name=$1 target=$2
    shift 2
    rm -f "$dir/$name" "$dir/$name.head"
    "$curl" -sSN -D "$dir/$name.head" --request-target "$target" "$@" "$url/" >"$dir/$name" 2>"$dir/$name.err" &
    reader=$!
    pids="$pids $reader"
    wait_for '^id: ' "$dir/$name"
}
# data FILE: the data lines of a stream so far, on one line
data() { sed -n 's/^data: //p' "$dir/$1" | tr '\n' ' '; }
# expect NAME WORDS: waits until the data lines of a stream are exactly these
expect() {
    tries=0
    until [ "$(data "$1")" = "$2 " ]; do
        tries=$((tries + 1))
        [ "$tries" -lt 2000 ] || fail "data of $1: '$(data "$1")' and not '$2'"
        sleep 0.03
    done
}
