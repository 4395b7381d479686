#include "kernel/core/tbf.h"

#include <stddef.h>

#include "kernel/abi/tbf.h"
#include "kernel/core/bytes.h"

/* The newest ABI that this kernel speaks: apps built for any minor version up to it run. */
#define NEWEST_MINOR 3u
_Static_assert(NEWEST_MINOR >= TBF_KERNEL_MINOR, "our own apps must run");

/* A header on its way to a verdict. */
struct header {
    const uint8_t *image;
    struct tbf_app *app;
    uint32_t seen;          /* bits: the types of the TLVs that were there */
    const uint8_t *program; /* payload of Program or else Main, which begin alike; NULL: neither */
    const uint8_t *version; /* NULL: none */
};

/* The least that a TLV of the type has; none of the others. */
static const uint8_t least_bytes[] = {
    [TBF_TYPE_MAIN] = sizeof(struct tbf_main),
    [TBF_TYPE_FIXED_ADDRESSES] = sizeof(struct tbf_fixed_addresses),
    [TBF_TYPE_PERMISSIONS] = 2,
    [TBF_TYPE_STORAGE_PERMISSIONS] = TBF_STORAGE_READ_OFFSET + 2u * 2u,
    [TBF_TYPE_KERNEL_VERSION] = sizeof(struct tbf_kernel_version),
    [TBF_TYPE_PROGRAM] = sizeof(struct tbf_program),
    [TBF_TYPE_SHORT_ID] = sizeof(uint32_t),
};
_Static_assert(sizeof(least_bytes) <= 32, "struct header has a bit for each that was seen");

/* Of `length` bytes, enough for the counts: a write identifier, then two lists, each with its count
 * before it. */
static bool storage_fits(const uint8_t *payload, uint32_t length)
{
    uint32_t second = TBF_STORAGE_READ_OFFSET + 2u +
                      bytes_get_u16(payload + TBF_STORAGE_READ_OFFSET) * (uint32_t)sizeof(uint32_t);
    return second + 2u <= length &&
           second + 2u + bytes_get_u16(payload + second) * (uint32_t)sizeof(uint32_t) <= length;
}

/* One TLV whose payload lies inside the header: of each type the first counts. False when it is
 * shorter than it must be, or than what it counts. */
static ARCH_OUT_OF_LINE bool take_tlv(struct header *header, uint32_t type, uint32_t length,
                                      uint32_t offset)
{
    struct tbf_app *app = header->app;
    const uint8_t *payload = header->image + offset;
    if (type >= sizeof(least_bytes)) {
        return true; /* unknown ones are skipped: the format grows that way */
    }
    if (length < least_bytes[type] ||
        (type == TBF_TYPE_PERMISSIONS &&
         bytes_get_u16(payload) > (length - 2u) / TBF_PERMISSION_BYTES) ||
        (type == TBF_TYPE_STORAGE_PERMISSIONS && !storage_fits(payload, length))) {
        return false;
    }
    if ((header->seen >> type & 1u) != 0) {
        return true;
    }
    header->seen |= 1u << type;
    switch (type) {
    case TBF_TYPE_MAIN:
        if (header->program == NULL) {
            header->program = payload;
        }
        break;
    case TBF_TYPE_PROGRAM:
        header->program = payload;
        app->has_program = true;
        break;
    case TBF_TYPE_KERNEL_VERSION:
        header->version = payload;
        break;
    case TBF_TYPE_PACKAGE_NAME:
        app->name = (uint16_t)offset;
        app->name_length = (uint16_t)length;
        break;
    case TBF_TYPE_WRITEABLE_FLASH:
        app->writeable = (uint16_t)offset;
        app->writeable_count = (uint16_t)(length / sizeof(struct tbf_writeable_flash));
        break;
    case TBF_TYPE_FIXED_ADDRESSES:
        app->fixed_ram = bytes_get_u32(payload);
        app->fixed_flash = bytes_get_u32(payload + 4);
        break;
    case TBF_TYPE_PERMISSIONS:
        app->has_permissions = true;
        app->permissions = (uint16_t)(offset + 2u);
        app->permission_count = (uint16_t)bytes_get_u16(payload);
        break;
    case TBF_TYPE_STORAGE_PERMISSIONS:
        app->storage = (uint16_t)offset;
        break;
    case TBF_TYPE_SHORT_ID:
        app->short_id = bytes_get_u32(payload);
        break;
    }
    return true;
}

static enum tbf_result check_program(const struct header *header, uint32_t header_size)
{
    struct tbf_app *app = header->app;
    const uint8_t *program = header->program;
    if (program == NULL) {
        return TBF_NO_PROGRAM;
    }
    uint32_t init_offset = bytes_get_u32(program + offsetof(struct tbf_program, init_offset));
    uint32_t trailer_size =
        bytes_get_u32(program + offsetof(struct tbf_program, protected_trailer_size));
    app->minimum_ram = bytes_get_u32(program + offsetof(struct tbf_program, minimum_ram_size));
    app->binary_end = app->total_size;
    if (app->has_program) {
        app->binary_end = bytes_get_u32(program + offsetof(struct tbf_program, binary_end_offset));
        app->program_version = bytes_get_u32(program + offsetof(struct tbf_program, version));
    }
    /* Compared by subtraction: nothing here can overflow. header_size <= binary_end <= total. */
    uint32_t room = app->binary_end - header_size;
    if (app->binary_end > app->total_size || app->binary_end < header_size || trailer_size > room ||
        init_offset >= room || init_offset < trailer_size) {
        return TBF_BAD_ENTRY;
    }
    app->entry = header_size + init_offset;
    app->binary = header_size + trailer_size;
    if (header->version == NULL) {
        return TBF_NO_KERNEL_VERSION;
    }
    if (bytes_get_u16(header->version) != TBF_KERNEL_MAJOR ||
        bytes_get_u16(header->version + 2) > NEWEST_MINOR) {
        return TBF_WRONG_KERNEL_VERSION;
    }
    return TBF_APP;
}

