# Test guests: assembled at build time, linked at 0, flat binaries. From tests/guests of the folder that includes this:
# CPU_GUEST_NAMES, which the target CPU_GUEST_TARGET makes.
find_program(ARM_AS arm-none-eabi-as REQUIRED)
find_program(ARM_LD arm-none-eabi-ld REQUIRED)
find_program(ARM_OBJCOPY arm-none-eabi-objcopy REQUIRED)
set(CPU_GUESTS "${CMAKE_CURRENT_BINARY_DIR}/guests")
file(MAKE_DIRECTORY "${CPU_GUESTS}")
set(common "${CMAKE_SOURCE_DIR}/sim/cpu/tests/guests")
set(CPU_GUEST_FILES)
foreach(guest ${CPU_GUEST_NAMES})
  set(source "${CMAKE_CURRENT_SOURCE_DIR}/tests/guests/${guest}.s")
  set(stem "${CPU_GUESTS}/${guest}")
  add_custom_command(OUTPUT "${stem}.bin" "${stem}.elf"
    COMMAND ${ARM_AS} -I "${common}" "${source}" -o "${stem}.o"
    COMMAND ${ARM_LD} -Ttext=0 -e 0 "${stem}.o" -o "${stem}.elf"
    COMMAND ${ARM_OBJCOPY} -O binary "${stem}.elf" "${stem}.bin"
    DEPENDS "${source}" "${common}/common.inc" VERBATIM)
  list(APPEND CPU_GUEST_FILES "${stem}.bin")
endforeach()
add_custom_target(${CPU_GUEST_TARGET} DEPENDS ${CPU_GUEST_FILES})
