# Capsules for the target: each source goes through capsule_check on its way to the object.
option(SANDGLASS_CAPSULE_TRAPS "Compile capsules with the checks at run time; OFF is for measuring what they cost" ON)

# What the preprocessor is told: the include path has what capsules may include and the compiler's own headers.
execute_process(COMMAND "${CMAKE_C_COMPILER}" -print-file-name=include
  OUTPUT_VARIABLE compiler_headers OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
set(CAPSULE_MACHINE -mcpu=cortex-m4 -mthumb -mfloat-abi=soft -std=c11 -ffreestanding)
set(CAPSULE_PREPROCESS ${CAPSULE_MACHINE} -DCAPSULE_C -nostdinc -isystem "${compiler_headers}" -I.)

# And the compiler. What a capsule does wrong at run time traps (UDF #255) instead of being undefined. No jump tables:
# the check of the object then has no computed jump to follow. Traps go behind a function's end, where one serves all.
set(CAPSULE_COMPILE ${CAPSULE_MACHINE} ${SANDGLASS_WARNINGS} -Wno-attributes
  ${KERNEL_SMALL} -freorder-blocks-algorithm=stc -g -ffunction-sections -fdata-sections -fno-common -fwrapv -fno-delete-null-pointer-checks
  -ftrivial-auto-var-init=zero -fno-jump-tables -fstack-usage -fcallgraph-info=su)
if(SANDGLASS_CAPSULE_TRAPS)
  list(APPEND CAPSULE_COMPILE -fsanitize=bounds-strict,shift,integer-divide-by-zero,null,nonnull-attribute,unreachable,return
    -fsanitize-undefined-trap-on-error)
endif()

# capsule_library(NAME SOURCES...): a static library of checked capsules. The folder it is built in holds kernel/abi,
# capsule, hil and capsules, as links; the preprocessor runs there, so that this is what a capsule sees.
function(capsule_library name)
  set(root "${CMAKE_CURRENT_BINARY_DIR}")
  file(MAKE_DIRECTORY "${root}/kernel")
  foreach(folder abi capsule capsules hil)
    file(CREATE_LINK "${CMAKE_SOURCE_DIR}/kernel/${folder}" "${root}/kernel/${folder}" SYMBOLIC)
  endforeach()
  list(JOIN CAPSULE_PREPROCESS " " preprocess)
  list(JOIN CAPSULE_COMPILE " " compile)
  file(CONFIGURE OUTPUT "${root}/preprocess.options" CONTENT "${preprocess}\n")
  file(CONFIGURE OUTPUT "${root}/compile.options" CONTENT "${compile} -ffile-prefix-map=${root}/=\n")

  set(script "${CMAKE_SOURCE_DIR}/tools/capsule_check/compile_capsule.sh")
  set(objects)
  foreach(source ${ARGN})
    cmake_path(GET source STEM capsule)
    set(object "${root}/${capsule}.o")
    add_custom_command(OUTPUT "${object}"
      COMMAND sh "${script}" "${SANDGLASS_CAPSULE_CHECK}" "${CMAKE_C_COMPILER}" "${CMAKE_SOURCE_DIR}"
        "kernel/capsules/${source}" ${capsule}
      WORKING_DIRECTORY "${root}" DEPFILE "${root}/${capsule}.d"
      DEPENDS "${CMAKE_CURRENT_SOURCE_DIR}/${source}" "${script}" "${SANDGLASS_CAPSULE_CHECK}"
        "${root}/preprocess.options" "${root}/compile.options"
      COMMENT "Capsule ${capsule}" VERBATIM)
    list(APPEND objects "${object}")
  endforeach()
  add_library(${name} STATIC ${objects})
  set_target_properties(${name} PROPERTIES LINKER_LANGUAGE C)
endfunction()

# board_stack_inputs(TARGET FILE): writes what capsule_check wants to know of a kernel to add up its stack: the trusted
# sources with what the compiler says of each, how to parse them, and where the capsules are.
function(board_stack_inputs target file)
  get_target_property(sources ${target} SOURCES)
  get_target_property(definitions ${target} COMPILE_DEFINITIONS)
  set(lines)
  foreach(option --target=arm-none-eabi -mcpu=cortex-m4 -mthumb -std=gnu11 -ffreestanding -fshort-enums -nostdinc
      -isystem "${compiler_headers}" -I "${CMAKE_SOURCE_DIR}")
    string(APPEND lines "option ${option}\n")
  endforeach()
  foreach(definition ${definitions})
    string(APPEND lines "option -D${definition}\n")
  endforeach()
  foreach(source ${sources})
    if(source MATCHES "[.]c$")
      string(APPEND lines "source ${CMAKE_CURRENT_SOURCE_DIR}/${source} ")
      string(APPEND lines "${CMAKE_CURRENT_BINARY_DIR}/CMakeFiles/${target}.dir/${source}.ci\n")
    else()
      string(APPEND lines "assembly ${CMAKE_CURRENT_SOURCE_DIR}/${source}\n")
    endif()
  endforeach()
  string(APPEND lines "capsules ${CMAKE_CURRENT_BINARY_DIR}/capsules\n")
  file(CONFIGURE OUTPUT "${file}" CONTENT "${lines}")
endfunction()
