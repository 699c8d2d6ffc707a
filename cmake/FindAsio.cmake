# Distributed under the Boost Software License, Version 1.0. See LICENSE.
#[[
Finds standalone Asio, which ships no CMake package of its own.

Defines the target Asio::Asio, and the variables Asio_FOUND, Asio_VERSION and Asio_INCLUDE_DIR.
Set Asio_INCLUDE_DIR (the folder of asio.hpp) or Asio_ROOT to choose an installation.
]]
find_path(Asio_INCLUDE_DIR NAMES asio.hpp)
mark_as_advanced(Asio_INCLUDE_DIR)

unset(Asio_VERSION)
if(Asio_INCLUDE_DIR AND EXISTS "${Asio_INCLUDE_DIR}/asio/version.hpp")
    # #define ASIO_VERSION 102201 // 1.22.1
    file(STRINGS "${Asio_INCLUDE_DIR}/asio/version.hpp" Asio_VERSION REGEX "define ASIO_VERSION ")
    if(Asio_VERSION MATCHES "ASIO_VERSION ([0-9]+)")
        math(EXPR Asio_VERSION
            "${CMAKE_MATCH_1} / 100000" OUTPUT_FORMAT DECIMAL)
        math(EXPR asio_minor "${CMAKE_MATCH_1} / 100 % 1000" OUTPUT_FORMAT DECIMAL)
        math(EXPR asio_patch "${CMAKE_MATCH_1} % 100" OUTPUT_FORMAT DECIMAL)
        set(Asio_VERSION "${Asio_VERSION}.${asio_minor}.${asio_patch}")
        unset(asio_minor)
        unset(asio_patch)
    else()
        unset(Asio_VERSION)
    endif()
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(Asio
    REQUIRED_VARS Asio_INCLUDE_DIR
    VERSION_VAR Asio_VERSION)

if(Asio_FOUND AND NOT TARGET Asio::Asio)
    add_library(Asio::Asio INTERFACE IMPORTED)
    set_target_properties(Asio::Asio PROPERTIES
        INTERFACE_INCLUDE_DIRECTORIES "${Asio_INCLUDE_DIR}")
endif()
