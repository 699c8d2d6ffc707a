# Distributed under the Boost Software License, Version 1.0. See LICENSE.
#[[
How our own tests, programs and fuzz targets are built. Nothing here reaches a user's build.

sse_add_test(<name> SOURCES <file>... [LIBRARIES <target>...] [LABELS <label>...] [TIMEOUT <s>])
    A Catch2 program, registered with ctest under its name. Each source keeps to a namespace of its
    own, FOLDER_FILE_test.
sse_add_program(<name> SOURCES <file>... [LIBRARIES <target>...])
    Any other program; lies in <build>/bin. Sources of programs and tests are compiled several at a
    time, which halves the time.
sse_add_fuzzer(<name> SOURCES <file>... CORPUS <folder> [LIBRARIES <target>...])
    A libFuzzer target where ASIO_SSE_BUILD_FUZZERS is on; with the tests, a program that replays
    the corpus, registered with ctest.
]]

# The backend that our own targets are built on.
if(ASIO_SSE_BOOST)
    set(asio_sse_backend sse::boost_asio)
else()
    set(asio_sse_backend sse::sse)
endif()

add_library(sse_development INTERFACE)
target_compile_options(sse_development INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow)
if(ASIO_SSE_WERROR)
    target_compile_options(sse_development INTERFACE -Werror)
endif()
if(ASIO_SSE_SANITIZE)
    list(JOIN ASIO_SSE_SANITIZE "," asio_sse_sanitize)
    target_compile_options(sse_development INTERFACE
        -fsanitize=${asio_sse_sanitize} -fno-sanitize-recover=all -fno-omit-frame-pointer)
    target_link_options(sse_development INTERFACE -fsanitize=${asio_sse_sanitize})
    # For what a sanitizer distorts, such as memory; g++ and clang have no name for it in common.
    target_compile_definitions(sse_development INTERFACE SSE_TESTS_SANITIZED)
endif()
target_link_libraries(sse_development INTERFACE ${asio_sse_backend})

function(sse_add_program name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "" "SOURCES;LIBRARIES")
    add_executable(${name} ${arg_SOURCES})
    target_link_libraries(${name} PRIVATE ${arg_LIBRARIES} sse_development)
    target_include_directories(${name} PRIVATE "${PROJECT_SOURCE_DIR}" "${PROJECT_SOURCE_DIR}/tests")
    set_target_properties(${name} PROPERTIES
        CXX_EXTENSIONS OFF
        UNITY_BUILD ON
        UNITY_BUILD_BATCH_SIZE 7
        RUNTIME_OUTPUT_DIRECTORY "${PROJECT_BINARY_DIR}/bin")
endfunction()

function(sse_add_test name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "TIMEOUT" "SOURCES;LIBRARIES;LABELS")
    if(NOT arg_TIMEOUT)
        set(arg_TIMEOUT 1800)
    endif()
    sse_add_program(${name} SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES} sse_catch)
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}")
endfunction()

function(sse_add_fuzzer name)
    cmake_parse_arguments(PARSE_ARGV 1 arg "" "CORPUS" "SOURCES;LIBRARIES")
    get_filename_component(corpus "${arg_CORPUS}" ABSOLUTE)
    if(ASIO_SSE_BUILD_FUZZERS)
        sse_add_program(${name} SOURCES ${arg_SOURCES} LIBRARIES ${arg_LIBRARIES})
        target_compile_options(${name} PRIVATE -fsanitize=fuzzer)
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    elseif(ASIO_SSE_BUILD_TESTS)
        sse_add_program(${name}_replay
            SOURCES ${arg_SOURCES} "${PROJECT_SOURCE_DIR}/tests/fuzz/replay.cpp"
            LIBRARIES ${arg_LIBRARIES})
        add_test(NAME ${name}_replay COMMAND ${name}_replay "${corpus}")
        set_tests_properties(${name}_replay PROPERTIES TIMEOUT 300 LABELS fuzz)
    endif()
endfunction()
