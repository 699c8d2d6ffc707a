#!/bin/sh
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# tls.sh SSE_HUB CURL OPENSSL: sse_hub over TLS, and another certificate while it runs.
hub=$1
curl=$2
openssl=$3
. "$(dirname "$0")/hub.sh"

certificate() { # NAME: makes $dir/NAME.pem and NAME.key
    "$openssl" req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=$1" \
        -addext subjectAltName=IP:127.0.0.1 -keyout "$dir/$1.key" -out "$dir/$1.pem" 2>/dev/null
}
certificate first
certificate second
cp "$dir/first.pem" "$dir/cert.pem"
cp "$dir/first.key" "$dir/key.pem"

start_hub --cert "$dir/cert.pem" --key "$dir/key.pem" --threads 2
case $url in https://127.0.0.1:*) ;; *) fail "the first line: $url" ;; esac
CURL_CA_BUNDLE=$dir/first.pem
export CURL_CA_BUNDLE
stream news /events/news
publish news one >/dev/null
expect news one
[ "$(code "http://${url#https://}/healthz")" != 200 ] || fail "plain HTTP"

# files that are wrong are not taken, good ones are for new connections; streams go on
echo nonsense >"$dir/cert.pem"
kill -HUP "$pid"
wait_for '^sse_hub: goes on with the certificate it has: ' "$dir/err"
[ "$(code "$url/healthz")" = 200 ] || fail "after files that were wrong"
cp "$dir/second.pem" "$dir/cert.pem"
cp "$dir/second.key" "$dir/key.pem"
kill -HUP "$pid"
tries=0
until [ "$(code --cacert "$dir/second.pem" "$url/healthz")" = 200 ]; do
    tries=$((tries + 1))
    [ "$tries" -lt 1000 ] || fail "the second certificate"
    sleep 0.03
done
CURL_CA_BUNDLE=$dir/second.pem
publish news two >/dev/null
expect news 'one two'
stop_hub
wait "$reader" || fail "the end of the stream"
grep -q '^event: farewell' "$dir/news" || fail "farewell"
echo "passed"
