#!/usr/bin/env bash
# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# What a compiler does not check of the headers under include/sse: check_headers.sh CHECK INCLUDE_DIR
#   list     headers.txt names all of them, so that each is compiled alone
#   layers   a layer includes only itself and what lies below it
#   asio     only sse/net/asio.hpp names Asio's include root and namespace
#   linkage  nothing has internal linkage, which would differ between translation units
#   coroutines  no awaitable and nothing experimental of Asio: clang 16 with Asio 1.22 has neither
set -u
check=$1
include=$2
here=$(cd "$(dirname "$0")" && pwd)
status=0

fail() {
    echo "$1"
    status=1
}

# fail_lines MESSAGE LINES: fails if there are lines, and shows them
fail_lines() {
    [ -z "$2" ] || fail "$1
$2"
}

headers() { (cd "$include" && find sse -name '*.hpp' | LC_ALL=C sort); }

check_list() {
    fail_lines "tests/compile/headers.txt (<) is not what lies under include/ (>):" \
        "$(diff <(LC_ALL=C sort "$here/headers.txt") <(headers) | grep '^[<>]')"
}

# layer_of HEADER: sets `layer` to its folder, or to the name of an umbrella header
layer_of() {
    layer=${1#sse/}
    layer=${layer%%/*}
    layer=${layer%.hpp}
}

check_layers() {
    declare -A below=(
        [version]="" [text]="text" [http]="text http" [net]="text http net"
        [client]="text http net client" [testing]="text http net client testing" [server]="text http net server"
        [hub]="text http net server hub" [tls]="text http net tls" [sse]="text http net client server hub")
    local header target layer allowed
    while IFS=: read -r header target; do
        layer_of "$header"
        [ -n "${below[$layer]+known}" ] || { fail "$header: no layer $layer"; continue; }
        allowed=" version ${below[$layer]} "
        layer_of "$target"
        [[ $allowed == *" $layer "* ]] || fail "$header includes $target, which does not lie below it"
    done < <(cd "$include" && grep -roE '^ *# *include *[<"]sse/[^>"]+' sse --include='*.hpp' | sed 's/: *# *include *[<"]/:/')
}

# code_lines: all lines but comments, as FILE:NUMBER:LINE
code_lines() { grep -rnE "$1" "$include/sse" --include='*.hpp' | grep -vE '^[^:]+:[0-9]+: *(//|\*)'; }

check_asio() {
    fail_lines "Only sse/net/asio.hpp may name Asio's include root and namespace:" \
        "$(code_lines '# *include *[<"](boost/)?asio|(^|[^e])::asio::|boost::asio' | grep -v '/sse/net/asio\.hpp:')"
}

check_linkage() {
    fail_lines "Internal linkage in headers:" "$(code_lines '^(static |namespace *\{|const(expr)? [^(]*=)')"
}

check_coroutines() {
    fail_lines "Not for the library:" "$(code_lines 'experimental|co_await|awaitable')"
}

"check_$check"
exit $status
