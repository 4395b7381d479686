/*
 * pack.h - makes of a linked app (ELF) what lies in flash (TBF, see kernel/abi/tbf.h). Used by the
 * program tbf_pack of the build and by the simulator, which takes ELF files of apps as they are.
 *
 * What an app must be: 32-bit ARM, linked at TBF_LINK_FLASH and RAM 0 with the crt0 header first in
 * flash (apps/lib/app.ld; libtock-c does the same), position-independent, with its relocations kept
 * (-Wl,--emit-relocs). What cannot work is refused, by name, before it runs. Any input is safe.
 */
#ifndef TOOLS_PACK_PACK_H
#define TOOLS_PACK_PACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For app_heap_bytes and kernel_heap_bytes: what the ELF's symbol APP_HEAP_SIZE or KERNEL_HEAP_SIZE
 * says, and 1024 where there is no such symbol. */
#define PACK_FROM_ELF UINT32_MAX

enum {
    PACK_NAME_MAX = 63,
    PACK_FOOTER_MAX_BYTES = 0x10000,
    PACK_PERMISSIONS_MAX = 8, /* Tock's kernel takes no more records */
    PACK_STORAGE_IDS_MAX = 8, /* nor more identifiers in one list */
};

/* The process may use the commands [64 * command_block, + 64) of the driver whose bit is set in the
 * mask. */
struct pack_permission {
    uint32_t driver;
    uint32_t command_block;
    uint64_t mask;
};

/* A list of identifiers of other apps' lasting data. */
struct pack_ids {
    uint32_t id[PACK_STORAGE_IDS_MAX];
    size_t count;
};

/* Storage permissions (TLV 7); written when any of it is given. */
struct pack_storage {
    uint32_t write_id; /* 0: none */
    struct pack_ids read, modify;
};

struct pack_options {
    const char *name;        /* of the package; NULL: the file's name without folder and ending */
    uint32_t app_heap_bytes; /* RAM above .bss for malloc */
    uint32_t kernel_heap_bytes; /* RAM for the kernel's grants */
    uint32_t ram_limit_bytes; /* the board's RAM; an app that needs more is refused. 0: no limit */
    uint32_t flash_limit_bytes;                /* the board's flash for apps. 0: no limit */
    const struct pack_permission *permissions; /* NULL: no such header, everything is permitted */
    size_t permission_count;                   /* at most PACK_PERMISSIONS_MAX */
    struct pack_storage storage;
    uint32_t short_id; /* 0: none */
    uint32_t app_version;
    bool disabled, sticky;
    bool power_of_two;             /* total size, as Tock's tools have it: at least 512 bytes */
    uint32_t minimum_footer_bytes; /* at least so much behind the binary, for later signatures */
    bool sha256;                   /* a hash of header and binary */
    const char *sign_key_path;     /* PEM, a private key on P-256: a signature; NULL: none */
};

/* Everything from the ELF, no limits, no permissions. */
extern const struct pack_options pack_default_options;

struct pack_output {
    uint8_t *bytes; /* owned: pack_output_free() */
    /* total_size of the header: a multiple of a granule that the MPU can express */
    size_t size;
    char name[PACK_NAME_MAX + 1];
    uint32_t header_bytes; /* the binary begins here: address of a symbol in flash */
                           /* = start of the TBF + header_bytes + (link address - TBF_LINK_FLASH) */
    uint32_t minimum_ram_bytes; /* stack, data, .bss and both heaps; the kernel adds its own */
    uint32_t stack_bytes;
};

/* One line: what, where, what to do. Begins with the file's name. */
struct pack_error {
    char text[400];
};

/* Both return false and fill *error (then there is no output to free). `label` names the image in
 * messages and, without its folder and ending, is the default of the package's name. */
bool pack_image(const void *elf, size_t elf_bytes, const char *label,
                const struct pack_options *options, struct pack_output *output,
                struct pack_error *error);
bool pack_file(const char *path, const struct pack_options *options, struct pack_output *output,
               struct pack_error *error);

/* Leaves an empty output; may be called twice. */
void pack_output_free(struct pack_output *output);

/* Does this look like an app rather than firmware: is anything of a 32-bit ARM ELF linked at
 * TBF_LINK_FLASH? False for whatever is no ELF. */
bool pack_is_app(const void *elf, size_t elf_bytes);

/* The granule of flash images: the smallest power of two, 32 or more, of which 8 hold
 * `total_bytes`. An image is padded to a multiple of it and must be placed at one. */
uint32_t pack_flash_granule(uint32_t total_bytes);

#endif
