# Distributed under the Boost Software License, Version 1.0. See LICENSE.
# cmake -D PROGRAM=... -D NAME=... -D ROWS=... -P smoke.cmake
# A benchmark runs to its end, and each line that it prints with --json is an object with at least three members. They go into the
# file ROWS, as tests/bench/run would leave them.
cmake_minimum_required(VERSION 3.22)
execute_process(COMMAND "${PROGRAM}" --smoke --json
    OUTPUT_VARIABLE output ERROR_VARIABLE errors RESULT_VARIABLE result)
if(NOT result EQUAL 0)
    message(FATAL_ERROR "exit status ${result}\n${output}${errors}")
endif()
if(NOT errors STREQUAL "")
    message(FATAL_ERROR "something was left out:\n${errors}")
endif()
string(STRIP "${output}" output)
string(REPLACE "\n" ";" lines "${output}")
list(LENGTH lines count)
if(count LESS 2)
    message(FATAL_ERROR "no rows:\n${output}")
endif()
set(rows "")
foreach(line IN LISTS lines)
    string(JSON members ERROR_VARIABLE problem LENGTH "${line}")
    if(problem OR members LESS 3)
        message(FATAL_ERROR "not a row: ${line}\n${problem}")
    endif()
    string(REGEX REPLACE "^{" "{\"program\":\"${NAME}\",\"compiler\":\"c++\"," row "${line}")
    string(APPEND rows "${row}\n")
endforeach()
file(WRITE "${ROWS}" "${rows}")
