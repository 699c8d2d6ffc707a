#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# options.sh SSE_HUB CURL: each option of sse_hub, and what its requests promise.
hub=$1
curl=$2
. "$(dirname "$0")/hub.sh"

status() { # EXPECTED WHAT CURL OPTIONS...
    expected=$1 what=$2
    shift 2
    got=$(code "$@")
    [ "$got" = "$expected" ] || fail "$what: $got and not $expected"
}
bad() { # OPTIONS...: refused with status 2 and one line
    result=0
    "$hub" --port 0 "$@" >"$dir/bad" 2>"$dir/bad.err" || result=$?
    [ "$result" = 2 ] || fail "$*: status $result"
    [ "$(wc -l <"$dir/bad.err")" = 1 ] || fail "$*: not one line"
    [ ! -s "$dir/bad" ] || fail "$*: said something"
}

# the command line
"$hub" --version | grep -q '^sse_hub [0-9]' || fail "version"
"$hub" --help | grep -q -e '--history-events' || fail "help"
bad --nonsense
bad --threads 0
bad --history-events -1
bad --heartbeat nan
bad --overflow lose
bad --address localhost
bad --cors https://example.org/path
bad --cert chain.pem
bad --cert missing.pem --key missing.pem

# publishing: what is taken and what is not
start_hub --max-event 100 --heartbeat 0
for refused in 'a?type=a%0Ab' 'a?id=a%00b' 'a?retry=x' 'a?retry=-1' '%2B' 'room/%23' "$(printf '%0256d' 0)" 'a%01b'; do
    status 400 "publishing on $refused" -d x "$url/publish/$refused"
done
status 413 "too large" --data-binary "$(printf '%0101d' 0)" "$url/publish/a"
status 200 "as large as allowed" --data-binary "$(printf '%0100d' 0)" "$url/publish/large"
status 200 "a long topic" -d x "$url/publish/$(printf '%0255d' 0)"
status 405 "reading from publish" "$url/publish/a"
status 404 "another path" "$url/nothing"
[ "$(publish 'own?id=mine' x)" = mine ] || fail "an id of one's own"
status 400 "the same id again" -d x "$url/publish/own?id=mine"
status 400 "an id like the hub's" -d x "$url/publish/own?id=0123456789ab-1"
stream a /events/a
publish a "$(printf 'one\r\ntwo\rthree\nfour')" >/dev/null
publish 'a?type=t&retry=2500' '' >/dev/null
wait_for '^event: t$' "$dir/a"
expect a 'one two three four '
grep -q '^data: *$' "$dir/a" || fail "an empty body is one event with empty data"
grep -q '^retry: 2500$' "$dir/a" || fail "retry"
[ "$(head -n 2 "$dir/a" | tail -n 1)" = "" ] || fail "a stream opens with a block of an id"

# where a stream begins: header over query over replay
one=$(publish p/a 1)
publish p/b 2 >/dev/null
two=$(publish p/a 3)
publish p/b 4 >/dev/null
stream s1 '/events?topic=p/a&topic=p/b&replay=3' && expect s1 '2 3 4'
stream s2 "/events?topic=p/a&topic=p/b&last_event_id=$two&replay=3" && expect s2 4
stream s3 "/events?topic=p/a&topic=p/b&last_event_id=$two" -H "Last-Event-ID: $one" && expect s3 '2 3 4'
stream s4 '/events/p/a?replay=1' -H 'Last-Event-ID;' && expect s4 3
stream s5 "/events/p/b?last_event_id=$one" && expect s5 '2 4'
stream s6 '/events?topic=p/%2B&replay=9' && expect s6 '1 2 3 4'
stream s7 '/events?topic=%23&replay=2' && expect s7 '3 4'
stream s8 '/events/p/+?replay=1' && expect s8 4
stream s9 '/events/p/#' && grep -q '^id: ' "$dir/s9"
for query in 'replay=x' 'replay=-1' 'replay=' 'replay=1.5'; do status 400 "$query" "$url/events/p/a?$query"; done
status 400 "no topic" "$url/events"

