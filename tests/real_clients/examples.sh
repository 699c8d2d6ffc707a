#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# examples.sh FOLDER CURL: each example that needs a network, used once as its comment tells.
bin=$1
curl=$2
. "$(dirname "$0")/hub.sh"

in_background() { # NAME PROGRAM OPTIONS...
    name=$1
    shift
    "$@" >"$dir/$name" 2>&1 &
    pids="$pids $!"
}

start "$bin/04_server_clock" 0
"$curl" -sSN "$url/clock" >"$dir/clock" 2>"$dir/clock.err" &
pids="$pids $!"
wait_for '^event: tick$' "$dir/clock"

start "$bin/05_hub_replay" 0
stream news '/news?replay=3'
wait_for '^event: headline$' "$dir/news"

start "$bin/10_chat" 0
"$curl" -sS "$url/" | grep -q '<title>Chat</title>' || fail "10_chat: the page"
[ "$(code -d hello "$url/rooms/lobby")" = 204 ] || fail "10_chat: saying something"
stream lobby '/rooms/lobby?replay=20'
expect lobby hello
[ "$(code -d there "$url/rooms/other")" = 204 ] || fail "10_chat: another room"
[ "$(code -d again "$url/rooms/lobby")" = 204 ] || fail "10_chat: saying more"
expect lobby 'hello again'
in_background 18 "$bin/18_client_token" "$url/rooms/lobby?replay=20"
wait_for '^again$' "$dir/18"

start "$bin/11_post_stream" 0
"$curl" -sS -d 'a "b"' "$url/answers" | grep -q '^{"text":"You asked: a \\"b\\"\. ' || fail "11_post_stream: JSON"
"$curl" -sSN -H 'Accept: text/event-stream' -d 'a "b"' "$url/answers" >"$dir/words"
grep -q '^data: {"delta":"\\"b\\". "}$' "$dir/words" || fail "11_post_stream: words"
[ "$(tail -n 2 "$dir/words" | head -n 1)" = 'data: [DONE]' ] || fail "11_post_stream: the end"
"$bin/07_client_post" "$url/answers" 'why' 2>"$dir/post.err" | grep -q '\[DONE\]$' || fail "07_client_post"

start "$bin/12_drain" 0
stream ticks /ticks
wait_for '^event: tick$' "$dir/ticks"
kill -TERM "$pid"
wait "$pid" || fail "12_drain: exit status"
wait "$reader" || fail "12_drain: the end of the stream"
grep -q '^event: farewell$' "$dir/ticks" || fail "12_drain: farewell"
grep -q '^1 ended in order, 0 cut$' "$dir/out" || fail "12_drain: what it tells"

start "$bin/12_drain" 0 # for the examples of clients
in_background 02 "$bin/02_client_callback" "$url/ticks"
in_background 03 "$bin/03_client_coroutine" "$url/ticks"
in_background 16 "$bin/16_client_listener" "$url/ticks"
in_background 17 "$bin/17_client_future" "$url/ticks"
for n in 02 16 17; do wait_for '^tick: ' "$dir/$n"; done
wait_for '^tick: \|no coroutines together' "$dir/03"
kill -TERM "$pid"
wait_for '^the server takes a break$' "$dir/16"

in_background 13 "$bin/13_server_coroutine" 0
wait_for '^listening on \|no coroutines together' "$dir/13"
url=$(sed -n 's/^listening on //p' "$dir/13")
if [ -n "$url" ]; then
    [ "$(code "$url/count/2")" = 401 ] || fail "13_server_coroutine: the guard"
    "$curl" -sSN -H 'Authorization: Bearer open' "$url/count/2" >"$dir/counted"
    expect counted '1 2'
fi

start "$bin/14_foreign_server" 0
"$bin/06_client_batch" "$url/bytes" | grep -q '^1 events, 9 bytes of data' || fail "06_client_batch"
stream clock /
wait_for '^event: tick$' "$dir/clock"

start "$bin/19_dashboard" 0
"$curl" -sS "$url/" | grep -q '<title>Dashboard</title>' || fail "19_dashboard: the page"
stream readings /readings
for n in 1 2 3 4 5 6 7 8; do wait_for "^data: {\"machine\":\"machine $n\",\"celsius\":[0-9]" "$dir/readings"; done
stream newest /readings
wait_for '^data: {"machine":"machine 8","celsius":[0-9]' "$dir/newest"
[ "$(sed -n 's/^data: {"machine":"\(.*\)",.*/\1/p' "$dir/newest" | head -n 8 | sort -u | wc -l)" = 8 ] ||
    fail "19_dashboard: the newest value of each comes first"
echo "passed"
