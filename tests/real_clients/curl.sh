#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# curl.sh SSE_HUB CURL: curl publishes to sse_hub, reads a stream of it, resumes, and sees it drain.
hub=$1
curl=$2
. "$(dirname "$0")/hub.sh"

start_hub --publish-token secret
token='Authorization: Bearer secret'
stream news /events/news
grep -qi '^content-type: text/event-stream' "$dir/news.head" || fail "content type"
publish 'news?type=headline' first -H "$token" | grep -q '^[0-9a-f]*-1$' || fail "the id of the first"
id=$(publish news second -H "$token")
publish news third -H "$token" >"$dir/answer"
expect news 'first second third'
grep -q '^event: headline$' "$dir/news" || fail "type"
stream resumed /events/news -H "Last-Event-ID: $id"
expect resumed third

[ "$(code -d x "$url/publish/news")" = 401 ] || fail "publishing without a token"
[ "$(code -H 'Authorization: Bearer no' -d x "$url/publish/news")" = 403 ] || fail "wrong token"
[ "$(code "$url/")" = 200 ] || fail "page"
[ "$(code "$url/healthz")" = 200 ] || fail "healthz"
"$curl" -s "$url/metrics" | grep -q '^sse_hub_published_total 3$' || fail "metrics"

stop_hub
wait "$reader" || fail "the stream did not end in order"
grep -q '^event: farewell' "$dir/resumed" || fail "farewell"
grep -q '^retry: [0-9]' "$dir/resumed" || fail "retry"
echo "passed"