# an id that nobody gave
stream unknown /events/p/a -H 'Last-Event-ID: nonsense'
grep -qi '^event-gap: unknown' "$dir/unknown.head" || fail "Event-Gap"
expect unknown '{"reason":"unknown"} 1 3'

# HEAD makes no subscriber
before=$("$curl" -s "$url/metrics" | grep '^sse_hub_subscribers ')
"$curl" -sI "$url/events/a" | grep -qi '^content-type: text/event-stream' || fail "HEAD"
[ "$("$curl" -s "$url/metrics" | grep '^sse_hub_subscribers ')" = "$before" ] || fail "HEAD made a subscriber"

# metrics
"$curl" -s "$url/metrics" >"$dir/metrics"
for name in connections subscribers topics published_total delivered_total sent_bytes_total 'gaps_total{reason="unknown"}' \
    'disconnects_total{reason="peer"}' log_bytes; do
    grep -q "^sse_hub_$name [0-9]" "$dir/metrics" || fail "metrics: $name"
done

# names of the host
status 421 "another name" -H 'Host: other.example' "$url/"
status 200 "localhost" -H 'Host: LOCALHOST:1' "$url/"
status 200 "[::1]" -H 'Host: [::1]' "$url/"
stop_hub
start_hub --allow-host a.example --allow-host b.example
status 200 "an allowed name" -H 'Host: b.example:99' "$url/"
status 200 "loopback as before" "$url/"
status 421 "another name" -H 'Host: c.example' "$url/"
stop_hub INT
start_hub --allow-host '*'
status 200 "any name" -H 'Host: c.example' "$url/"
stop_hub

