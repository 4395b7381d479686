# Kernel and apps: this same tree, configured with the ARM toolchain, built as part of `cmake --build`.
# Ninja is asked every time (BUILD_ALWAYS) and rebuilds only what changed.
include(ExternalProject)
function(firmware_project name sdk)
  ExternalProject_Add(${name}
    SOURCE_DIR "${CMAKE_SOURCE_DIR}"
    BINARY_DIR "${CMAKE_BINARY_DIR}/${name}"
    CMAKE_GENERATOR Ninja
    CMAKE_ARGS
      "-DCMAKE_TOOLCHAIN_FILE=${CMAKE_SOURCE_DIR}/cmake/arm-none-eabi.cmake"
      "-DCMAKE_BUILD_TYPE="
      "-DSANDGLASS_DEPS=${SANDGLASS_DEPS}"
      "-DSANDGLASS_SDK=${CMAKE_BINARY_DIR}/${sdk}"
      "-DSANDGLASS_PACK=$<TARGET_FILE:tbf_pack>"
      "-DSANDGLASS_CAPSULE_CHECK=$<TARGET_FILE:capsule_check>"
      "-DSANDGLASS_TEXT_PACK=$<TARGET_FILE:text_pack>"
    BUILD_ALWAYS ON
    USES_TERMINAL_BUILD ON
    INSTALL_COMMAND ""
    DEPENDS tbf_pack capsule_check text_pack
    ${ARGN})
endfunction()
firmware_project(firmware sdk)
# For the benchmarks, when they are asked what the checks at run time cost: cmake --build . --target firmware_without_traps
firmware_project(firmware_without_traps firmware_without_traps/sdk EXCLUDE_FROM_ALL ON
  CMAKE_CACHE_ARGS "-DSANDGLASS_CAPSULE_TRAPS:BOOL=OFF")
