# Flags, packages and helpers of the host build.
include(warnings)
include(unicorn)
enable_testing()

find_package(PkgConfig REQUIRED)
pkg_check_modules(CAPSTONE REQUIRED IMPORTED_TARGET capstone)
pkg_check_modules(LIBELF REQUIRED IMPORTED_TARGET libelf)
pkg_check_modules(LIBDW REQUIRED IMPORTED_TARGET libdw)
pkg_check_modules(LIBCRYPTO REQUIRED IMPORTED_TARGET libcrypto>=3)
pkg_check_modules(SDL2 REQUIRED IMPORTED_TARGET sdl2)
pkg_check_modules(SDL2_TTF REQUIRED IMPORTED_TARGET SDL2_ttf)
pkg_check_modules(LIBPNG REQUIRED IMPORTED_TARGET libpng)
pkg_check_modules(LUA REQUIRED IMPORTED_TARGET lua5.4)
find_package(Threads REQUIRED)
find_library(FDT_LIBRARY fdt REQUIRED)
find_program(DTC_EXECUTABLE dtc REQUIRED)

# What every host target links: the include root, the language, the warnings.
add_library(sandglass_flags INTERFACE)
target_include_directories(sandglass_flags INTERFACE "${CMAKE_SOURCE_DIR}" "${CMAKE_BINARY_DIR}/generated")
# Hidden: libunicorn calls functions of its own through the dynamic linker (cpu_reset, for one); a function of ours
# with the same name, were it visible, would be called in its place.
target_compile_options(sandglass_flags INTERFACE ${SANDGLASS_WARNINGS} -fno-common -fvisibility=hidden)
target_compile_definitions(sandglass_flags INTERFACE _GNU_SOURCE)
if(SANDGLASS_SANITIZE)
  target_compile_options(sandglass_flags INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(sandglass_flags INTERFACE -fsanitize=address,undefined)
endif()

if(SANDGLASS_FUZZ)
  if(NOT CMAKE_C_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR "SANDGLASS_FUZZ needs clang: configure with -DCMAKE_C_COMPILER=clang (sh tools/setup.sh --tests gets it)")
  endif()
  # The warnings are the normal build's to judge: clang has others.
  target_compile_options(sandglass_flags INTERFACE -w
    -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer
    -fno-sanitize-coverage=trace-cmp) # costs a third of the time and finds little in register decoders
  target_link_options(sandglass_flags INTERFACE -fsanitize=address,undefined)
endif()

# sandglass_library(NAME SOURCES... [LINK libraries...]): a static library of the host build.
function(sandglass_library name)
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_library(${name} STATIC ${ARG_SOURCES})
  target_link_libraries(${name} PUBLIC sandglass_flags ${ARG_LINK})
endfunction()

if(SANDGLASS_TESTS)
  pkg_check_modules(CMOCKA REQUIRED IMPORTED_TARGET cmocka)
endif()

# sandglass_test(NAME SOURCES... [LINK libraries...]): a cmocka program, run by ctest under its own name.
function(sandglass_test name)
  if(NOT SANDGLASS_TESTS)
    return()
  endif()
  cmake_parse_arguments(ARG "" "" "SOURCES;LINK" ${ARGN})
  add_executable(${name} ${ARG_SOURCES})
  target_link_libraries(${name} PRIVATE sandglass_flags ${ARG_LINK} PkgConfig::CMOCKA)
  add_test(NAME ${name} COMMAND ${name})
endfunction()
