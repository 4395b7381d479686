/*
 * app_elf.h - reads the ELF of an app: its flash image, what it needs of RAM, and the relocations
 * of its data, or why it cannot work. Private to the packer.
 */
#ifndef TOOLS_PACK_APP_ELF_H
#define TOOLS_PACK_APP_ELF_H

#include "tools/pack/pack.h"

struct app_elf {
    uint8_t *image; /* from TBF_LINK_FLASH on, with the relocations of .data at its end; owned */
    uint32_t image_bytes;
    uint32_t entry_offset; /* from the start of the image; even */
    uint32_t ram_bytes;    /* stack, GOT, .data, .bss */
    uint32_t stack_bytes;
    uint32_t app_heap_bytes, kernel_heap_bytes; /* by symbol, or PACK_FROM_ELF when there is none */
};

bool app_elf_read(struct app_elf *app, const void *elf, size_t elf_bytes, const char *label,
                  struct pack_error *error);
void app_elf_free(struct app_elf *app);

/* Reports "LABEL: ..." into *error and returns false. */
__attribute__((format(printf, 3, 4))) bool pack_fail(struct pack_error *error, const char *label,
                                                     const char *format, ...);

#endif
