// Distributed under the Boost Software License, Version 1.0. See LICENSE.
// The text layer as it is on a processor without AVX2.
#include "system_headers.hpp"

#undef __x86_64__

#include <sse/text.hpp>

#if defined(SSE_HAS_AVX2)
#error "this is for processors without AVX2"
#endif

#include "conformance/conformance.cpp"
#include "unit/text/parse.cpp"
#include "unit/text/parser.cpp"
#include "unit/text/scan.cpp"
#include "unit/text/skip_event.cpp"
#include "unit/text/utf8.cpp"
