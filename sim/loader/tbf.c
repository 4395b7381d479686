#include "sim/loader/tbf.h"

#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "sim/loader/little_endian.h"

static void write_u32(uint8_t *bytes, uint32_t value)
{
    for (int i = 0; i < 4; i++) {
        bytes[i] = (uint8_t)(value >> (8 * i));
    }
}

static bool check_base(const char *name, const uint8_t *data, size_t size, struct tbf_info *info,
                       struct sim_error *error)
{
    if (size < sizeof(struct tbf_header)) {
        return sim_fail(error, SIM_WRONG_USE, "%s is truncated: %zu bytes are no TBF header", name,
                        size);
    }
    if (little_endian_u16(data) != TBF_VERSION) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is no TBF of version 2 (its first halfword is %u): make it with "
                        "`sandglass pack`",
                        name, little_endian_u16(data));
    }
    info->header_bytes = little_endian_u16(data + 2);
    info->total_bytes = little_endian_u32(data + 4);
    if (info->header_bytes < sizeof(struct tbf_header) || info->header_bytes % TBF_ALIGNMENT != 0 ||
        info->header_bytes > info->total_bytes) {
        return sim_fail(error, SIM_WRONG_USE, "%s is damaged: a header of %u bytes in a TBF of %u",
                        name, info->header_bytes, info->total_bytes);
    }
    if (info->total_bytes > size) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is truncated: %zu bytes, its header says %u: pack it again", name, size,
                        info->total_bytes);
    }
    if (info->total_bytes % TBF_ALIGNMENT != 0) {
        return sim_fail(error, SIM_WRONG_USE, "%s is damaged: its size %u is no multiple of 4",
                        name, info->total_bytes);
    }
    uint32_t sum = 0;
    for (uint32_t offset = 0; offset < info->header_bytes; offset += 4) {
        sum ^= offset == 12 ? 0 : little_endian_u32(data + offset);
    }
    if (sum != little_endian_u32(data + 12)) {
        return sim_fail(error, SIM_WRONG_USE,
                        "%s is damaged: header checksum 0x%08x, should be 0x%08x", name,
                        little_endian_u32(data + 12), sum);
    }
    return true;
}

/* What the TLVs said; MAIN counts only without PROGRAM. */
struct tlv_result {
    bool has_main, has_program;
    uint32_t init_offset, trailer_bytes, ram_bytes;
    uint32_t binary_end; /* with a Program: the footers begin here */
};

static void take_entry(const uint8_t *payload, struct tlv_result *result)
{
    result->init_offset = little_endian_u32(payload);
    result->trailer_bytes = little_endian_u32(payload + 4);
    result->ram_bytes = little_endian_u32(payload + 8);
}

static void take_name(const uint8_t *payload, uint32_t length, struct tbf_info *info)
{
    if (info->name[0] != '\0') {
        return;
    }
    uint32_t count = length < TBF_NAME_BYTES - 1 ? length : TBF_NAME_BYTES - 1;
    for (uint32_t i = 0; i < count; i++) {
        /* It goes to a terminal: no control characters, nor what may be half of one. */
        bool printable = payload[i] >= 0x20 && payload[i] < 0x7F;
        info->name[i] = printable ? (char)payload[i] : '?';
    }
}

static void take_tlv(uint32_t type, const uint8_t *payload, uint32_t length, struct tbf_info *info,
                     struct tlv_result *result)
{
    if (type == TBF_TYPE_MAIN && length >= sizeof(struct tbf_main) && !result->has_main &&
        !result->has_program) {
        result->has_main = true;
        take_entry(payload, result);
    } else if (type == TBF_TYPE_PROGRAM && length >= sizeof(struct tbf_program) &&
               !result->has_program) {
        result->has_program = true;
        take_entry(payload, result);
        result->binary_end = little_endian_u32(payload + 12);
        info->version = little_endian_u32(payload + 16);
    } else if (type == TBF_TYPE_PACKAGE_NAME) {
        take_name(payload, length, info);
    } else if (type == TBF_TYPE_FIXED_ADDRESSES && length >= sizeof(struct tbf_fixed_addresses)) {
        info->fixed_flash = little_endian_u32(payload + 4);
    } else if (type == TBF_TYPE_SHORT_ID && length >= 4 && info->short_id == 0) {
        info->short_id = little_endian_u32(payload);
    } else if (type == TBF_TYPE_STORAGE_PERMISSIONS && length >= 4 && info->write_id == 0) {
        info->write_id = little_endian_u32(payload);
    } else if (type == TBF_TYPE_PERMISSIONS && length >= 2 && !info->limited) {
        info->limited = true;
        info->permissions = little_endian_u16(payload);
    }
}

