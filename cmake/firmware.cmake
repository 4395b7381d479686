# Flags shared by kernel and apps.
include(warnings)

# What makes a kernel smaller than -Os does, each by measurement: no order of instructions for the pipeline's sake (an
# IT block less often fits), calls at the end of a function that do not undo its frame first, constants in loops where
# they are used instead of in one more saved register.
set(KERNEL_SMALL -Oz -fno-schedule-insns2 -fno-optimize-sibling-calls -fno-move-loop-invariants -fno-tree-coalesce-vars
  -fno-tree-loop-optimize)

# What every target of the firmware build links. Path names in debug information are relative to the tree,
# so that an image does not depend on where it was built.
add_library(firmware_flags INTERFACE)
target_include_directories(firmware_flags INTERFACE "${CMAKE_SOURCE_DIR}")
target_compile_options(firmware_flags INTERFACE
  "$<$<COMPILE_LANGUAGE:C>:${SANDGLASS_WARNINGS}>"
  -Os -g -ffunction-sections -fdata-sections -fno-common -ffreestanding)
target_link_options(firmware_flags INTERFACE -nostdlib -nostartfiles -Wl,--gc-sections -Wl,--build-id=none)
