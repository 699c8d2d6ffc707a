#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# curl.sh SSE_HUB CURL: curl publishes to sse_hub, reads a stream of it, and resumes.
set -eu
hub=$1
curl=$2
dir=$(mktemp -d)
"$hub" --port 0 --publish-token secret >"$dir/out" 2>"$dir/err" &
pid=$!
trap 'kill "$pid" 2>/dev/null || true; rm -rf "$dir"' EXIT

fail() {
    echo "FAILED: $1"
    cat "$dir"/*
    exit 1
}
wait_for() { # PATTERN FILE
    n=0
    until grep -q "$1" "$2" 2>/dev/null; do
        n=$((n + 1))
        [ "$n" -lt 200 ] || fail "no '$1' in $2"
        sleep 0.05
    done
}
publish() { # TOPIC[?QUERY] DATA
    "$curl" -sS -H 'Authorization: Bearer secret' --data-binary "$2" "$url/publish/$1"
}

wait_for '^listening on http://' "$dir/out"
url=$(sed -n 's/^listening on //p' "$dir/out")

"$curl" -sSN -D "$dir/head" "$url/events/news" >"$dir/stream" &
reader=$!
wait_for '^id: ' "$dir/stream"
grep -qi '^content-type: text/event-stream' "$dir/head" || fail "content type"
publish 'news?type=headline' 'first' | grep -q '{"id":"[0-9a-f]*-1"}' || fail "publish"
publish 'news' 'second' >"$dir/answer"
wait_for '^data: second' "$dir/stream"
grep -q '^event: headline' "$dir/stream" || fail "type"
id=$(sed 's/{"id":"\(.*\)"}/\1/' "$dir/answer")

publish 'news' 'third' >/dev/null
wait_for '^data: third' "$dir/stream"
"$curl" -sSN -m 2 -H "Last-Event-ID: $id" "$url/events/news" >"$dir/resumed" || true
[ "$(grep -c '^data: ' "$dir/resumed")" = 1 ] || fail "resumed"
grep -q '^data: third' "$dir/resumed" || fail "resumed data"

code() { "$curl" -s -o /dev/null -w '%{http_code}' "$@"; }
[ "$(code -d x "$url/publish/news")" = 401 ] || fail "publishing without a token"
[ "$(code -H 'Authorization: Bearer no' -d x "$url/publish/news")" = 403 ] || fail "wrong token"
[ "$(code -H 'Host: evil.example' "$url/")" = 421 ] || fail "host"
[ "$(code "$url/")" = 200 ] || fail "page"
[ "$(code "$url/healthz")" = 200 ] || fail "healthz"
[ "$(code -m 1 --request-target '/events/#' "$url/")" = 200 ] || fail "a pattern as it is"
"$curl" -s "$url/metrics" | grep -q '^sse_hub_published_total 3$' || fail "metrics"
"$hub" --port "${url##*:}" 2>"$dir/second" && fail "port in use"
[ "$(wc -l <"$dir/second")" = 1 ] || fail "one line about the port in use"

kill -TERM "$pid"
wait "$pid" || fail "exit status"
wait "$reader" || fail "the stream did not end in order"
grep -q '^event: farewell' "$dir/stream" || fail "farewell"
grep -q '^retry: [0-9]' "$dir/stream" || fail "retry"
echo "passed"