/* What kinds of credentials there are, as far as the footers fit. */
static void read_footers(const uint8_t *data, uint32_t offset, struct tbf_info *info)
{
    while (offset < info->total_bytes && info->total_bytes - offset >= 8) {
        uint32_t type = little_endian_u16(data + offset);
        uint32_t length = little_endian_u16(data + offset + 2);
        offset += (uint32_t)sizeof(struct tbf_tlv);
        if (length > info->total_bytes - offset) {
            return;
        }
        if (type == TBF_TYPE_CREDENTIALS && length >= 4) {
            uint32_t format = little_endian_u32(data + offset);
            info->hashed |= format == TBF_CREDENTIALS_SHA256;
            info->signed_p256 |= format == TBF_CREDENTIALS_ECDSA_P256;
        }
        offset += (length + 3U) & ~3U;
    }
}

static bool read_tlvs(const char *name, const uint8_t *data, struct tbf_info *info,
                      struct tlv_result *result, struct sim_error *error)
{
    uint32_t offset = sizeof(struct tbf_header);
    while (offset + sizeof(struct tbf_tlv) <= info->header_bytes) {
        uint32_t type = little_endian_u16(data + offset);
        uint32_t length = little_endian_u16(data + offset + 2);
        offset += sizeof(struct tbf_tlv);
        if (length > info->header_bytes - offset) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s is damaged: header element of type %u ends past the header", name,
                            type);
        }
        take_tlv(type, data + offset, length, info, result);
        offset += (length + 3U) & ~3U;
    }
    return true;
}

bool tbf_parse(const char *name, const uint8_t *data, size_t size, struct tbf_info *info,
               struct sim_error *error)
{
    struct tlv_result result = {0};
    *info = (struct tbf_info){.fixed_flash = TBF_ADDRESS_ANY};
    if (!check_base(name, data, size, info, error)) {
        return false;
    }
    if (info->header_bytes == TBF_PADDING_HEADER_SIZE) {
        info->padding = true;
        return true;
    }
    if (!read_tlvs(name, data, info, &result, error)) {
        return false;
    }
    if (!result.has_main && !result.has_program) {
        return sim_fail(error, SIM_WRONG_USE, "%s has no Main or Program header: nothing to run",
                        name);
    }
    uint32_t room = info->total_bytes - info->header_bytes;
    if (result.init_offset >= room || result.trailer_bytes > room) {
        return sim_fail(error, SIM_WRONG_USE, "%s is damaged: its entry point lies outside of it",
                        name);
    }
    info->entry_offset = info->header_bytes + result.init_offset;
    info->app_offset = info->header_bytes + result.trailer_bytes;
    info->minimum_ram_bytes = result.ram_bytes;
    uint32_t flags = little_endian_u32(data + 8);
    info->disabled = (flags & TBF_FLAG_ENABLED) == 0;
    info->sticky = (flags & TBF_FLAG_STICKY) != 0;
    info->binary_end = info->total_bytes;
    if (result.has_program) {
        bool fits = result.binary_end >= info->app_offset && result.binary_end <= info->total_bytes;
        info->binary_end = fits ? result.binary_end : info->total_bytes;
        read_footers(data, result.binary_end, info);
    }
    return true;
}

static uint32_t round_up_power_of_two(uint32_t bytes)
{
    uint32_t power = 512;
    while (power < bytes && power < (1U << 31)) {
        power *= 2;
    }
    return power;
}

/* Moves apps[i] before every smaller one; equal sizes keep their order. */
static void sort_by_size(struct tbf_app *apps, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        struct tbf_app app = apps[i];
        size_t at = i;
        while (at > 0 && apps[at - 1].info.total_bytes < app.info.total_bytes) {
            apps[at] = apps[at - 1];
            at--;
        }
        apps[at] = app;
    }
}

bool tbf_place(struct tbf_app *apps, size_t count, uint32_t area_base, uint32_t area_bytes,
               struct sim_error *error)
{
    uint64_t next = area_base;
    uint64_t end = (uint64_t)area_base + area_bytes;
    sort_by_size(apps, count);
    for (size_t i = 0; i < count; i++) {
        uint64_t alignment = round_up_power_of_two(apps[i].info.total_bytes);
        uint64_t address = (next + alignment - 1) / alignment * alignment;
        uint32_t fixed = apps[i].info.fixed_flash;
        if (fixed != TBF_ADDRESS_ANY) {
            address = (uint64_t)fixed - apps[i].info.app_offset;
        }
        if (address < next || address + apps[i].info.total_bytes > end) {
            return sim_fail(error, SIM_WRONG_USE,
                            "%s does not fit: %u bytes at 0x%llx, the app area is 0x%x to 0x%llx "
                            "and free from 0x%llx",
                            apps[i].path, apps[i].info.total_bytes, (unsigned long long)address,
                            area_base, (unsigned long long)end, (unsigned long long)next);
        }
        apps[i].address = (uint32_t)address;
        next = address + apps[i].info.total_bytes;
    }
    return true;
}

void tbf_write_padding(uint8_t header[16], uint32_t bytes)
{
    uint32_t first = TBF_VERSION | TBF_PADDING_HEADER_SIZE << 16;
    write_u32(header, first);
    write_u32(header + 4, bytes);
    write_u32(header + 8, 0);
    write_u32(header + 12, first ^ bytes);
}
