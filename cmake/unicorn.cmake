# Finds Unicorn >= 2.1.4: the system's, or the private copy that tools/setup.sh made. Target: unicorn::unicorn.
file(GLOB SANDGLASS_UNICORN_PC "${SANDGLASS_DEPS}/unicorn/usr/lib/*/pkgconfig")
if(SANDGLASS_UNICORN_PC)
  set(ENV{PKG_CONFIG_PATH} "${SANDGLASS_UNICORN_PC}:$ENV{PKG_CONFIG_PATH}")
endif()
find_package(PkgConfig REQUIRED)
pkg_check_modules(UNICORN IMPORTED_TARGET "unicorn>=2.1.4")
if(NOT UNICORN_FOUND)
  message(FATAL_ERROR "Unicorn >= 2.1.4 is not installed. Run: sh tools/setup.sh")
endif()
add_library(unicorn::unicorn ALIAS PkgConfig::UNICORN)
# The program finds the private copy without LD_LIBRARY_PATH.
set(CMAKE_BUILD_RPATH "${UNICORN_LIBRARY_DIRS}")
set(CMAKE_INSTALL_RPATH "${UNICORN_LIBRARY_DIRS}")