enum tbf_result tbf_parse(const uint8_t *image, uint32_t available, struct tbf_app *app)
{
    *app = (struct tbf_app){.fixed_ram = TBF_ADDRESS_ANY, .fixed_flash = TBF_ADDRESS_ANY};
    if (available < sizeof(struct tbf_header) || bytes_get_u16(image) != TBF_VERSION) {
        return TBF_END;
    }
    uint32_t header_size = bytes_get_u16(image + offsetof(struct tbf_header, header_size));
    uint32_t total_size = bytes_get_u32(image + offsetof(struct tbf_header, total_size));
    if (total_size > available || total_size < sizeof(struct tbf_header) ||
        total_size % TBF_ALIGNMENT != 0) {
        return TBF_BAD_TOTAL_SIZE;
    }
    app->total_size = total_size;
    if (header_size < sizeof(struct tbf_header) || header_size > TBF_HEADER_BYTES_MAX ||
        header_size > total_size || header_size % TBF_ALIGNMENT != 0) {
        return TBF_BAD_HEADER_SIZE;
    }
    uint32_t flags = bytes_get_u32(image + offsetof(struct tbf_header, flags));
    if (flags == 0 && bytes_get_u32(image + offsetof(struct tbf_header, checksum)) == 0) {
        return TBF_PADDING; /* app_store removes apps like that */
    }
    uint32_t sum = 0; /* with the checksum, which takes it to 0 */
    for (uint32_t offset = 0; offset < header_size; offset += 4) {
        sum ^= bytes_get_u32(image + offset);
    }
    if (sum != 0) {
        return TBF_BAD_CHECKSUM;
    }
    if (header_size == TBF_PADDING_HEADER_SIZE) {
        return TBF_PADDING;
    }

    struct header header = {.image = image, .app = app};
    uint32_t offset = sizeof(struct tbf_header);
    while (header_size - offset >= sizeof(struct tbf_tlv)) {
        uint32_t type = bytes_get_u16(image + offset);
        uint32_t length = bytes_get_u16(image + offset + 2);
        offset += (uint32_t)sizeof(struct tbf_tlv);
        if (length > header_size - offset || !take_tlv(&header, type, length, offset)) {
            return TBF_BAD_TLV;
        }
        offset += (length + (TBF_ALIGNMENT - 1u)) & ~(TBF_ALIGNMENT - 1u);
    }
    if ((flags & TBF_FLAG_ENABLED) == 0) {
        return TBF_DISABLED;
    }
    return check_program(&header, header_size);
}

enum tbf_footer tbf_next_credential(const uint8_t *image, const struct tbf_app *app,
                                    struct tbf_footers *footers, struct tbf_credential *credential)
{
    while (app->total_size - footers->offset >= sizeof(struct tbf_tlv)) {
        uint32_t type = bytes_get_u16(image + footers->offset);
        uint32_t length = bytes_get_u16(image + footers->offset + 2);
        uint32_t payload = footers->offset + (uint32_t)sizeof(struct tbf_tlv);
        uint32_t left = app->total_size - payload;
        if (footers->seen == TBF_FOOTERS_MAX || length > left ||
            (type == TBF_TYPE_CREDENTIALS && length < sizeof(uint32_t))) {
            return TBF_FOOTER_BAD;
        }
        uint32_t padded = (length + (TBF_ALIGNMENT - 1u)) & ~(TBF_ALIGNMENT - 1u);
        footers->offset = padded < left ? payload + padded : app->total_size;
        footers->seen++;
        if (type == TBF_TYPE_CREDENTIALS) {
            credential->format = bytes_get_u32(image + payload);
            credential->data = payload + (uint32_t)sizeof(uint32_t);
            credential->data_bytes = length - (uint32_t)sizeof(uint32_t);
            return TBF_FOOTER_CREDENTIAL;
        }
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
        if (bytes_get_u32(record + TBF_PERMISSION_DRIVER_OFFSET) != driver) {
            continue;
        }
        if (any_command) {
            return true;
        }
        const uint8_t *mask = record + TBF_PERMISSION_MASK_OFFSET;
        if (bytes_get_u32(record + TBF_PERMISSION_COMMAND_OFFSET) == command / 64u &&
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
    return bytes_get_u32(image + app->storage);
}

bool tbf_storage_lists(const uint8_t *image, const struct tbf_app *app, bool modify,
                       uint32_t write_id)
{
    const uint8_t *list = image + app->storage + TBF_STORAGE_READ_OFFSET;
    uint32_t count = bytes_get_u16(list);
    if (modify) {
        list += 2u + count * sizeof(uint32_t);
        count = bytes_get_u16(list);
    }
    for (uint32_t i = 0; i < count; i++) {
        if (bytes_get_u32(list + 2u + i * sizeof(uint32_t)) == write_id) {
            return true;
        }
    }
    return false;
}
