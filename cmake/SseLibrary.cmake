# Distributed under the Boost Software License, Version 1.0. See LICENSE.
#[[
The targets for users. All are header-only and carry no flag but the language standard.

sse::headers     the include folder, C++20 and threads; enough for the text and http layers
sse::sse         the whole library on standalone Asio
sse::boost_asio  the whole library on Boost.Asio instead; defined where Boost was found
sse::tls         adds OpenSSL to either; defined where OpenSSL was found
]]
include(GNUInstallDirs)

add_library(sse_headers INTERFACE)
add_library(sse::headers ALIAS sse_headers)
target_compile_features(sse_headers INTERFACE cxx_std_20)
target_include_directories(sse_headers INTERFACE
    "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>"
    "$<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>")
target_link_libraries(sse_headers INTERFACE Threads::Threads)

add_library(sse INTERFACE)
target_link_libraries(sse INTERFACE sse_headers Asio::Asio)
if(TARGET Asio::Asio)
    add_library(sse::sse ALIAS sse)
endif()

add_library(sse_boost_asio INTERFACE)
target_compile_definitions(sse_boost_asio INTERFACE SSE_BOOST_ASIO)
target_link_libraries(sse_boost_asio INTERFACE sse_headers Boost::headers)
if(TARGET Boost::headers)
    add_library(sse::boost_asio ALIAS sse_boost_asio)
endif()

# On standalone Asio sse::tls alone is enough; on Boost.Asio it goes beside sse::boost_asio.
add_library(sse_tls INTERFACE)
target_link_libraries(sse_tls INTERFACE
    sse_headers OpenSSL::SSL OpenSSL::Crypto "$<TARGET_NAME_IF_EXISTS:Asio::Asio>")
if(TARGET OpenSSL::SSL)
    add_library(sse::tls ALIAS sse_tls)
endif()

set_target_properties(sse_headers PROPERTIES EXPORT_NAME headers)
set_target_properties(sse_boost_asio PROPERTIES EXPORT_NAME boost_asio)
set_target_properties(sse_tls PROPERTIES EXPORT_NAME tls)
