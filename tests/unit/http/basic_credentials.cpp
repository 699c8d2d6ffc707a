// Distributed under the Boost Software License, Version 1.0. See LICENSE.
#include "support/catch.hpp"

#include <sse/http/basic_credentials.hpp>

namespace http_basic_credentials_test {

using sse::http::base64;
using sse::http::basic_credentials;

TEST_CASE("basic_credentials: base64 of every length") {
    CHECK(base64("") == "");
    CHECK(base64("f") == "Zg==");
    CHECK(base64("fo") == "Zm8=");
    CHECK(base64("foo") == "Zm9v");
    CHECK(base64("foob") == "Zm9vYg==");
    CHECK(base64("\xff\xfe\xfd") == "//79");
}

TEST_CASE("basic_credentials: decodes the userinfo, and adds the colon of an absent password") {
    CHECK(basic_credentials("Aladdin:open%20sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==");
    CHECK(basic_credentials("user") == "Basic " + base64("user:"));
    CHECK(basic_credentials("a:b:c") == "Basic " + base64("a:b:c"));
    CHECK_FALSE(basic_credentials(""));
    CHECK_FALSE(basic_credentials("a%zz"));
}

} // namespace http_basic_credentials_test
