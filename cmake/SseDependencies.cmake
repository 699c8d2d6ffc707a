# Distributed under the Boost Software License, Version 1.0. See LICENSE.
#[[
Finds what the library and our own targets need, or fetches it where that is possible:
Asio::Asio, Boost::headers, OpenSSL::SSL, Threads::Threads, Catch2::Catch2.
]]
include(FetchContent)

set(asio_sse_asio_minimum 1.22.1)
set(asio_sse_boost_minimum 1.81)

# Stops unless FetchContent can bring `name`: it may download, or was given or has the sources.
function(sse_require_fetchable name display debian_package)
    string(TOUPPER "${name}" upper)
    if(FETCHCONTENT_FULLY_DISCONNECTED
            AND NOT FETCHCONTENT_SOURCE_DIR_${upper}
            AND NOT EXISTS "${FETCHCONTENT_BASE_DIR}/${name}-src")
        message(FATAL_ERROR
            "asio-sse: ${display} was not found, and FETCHCONTENT_FULLY_DISCONNECTED forbids downloading it.\n"
            "Install it (Debian, Ubuntu: apt-get install ${debian_package}), "
            "or set FETCHCONTENT_SOURCE_DIR_${upper} to its sources.")
    endif()
    message(STATUS "asio-sse: ${display} is not installed, fetching it")
endfunction()

# Defines Asio::Asio out of a pinned release of Asio's repository.
function(sse_fetch_asio)
    sse_require_fetchable(asio "Asio ${asio_sse_asio_minimum} or newer" libasio-dev)
    # Only its headers are wanted: a folder without a CMakeLists.txt keeps its build out of ours.
    FetchContent_Declare(asio
        GIT_REPOSITORY https://github.com/chriskohlhoff/asio.git
        GIT_TAG asio-1-30-2
        GIT_SHALLOW ON
        SOURCE_SUBDIR asio/include)
    FetchContent_MakeAvailable(asio)
    if(NOT EXISTS "${asio_SOURCE_DIR}/asio/include/asio.hpp")
        message(FATAL_ERROR "asio-sse: ${asio_SOURCE_DIR} has no asio/include/asio.hpp")
    endif()
    add_library(Asio::Asio INTERFACE IMPORTED GLOBAL)
    set_target_properties(Asio::Asio PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${asio_SOURCE_DIR}/asio/include")
endfunction()

# Defines Catch2::Catch2 and Catch2::Catch2WithMain out of a pinned release.
function(sse_fetch_catch2)
    sse_require_fetchable(catch2 "Catch2 2.13 or newer" catch2)
    FetchContent_Declare(catch2
        GIT_REPOSITORY https://github.com/catchorg/Catch2.git
        GIT_TAG v3.7.1
        GIT_SHALLOW ON)
    # Its library has to know the std::string_view and the like that our tests print.
    set(CMAKE_CXX_STANDARD 20)
    FetchContent_MakeAvailable(catch2)
endfunction()

# find_package for what users get through our targets: as global targets, because a parent
# project that adds us as a subfolder has to see them.
macro(sse_find_package name targets)
    set(asio_sse_new_targets "")
    foreach(target IN ITEMS ${targets})
        if(NOT TARGET ${target})
            list(APPEND asio_sse_new_targets ${target})
        endif()
    endforeach()
    if(asio_sse_new_targets)
        find_package(${name} ${ARGN})
        foreach(target IN LISTS asio_sse_new_targets)
            if(TARGET ${target})
                set_target_properties(${target} PROPERTIES IMPORTED_GLOBAL TRUE)
            endif()
        endforeach()
    endif()
endmacro()

set(THREADS_PREFER_PTHREAD_FLAG ON)
sse_find_package(Threads Threads::Threads REQUIRED)
sse_find_package(OpenSSL "OpenSSL::SSL;OpenSSL::Crypto" 1.1.1 QUIET)
sse_find_package(Boost Boost::headers ${asio_sse_boost_minimum} QUIET CONFIG)
sse_find_package(Asio Asio::Asio ${asio_sse_asio_minimum} QUIET)

if(NOT TARGET Asio::Asio AND NOT ASIO_SSE_BOOST)
    sse_fetch_asio()
endif()

if(ASIO_SSE_BOOST AND NOT TARGET Boost::headers)
    message(FATAL_ERROR
        "asio-sse: ASIO_SSE_BOOST needs Boost ${asio_sse_boost_minimum} or newer, which was not found.\n"
        "Install it (Debian 12: apt-get install libboost1.81-dev) or set Boost_DIR.")
endif()

if(ASIO_SSE_BUILD_TESTS AND NOT TARGET Catch2::Catch2)
    find_package(Catch2 QUIET)
    if(NOT Catch2_FOUND OR Catch2_VERSION VERSION_LESS 2.13)
        sse_fetch_catch2()
    endif()
endif()

if(ASIO_SSE_BUILD_PROGRAMS OR ASIO_SSE_BUILD_EXAMPLES)
    find_package(nlohmann_json 3.9 QUIET)
    find_package(CLI11 2.1 QUIET)
    if(NOT nlohmann_json_FOUND OR NOT CLI11_FOUND)
        message(FATAL_ERROR
            "asio-sse: the examples and programs need nlohmann-json and CLI11 (the library does not).\n"
            "Install them (Debian, Ubuntu: apt-get install nlohmann-json3-dev libcli11-dev), "
            "or set ASIO_SSE_BUILD_EXAMPLES and ASIO_SSE_BUILD_PROGRAMS to OFF.")
    endif()
endif()
