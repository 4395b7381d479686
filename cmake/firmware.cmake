# Flags shared by kernel and apps.
include(warnings)

# What every target of the firmware build links. Path names in debug information are relative to the tree,
# so that an image does not depend on where it was built.
add_library(firmware_flags INTERFACE)
target_include_directories(firmware_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(firmware_flags INTERFACE
  "$<$<COMPILE_LANGUAGE:C>:${SANDGLASS_WARNINGS}>"
  -Os -g -ffunction-sections -fdata-sections -fno-common -ffreestanding)
target_link_options(firmware_flags INTERFACE -nostdlib -nostartfiles -Wl,--gc-sections -Wl,--build-id=none)
