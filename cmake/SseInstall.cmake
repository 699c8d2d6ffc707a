# Distributed under the Boost Software License, Version 1.0. See LICENSE.
#[[
cmake --install: headers, the CMake package asio-sse (one target file a component, so that only what
is asked for is looked for), and asio-sse.pc. Nothing in it depends on the machine's architecture.
]]
include(CMakePackageConfigHelpers)

set(asio_sse_package_dir "${CMAKE_INSTALL_DATADIR}/cmake/asio-sse")

install(DIRECTORY "${PROJECT_SOURCE_DIR}/include/sse"
    DESTINATION "${CMAKE_INSTALL_INCLUDEDIR}" FILES_MATCHING PATTERN "*.hpp")

foreach(component IN ITEMS headers sse boost_asio tls)
    if(component STREQUAL "sse")
        install(TARGETS sse EXPORT asio-sse-sse)
    else()
        install(TARGETS sse_${component} EXPORT asio-sse-${component})
    endif()
    install(EXPORT asio-sse-${component}
        NAMESPACE sse::
        FILE asio-sse-${component}-targets.cmake
        DESTINATION "${asio_sse_package_dir}")
endforeach()

configure_package_config_file(
    "${PROJECT_SOURCE_DIR}/cmake/asio-sse-config.cmake.in"
    "${PROJECT_BINARY_DIR}/asio-sse-config.cmake"
    INSTALL_DESTINATION "${asio_sse_package_dir}"
    NO_SET_AND_CHECK_MACRO)
write_basic_package_version_file("${PROJECT_BINARY_DIR}/asio-sse-config-version.cmake"
    COMPATIBILITY SameMinorVersion
    ARCH_INDEPENDENT)
install(FILES
    "${PROJECT_BINARY_DIR}/asio-sse-config.cmake"
    "${PROJECT_BINARY_DIR}/asio-sse-config-version.cmake"
    "${PROJECT_SOURCE_DIR}/cmake/FindAsio.cmake"
    DESTINATION "${asio_sse_package_dir}")

# Paths relative to the .pc file, so that an installed tree can be moved.
file(RELATIVE_PATH asio_sse_pc_prefix
    "${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_DATADIR}/pkgconfig" "${CMAKE_INSTALL_PREFIX}")
string(REGEX REPLACE "/$" "" asio_sse_pc_prefix "${asio_sse_pc_prefix}")
configure_file("${PROJECT_SOURCE_DIR}/cmake/asio-sse.pc.in" "${PROJECT_BINARY_DIR}/asio-sse.pc" @ONLY)
install(FILES "${PROJECT_BINARY_DIR}/asio-sse.pc" DESTINATION "${CMAKE_INSTALL_DATADIR}/pkgconfig")

install(FILES "${PROJECT_SOURCE_DIR}/LICENSE" DESTINATION "${CMAKE_INSTALL_DOCDIR}")
