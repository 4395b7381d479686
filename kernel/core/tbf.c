#include "kernel/core/tbf.h"

#include <stddef.h>

#include "kernel/abi/tbf.h"

/* The newest ABI that this kernel speaks: apps built for any minor version up to it run. */
#define NEWEST_MINOR 3u
_Static_assert(NEWEST_MINOR >= TBF_KERNEL_MINOR, "our own apps must run");

static uint16_t read_u16(const uint8_t *bytes)
{
    return (uint16_t)(bytes[0] | bytes[1] << 8);
}

static uint32_t read_u32(const uint8_t *bytes)
{
    return (uint32_t)read_u16(bytes) | (uint32_t)read_u16(bytes + 2) << 16;
}

static uint32_t checksum_of(const uint8_t *image, uint32_t header_size)
{
    uint32_t sum = read_u32(image + offsetof(struct tbf_header, checksum));
    for (uint32_t offset = 0; offset < header_size; offset += 4) {
        sum ^= read_u32(image + offset);
    }
    return sum;
}

/* What the TLVs said, before it is put together. */
struct tlvs {
    bool has_main, has_version;
    uint32_t init_offset, trailer_size, binary_end;
    uint16_t major, minor;
};

static void take_main(const uint8_t *payload, struct tlvs *tlvs, struct tbf_app *app)
{
    tlvs->init_offset = read_u32(payload + offsetof(struct tbf_main, init_offset));
    tlvs->trailer_size = read_u32(payload + offsetof(struct tbf_main, protected_trailer_size));
    app->minimum_ram = read_u32(payload + offsetof(struct tbf_main, minimum_ram_size));
    tlvs->binary_end = app->total_size;
}

/* Of `length` bytes: a write identifier, then two lists, each with its count before it. */
static bool storage_fits(const uint8_t *payload, uint32_t length)
{
    uint32_t offset = TBF_STORAGE_READ_OFFSET;
    for (uint32_t list = 0; list < 2; list++) {
        if (length < offset + 2u) {
            return false;
        }
        offset += 2u + read_u16(payload + offset) * (uint32_t)sizeof(uint32_t);
    }
    return offset <= length;
}

/* One TLV whose payload lies inside the header; false when it is shorter than it must be. */
static bool take_tlv(const uint8_t *image, struct tbf_tlv tlv, uint32_t offset, struct tlvs *tlvs,
                     struct tbf_app *app)
{
    const uint8_t *payload = image + offset;
    switch (tlv.type) {
    case TBF_TYPE_MAIN:
        if (tlv.length < sizeof(struct tbf_main)) {
            return false;
        }
        if (!tlvs->has_main && !app->has_program) {
            take_main(payload, tlvs, app);
            tlvs->has_main = true;
        }
        return true;
    case TBF_TYPE_PROGRAM:
        if (tlv.length < sizeof(struct tbf_program)) {
            return false;
        }
        if (!app->has_program) {
            take_main(payload, tlvs, app); /* starts like Main, and goes before it */
            tlvs->binary_end = read_u32(payload + offsetof(struct tbf_program, binary_end_offset));
            app->program_version = read_u32(payload + offsetof(struct tbf_program, version));
            app->has_program = true;
        }
        return true;
    case TBF_TYPE_KERNEL_VERSION:
        if (tlv.length < sizeof(struct tbf_kernel_version)) {
            return false;
        }
        if (!tlvs->has_version) {
            tlvs->major = read_u16(payload);
            tlvs->minor = read_u16(payload + 2);
            tlvs->has_version = true;
        }
        return true;
    case TBF_TYPE_PACKAGE_NAME:
        if (app->name == 0) {
            app->name = (uint16_t)offset;
            app->name_length = tlv.length;
        }
        return true;
    case TBF_TYPE_WRITEABLE_FLASH:
        if (app->writeable == 0) {
            app->writeable = (uint16_t)offset;
            app->writeable_count = (uint16_t)(tlv.length / sizeof(struct tbf_writeable_flash));
        }
        return true;
    case TBF_TYPE_FIXED_ADDRESSES:
        if (tlv.length < sizeof(struct tbf_fixed_addresses)) {
            return false;
        }
        if (app->fixed_ram == TBF_ADDRESS_ANY && app->fixed_flash == TBF_ADDRESS_ANY) {
            app->fixed_ram = read_u32(payload);
            app->fixed_flash = read_u32(payload + 4);
        }
        return true;
    case TBF_TYPE_PERMISSIONS: {
        if (tlv.length < 2) {
            return false;
        }
        uint16_t count = read_u16(payload);
        if (count > (tlv.length - 2u) / TBF_PERMISSION_BYTES) {
            return false;
        }
        if (!app->has_permissions) {
            app->has_permissions = true;
            app->permissions = (uint16_t)(offset + 2u);
            app->permission_count = count;
        }
        return true;
    }
    case TBF_TYPE_STORAGE_PERMISSIONS:
        if (!storage_fits(payload, tlv.length)) {
            return false;
        }
        if (app->storage == 0) {
            app->storage = (uint16_t)offset;
        }
        return true;
    case TBF_TYPE_SHORT_ID:
        if (tlv.length < 4) {
            return false;
        }
        if (app->short_id == 0) {
            app->short_id = read_u32(payload);
        }
        return true;
    default:
        return true; /* unknown ones are skipped: the format grows that way */
    }
}

