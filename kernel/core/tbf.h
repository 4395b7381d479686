/*
 * tbf.h - reads a TBF header (kernel/abi/tbf.h has the format). Trusts nothing in it: every offset
 * that it hands out lies inside the image.
 */
#ifndef KERNEL_CORE_TBF_H
#define KERNEL_CORE_TBF_H

#include <stdbool.h>
#include <stdint.h>

enum tbf_result {
    TBF_APP, /* a runnable app */
    TBF_END, /* no app here: erased flash, or something else than a TBF of this version */
    TBF_BAD_TOTAL_SIZE, /* nobody can say where the next one would be */
    TBF_PADDING,        /* skip total_size */
    TBF_DISABLED,       /* skip total_size, as for everything below */
    TBF_BAD_HEADER_SIZE,
    TBF_BAD_CHECKSUM,
    TBF_BAD_TLV,    /* one does not fit into the header, or is too short */
    TBF_NO_PROGRAM, /* neither Main nor Program */
    TBF_BAD_ENTRY,  /* entry point or protected part outside of the image */
    TBF_NO_KERNEL_VERSION,
    TBF_WRONG_KERNEL_VERSION,
};

/* Offsets count from the start of the TBF. */
struct tbf_app {
    uint32_t total_size;
    uint32_t entry;       /* of the first instruction */
    uint32_t binary;      /* header and protected trailer end here; crt0's app_start */
    uint32_t minimum_ram; /* bytes */
    uint32_t fixed_ram;   /* absolute; TBF_ADDRESS_ANY: anywhere */
    uint32_t fixed_flash; /* absolute, of `binary`; TBF_ADDRESS_ANY: anywhere */
    uint32_t short_id;    /* 0: none */
    uint16_t name;        /* offset; name_length bytes of UTF-8 */
    uint16_t name_length; /* 0: none */
    uint16_t writeable;   /* offset of the array of struct tbf_writeable_flash */
    uint16_t writeable_count;
    uint16_t permissions; /* offset of the first of the 16-byte records, 2 bytes off alignment */
    uint16_t permission_count;
    bool has_permissions;     /* the TLV is there, even if empty */
    bool has_program;         /* there may be footers, from binary_end to total_size */
    uint16_t storage;         /* offset of the storage permissions, 0: none */
    uint32_t binary_end;      /* the integrity region ends here: what credentials speak of */
    uint32_t program_version; /* 0 when the header has no Program */
};

/* Looks at the `available` bytes from `image` (4-aligned) on. Fills *app for TBF_APP; of the other
 * results only total_size, which is at most `available`: 0 for TBF_END and TBF_BAD_TOTAL_SIZE. */
enum tbf_result tbf_parse(const uint8_t *image, uint32_t available, struct tbf_app *app);

/* Whether the rest of the flash from here on has to be left alone. */
static inline bool tbf_is_end(enum tbf_result result)
{
    return result == TBF_END || result == TBF_BAD_TOTAL_SIZE;
}

/* Whether nobody can run what is there, so that others may have the place. */
static inline bool tbf_is_hole(enum tbf_result result)
{
    return result == TBF_PADDING || result == TBF_BAD_CHECKSUM;
}

/* A credential among the footers. Offsets count from the start of the TBF. */
struct tbf_credential {
    uint32_t format; /* enum tbf_credentials, or one that nobody knows yet */
    uint32_t data;   /* offset of what follows the format */
    uint32_t data_bytes;
};

enum tbf_footer {
    TBF_FOOTER_CREDENTIAL,
    TBF_FOOTER_END,
    TBF_FOOTER_BAD, /* this one does not fit; there are no more */
};

/* Where among the footers: at first {app->binary_end, 0}. */
#define TBF_FOOTERS_MAX 32u
struct tbf_footers {
    uint32_t offset; /* of the next one */
    uint32_t seen;   /* how many lay before: TBF_FOOTERS_MAX at most are looked at */
};

/* The next credential, behind which *footers moves. Footers of other types are skipped. */
enum tbf_footer tbf_next_credential(const uint8_t *image, const struct tbf_app *app,
                                    struct tbf_footers *footers, struct tbf_credential *credential);

/* May the app use command `command` of `driver`? And anything of it (subscribe, allow)? True for
 * everything when it has no permissions TLV. */
bool tbf_permits_command(const uint8_t *image, const struct tbf_app *app, uint32_t driver,
                         uint32_t command);
bool tbf_permits_driver(const uint8_t *image, const struct tbf_app *app, uint32_t driver);

/* Of an app with storage permissions (app->storage != 0): the number that what it writes carries,
 * 0: it writes nothing; and whether `write_id` is in its list of what it reads, or modifies. */
uint32_t tbf_storage_write_id(const uint8_t *image, const struct tbf_app *app);
bool tbf_storage_lists(const uint8_t *image, const struct tbf_app *app, bool modify,
                       uint32_t write_id);

#endif
