# Kernel and apps: this same tree, configured with the ARM toolchain, built as part of `cmake --build`.
# Ninja is asked every time (BUILD_ALWAYS) and rebuilds only what changed.
include(ExternalProject)
ExternalProject_Add(firmware
  SOURCE_DIR "${CMAKE_SOURCE_DIR}"
  BINARY_DIR "${CMAKE_BINARY_DIR}/firmware"
  CMAKE_GENERATOR Ninja
  CMAKE_ARGS
    "-DCMAKE_TOOLCHAIN_FILE=${CMAKE_SOURCE_DIR}/cmake/arm-none-eabi.cmake"
    "-DCMAKE_BUILD_TYPE="
    "-DSANDGLASS_DEPS=${SANDGLASS_DEPS}"
    "-DSANDGLASS_SDK=${CMAKE_BINARY_DIR}/sdk"
    "-DSANDGLASS_PACK=$<TARGET_FILE:tbf_pack>"
    "-DSANDGLASS_CAPSULE_CHECK=$<TARGET_FILE:capsule_check>"
  BUILD_ALWAYS ON
  USES_TERMINAL_BUILD ON
  INSTALL_COMMAND ""
  DEPENDS tbf_pack capsule_check)
