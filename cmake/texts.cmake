# packed_texts(NAME PROGRAM): the library NAME with the texts of the kernel as text_pack packs them; PROGRAM is the way
# to it.
function(packed_texts name program)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}.c")
  add_custom_command(OUTPUT "${source}" COMMAND "${program}" > "${source}" DEPENDS "${program}"
    COMMENT "Packing the texts of the kernel" VERBATIM)
  add_library(${name} STATIC "${source}")
  target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}")
endfunction()