static enum tbf_result check_program(const struct tlvs *tlvs, uint32_t header_size,
                                     struct tbf_app *app)
{
    if (!tlvs->has_main && !app->has_program) {
        return TBF_NO_PROGRAM;
    }
    /* Compared by subtraction: nothing here can overflow. header_size <= binary_end <= total. */
    if (tlvs->binary_end > app->total_size || tlvs->binary_end < header_size) {
        return TBF_BAD_ENTRY;
    }
    uint32_t room = tlvs->binary_end - header_size;
    if (tlvs->trailer_size > room || tlvs->init_offset >= room ||
        tlvs->init_offset < tlvs->trailer_size) {
        return TBF_BAD_ENTRY;
    }
    app->entry = header_size + tlvs->init_offset;
    app->binary = header_size + tlvs->trailer_size;
    app->binary_end = tlvs->binary_end;
    if (!tlvs->has_version) {
        return TBF_NO_KERNEL_VERSION;
    }
    if (tlvs->major != TBF_KERNEL_MAJOR || tlvs->minor > NEWEST_MINOR) {
        return TBF_WRONG_KERNEL_VERSION;
    }
    return TBF_APP;
}

enum tbf_result tbf_parse(const uint8_t *image, uint32_t available, struct tbf_app *app)
{
    *app = (struct tbf_app){.fixed_ram = TBF_ADDRESS_ANY, .fixed_flash = TBF_ADDRESS_ANY};
    if (available < sizeof(struct tbf_header) || read_u16(image) != TBF_VERSION) {
        return TBF_END;
    }
    uint32_t header_size = read_u16(image + offsetof(struct tbf_header, header_size));
    app->total_size = read_u32(image + offsetof(struct tbf_header, total_size));
    if (app->total_size > available || app->total_size < sizeof(struct tbf_header) ||
        app->total_size % TBF_ALIGNMENT != 0) {
        return TBF_BAD_TOTAL_SIZE;
    }
    if (header_size < sizeof(struct tbf_header) || header_size > TBF_HEADER_BYTES_MAX ||
        header_size > app->total_size || header_size % TBF_ALIGNMENT != 0) {
        return TBF_BAD_HEADER_SIZE;
    }
    uint32_t checksum = read_u32(image + offsetof(struct tbf_header, checksum));
    if (checksum == 0 && read_u32(image + offsetof(struct tbf_header, flags)) == 0) {
        return TBF_PADDING; /* app_store removes apps like that */
    }
    if (checksum_of(image, header_size) != checksum) {
        return TBF_BAD_CHECKSUM;
    }
    if (header_size == TBF_PADDING_HEADER_SIZE) {
        return TBF_PADDING;
    }