# pages of other origins
start_hub --cors https://app.example --cors http://other.example:8000
allowed() { # ORIGIN: what the answer to a stream's request says
    "$curl" -sI -H "Origin: $1" "$url/events/a" | tr -d '\r' | sed -n 's/^[Aa]ccess-[Cc]ontrol-[Aa]llow-[Oo]rigin: //p'
}
[ "$(allowed https://app.example)" = https://app.example ] || fail "an origin that is let in"
[ "$(allowed http://other.example:8000)" = http://other.example:8000 ] || fail "another one"
[ "$(allowed https://evil.example)" = "" ] || fail "an origin that is not let in"
preflight=$("$curl" -si -X OPTIONS -H 'Origin: https://app.example' -H 'Access-Control-Request-Method: GET' \
    -H 'Access-Control-Request-Headers: last-event-id' "$url/events/a")
echo "$preflight" | grep -qi '^access-control-allow-headers:.*last-event-id' || fail "preflight: $preflight"
status 200 "publishing from a page that is let in" -d x -H 'Origin: https://app.example' "$url/publish/a"
status 403 "publishing from any page" -d x -H 'Origin: https://evil.example' "$url/publish/a"
status 200 "publishing from our page" -d x -H "Origin: $url" "$url/publish/a"
stop_hub
start_hub --cors '*'
[ "$(allowed https://evil.example)" = '*' ] || fail "any origin"
stop_hub

# the bounds of the history
start_hub --history-events 2 --threads 2
one=$(publish h 1)
for n in 2 3 4; do publish h $n >/dev/null; done
stream h /events/h -H "Last-Event-ID: $one"
grep -qi '^event-gap: evicted' "$dir/h.head" || fail "Event-Gap: evicted"
expect h '{"reason":"evicted","missed":1} 3 4'
old=$url
stop_hub KILL
start "$hub" --port "${old##*:}"
publish h 5 >/dev/null
stream again /events/h -H "Last-Event-ID: $one"
grep -qi '^event-gap: restarted' "$dir/again.head" || fail "Event-Gap: restarted"
expect again '{"reason":"restarted"} 5'
"$hub" --port "${old##*:}" 2>"$dir/second" && fail "port in use"
[ "$(wc -l <"$dir/second")" = 1 ] || fail "one line about the port in use"
stop_hub
start_hub --history-age 0.3
publish h 5 >/dev/null
sleep 0.4
stream aged '/events/h?replay=9'
publish h 6 >/dev/null
expect aged 6
stop_hub
start_hub --history-bytes 2000
for n in 1 2 3 4 5; do publish b "$(printf '%0700d' $n)" >/dev/null; done
[ "$("$curl" -s "$url/metrics" | sed -n 's/^sse_hub_log_bytes //p')" -le 2000 ] || fail "the history's bytes"
stop_hub

# readers that are slower than the history: cut, or told of the gap while they are connected, for
# which events have to be so short that the one under way is finished
head -c 60000 /dev/zero | tr '\0' x >"$dir/block"
for policy in disconnect skip; do
    start_hub --overflow $policy --history-bytes 2000000
    stream "slow_$policy" /events/slow
    kill -STOP "$reader"
    "$curl" -sS -o /dev/null --data-binary "@$dir/block" "$url/publish/slow#[1-400]"
    last=$(publish slow last)
    kill -CONT "$reader"
    if [ $policy = disconnect ]; then
        wait "$reader" && fail "a slow reader's stream ended in order"
        if grep -q '^data: last' "$dir/slow_$policy"; then fail "a slow reader was not cut"; fi
    else
        wait_for "^id: $last" "$dir/slow_$policy"
        grep -q '^data: {"reason":"lagged","missed":[1-9][0-9]*}' "$dir/slow_$policy" || fail "lagged"
    fi
    "$curl" -s "$url/metrics" | grep -q '{reason="lagged"} 1$' || fail "metrics: lagged"
    stop_hub
done

# conflation: the newest value of each key, and a gap only for what has none
start_hub --overflow conflate --history-events 2
status 400 "a key that is too long" -d x "$url/publish/c?key=$(printf '%0256d' 0)"
one=$(publish 'c?key=a' a1)
publish 'c?key=b' b1 >/dev/null
for n in 2 3 4; do publish 'c?key=a' a$n >/dev/null; done
stream keyed /events/c -H "Last-Event-ID: $one"
expect keyed 'b1 a3 a4'
if grep -qi '^event-gap' "$dir/keyed.head"; then fail "a gap where only old values are missing"; fi
one=$(publish c plain1)
for n in 2 3 4; do publish c plain$n >/dev/null; done
stream unkeyed /events/c -H "Last-Event-ID: $one"
grep -qi '^event-gap: evicted' "$dir/unkeyed.head" || fail "a gap in what has no key"
expect unkeyed '{"reason":"evicted","missed":1} plain3 plain4'
stop_hub

# heartbeats: comments without a blank line
start_hub --heartbeat 0.1
stream beats /events/quiet
wait_for '^:' "$dir/beats"
sleep 0.3
[ "$(grep -c '^$' "$dir/beats")" = 1 ] || fail "a blank line behind a heartbeat"
stop_hub

# limits of connections, and of the time for a head
start_hub --max-connections 2 --header-timeout 20
stream first /events/a
status 200 "the second connection" "$url/healthz"
stream second /events/a
status 503 "the third connection" "$url/healthz"
stop_hub
start_hub --max-connections-per-address 1 --header-timeout 0
stream first /events/a
status 503 "the second connection of an address" "$url/healthz"
stop_hub

# a drain: what was published is delivered, a farewell, the end of the stream, nothing new
start_hub --threads 3
for n in 1 2 3 4 5 6; do stream "d$n" /events/d; done
publish d last >/dev/null
kill -TERM "$pid"
wait_for '^event: farewell' "$dir/d1"
status 000 "a new connection" "$url/healthz"
wait "$pid" || fail "exit status"
wait "$reader" || fail "the end of a stream"
for n in 1 2 3 4 5 6; do
    data "d$n" | grep -q '^last' || fail "the last event on stream $n"
    grep -q '^event: farewell' "$dir/d$n" || fail "the farewell on stream $n"
    grep -q '^retry: [0-9]' "$dir/d$n" || fail "the retry on stream $n"
done
echo "passed"
