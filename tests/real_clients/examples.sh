#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# examples.sh FOLDER CURL: each example of a server, started, used once as its comment tells, and stopped.
bin=$1
curl=$2
. "$(dirname "$0")/hub.sh"

start "$bin/04_server_clock" 0
"$curl" -sSN -m 2 "$url/clock" 2>/dev/null | grep -q '^event: tick$' || fail "04_server_clock"

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

start "$bin/19_dashboard" 0
"$curl" -sS "$url/" | grep -q '<title>Dashboard</title>' || fail "19_dashboard: the page"
stream readings /readings
wait_for '^data: {"machine":"machine 8","celsius":[0-9]' "$dir/readings"
sleep 1 # by now all have one
stream newest /readings
wait_for '^data: {"machine":"machine 8","celsius":[0-9]' "$dir/newest"
[ "$(sed -n 's/^data: {"machine":"\(.*\)",.*/\1/p' "$dir/newest" | head -n 8 | sort -u | wc -l)" = 8 ] ||
    fail "19_dashboard: the newest value of each comes first"
echo "passed"