    struct tlvs tlvs = {0};
    uint32_t offset = sizeof(struct tbf_header);
    while (header_size - offset >= sizeof(struct tbf_tlv)) {
        struct tbf_tlv tlv = {read_u16(image + offset), read_u16(image + offset + 2)};
        offset += (uint32_t)sizeof(struct tbf_tlv);
        if (tlv.length > header_size - offset || !take_tlv(image, tlv, offset, &tlvs, app)) {
            return TBF_BAD_TLV;
        }
        offset += (tlv.length + (TBF_ALIGNMENT - 1u)) & ~(TBF_ALIGNMENT - 1u);
    }
    if ((read_u32(image + offsetof(struct tbf_header, flags)) & TBF_FLAG_ENABLED) == 0) {
        return TBF_DISABLED;
    }
    return check_program(&tlvs, header_size, app);
}

enum tbf_footer tbf_next_credential(const uint8_t *image, const struct tbf_app *app,
                                    uint32_t *offset, uint32_t *seen,
                                    struct tbf_credential *credential)
{
    while (app->total_size - *offset >= sizeof(struct tbf_tlv)) {
        if (*seen == TBF_FOOTERS_MAX) {
            return TBF_FOOTER_BAD;
        }
        *seen += 1;
        struct tbf_tlv tlv = {read_u16(image + *offset), read_u16(image + *offset + 2)};
        uint32_t payload = *offset + (uint32_t)sizeof(struct tbf_tlv);
        if (tlv.length > app->total_size - payload) {
            return TBF_FOOTER_BAD;
        }
        uint32_t left = app->total_size - payload;
        uint32_t padded = (tlv.length + (TBF_ALIGNMENT - 1u)) & ~(TBF_ALIGNMENT - 1u);
        *offset = padded < left ? payload + padded : app->total_size;
        if (tlv.type != TBF_TYPE_CREDENTIALS) {
            continue;
        }
        if (tlv.length < sizeof(uint32_t)) {
            return TBF_FOOTER_BAD;
        }
        *credential = (struct tbf_credential){
            .format = read_u32(image + payload),
            .data = payload + (uint32_t)sizeof(uint32_t),
            .data_bytes = tlv.length - (uint32_t)sizeof(uint32_t),
        };
        return TBF_FOOTER_CREDENTIAL;
    }
    return TBF_FOOTER_END;
}

static bool permits(const uint8_t *image, const struct tbf_app *app, uint32_t driver,
                    bool any_command, uint32_t command)
{
    if (!app->has_permissions) {
        return true;
    }
    for (uint32_t i = 0; i < app->permission_count; i++) {
        const uint8_t *record = image + app->permissions + i * TBF_PERMISSION_BYTES;
        if (read_u32(record + TBF_PERMISSION_DRIVER_OFFSET) != driver) {
            continue;
        }
        if (any_command) {
            return true;
        }
        const uint8_t *mask = record + TBF_PERMISSION_MASK_OFFSET;
        if (read_u32(record + TBF_PERMISSION_COMMAND_OFFSET) == command / 64u &&
            ((uint32_t)mask[command % 64u / 8u] >> (command % 8u) & 1u) != 0) {
            return true;
        }
    }
    return false;
}

bool tbf_permits_command(const uint8_t *image, const struct tbf_app *app, uint32_t driver,
                         uint32_t command)
{
    return permits(image, app, driver, false, command);
}

bool tbf_permits_driver(const uint8_t *image, const struct tbf_app *app, uint32_t driver)
{
    return permits(image, app, driver, true, 0);
}

uint32_t tbf_storage_write_id(const uint8_t *image, const struct tbf_app *app)
{
    return read_u32(image + app->storage);
}

bool tbf_storage_lists(const uint8_t *image, const struct tbf_app *app, bool modify,
                       uint32_t write_id)
{
    const uint8_t *list = image + app->storage + TBF_STORAGE_READ_OFFSET;
    uint32_t count = read_u16(list);
    if (modify) {
        list += 2u + count * sizeof(uint32_t);
        count = read_u16(list);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (read_u32(list + 2u + i * sizeof(uint32_t)) == write_id) {
            return true;
        }
    }
    return false;
}
