#include "tools/pack/pack.h"

#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/abi/tbf.h"
#include "tools/pack/app_elf.h"
#include "tools/pack/credentials.h"

#define DEFAULT_HEAP_BYTES 1024u
#define FILE_MAX_BYTES     (64u * 1024u * 1024u)
#define SMALLEST_GRANULE   32u
/* A footer's length has 16 bits. */
#define FOOTER_MAX_BYTES      0x8000u
#define CREDENTIAL_HEAD_BYTES 8u
#define SMALLEST_POWER_OF_TWO 512u

const struct pack_options pack_default_options = {
    .app_heap_bytes = PACK_FROM_ELF,
    .kernel_heap_bytes = PACK_FROM_ELF,
};

uint32_t pack_flash_granule(uint32_t total_bytes)
{
    uint32_t granule = SMALLEST_GRANULE;
    while (granule < 0x10000000u && 8 * granule < total_bytes) {
        granule *= 2;
    }
    return granule;
}

/* Writes little-endian values one after the other. */
struct writer {
    uint8_t *at;
};

static void put(struct writer *w, uint64_t value, unsigned bytes)
{
    for (unsigned i = 0; i < bytes; i++) {
        *w->at++ = (uint8_t)(value >> (8 * i));
    }
}

static void put_tlv(struct writer *w, enum tbf_type type, size_t length)
{
    put(w, (uint64_t)type, 2);
    put(w, length, 2);
}

static uint32_t round_up(uint32_t value, uint32_t to)
{
    return (value + to - 1) / to * to;
}

static uint32_t permission_bytes(const struct pack_options *options)
{
    return 2u + TBF_PERMISSION_BYTES * (uint32_t)options->permission_count;
}

static bool has_storage(const struct pack_options *options)
{
    const struct pack_storage *storage = &options->storage;
    return storage->write_id != 0 || storage->read.count != 0 || storage->modify.count != 0;
}

static uint32_t storage_bytes(const struct pack_options *options)
{
    size_t ids = options->storage.read.count + options->storage.modify.count;
    return (uint32_t)(TBF_STORAGE_READ_OFFSET + 2u + 2u + ids * sizeof(uint32_t));
}

static uint32_t header_bytes(const struct pack_options *options, size_t name_bytes)
{
    uint32_t tlv = (uint32_t)sizeof(struct tbf_tlv);
    uint32_t bytes = (uint32_t)sizeof(struct tbf_header);
    bytes += tlv + (uint32_t)sizeof(struct tbf_program);
    bytes += tlv + (uint32_t)sizeof(struct tbf_kernel_version);
    bytes += tlv + round_up((uint32_t)name_bytes, TBF_ALIGNMENT);
    if (options->permissions != NULL) {
        bytes += tlv + round_up(permission_bytes(options), TBF_ALIGNMENT);
    }
    if (has_storage(options)) {
        bytes += tlv + round_up(storage_bytes(options), TBF_ALIGNMENT);
    }
    if (options->short_id != 0) {
        bytes += tlv + (uint32_t)sizeof(uint32_t);
    }
    return bytes;
}

static void put_ids(struct writer *w, const struct pack_ids *ids)
{
    put(w, ids->count, 2);
    for (size_t i = 0; i < ids->count; i++) {
        put(w, ids->id[i], 4);
    }
}

/* The header without its checksum, into zeroed memory. */
static void write_header(struct pack_output *output, const struct pack_options *options,
                         const struct app_elf *app, uint32_t binary_end)
{
    struct writer w = {output->bytes};
    put(&w, TBF_VERSION, 2);
    put(&w, output->header_bytes, 2);
    put(&w, output->size, 4);
    put(&w, (options->disabled ? 0 : TBF_FLAG_ENABLED) | (options->sticky ? TBF_FLAG_STICKY : 0),
        4);
    put(&w, 0, 4);

    put_tlv(&w, TBF_TYPE_PROGRAM, sizeof(struct tbf_program));
    put(&w, app->entry_offset, 4);
    put(&w, 0, 4);
    put(&w, output->minimum_ram_bytes, 4);
    put(&w, binary_end, 4);
    put(&w, options->app_version, 4);

    put_tlv(&w, TBF_TYPE_KERNEL_VERSION, sizeof(struct tbf_kernel_version));
    put(&w, TBF_KERNEL_MAJOR, 2);
    put(&w, TBF_KERNEL_MINOR, 2);

    size_t name_bytes = strlen(output->name);
    put_tlv(&w, TBF_TYPE_PACKAGE_NAME, name_bytes);
    memcpy(w.at, output->name, name_bytes);
    w.at += round_up((uint32_t)name_bytes, TBF_ALIGNMENT);

    if (options->permissions != NULL) {
        put_tlv(&w, TBF_TYPE_PERMISSIONS, permission_bytes(options));
        put(&w, options->permission_count, 2);
        for (size_t i = 0; i < options->permission_count; i++) {
            put(&w, options->permissions[i].driver, 4);
            put(&w, options->permissions[i].command_block, 4);
            put(&w, options->permissions[i].mask, 8);
        }
        w.at += round_up(permission_bytes(options), TBF_ALIGNMENT) - permission_bytes(options);
    }
    if (has_storage(options)) {
        put_tlv(&w, TBF_TYPE_STORAGE_PERMISSIONS, storage_bytes(options));
        put(&w, options->storage.write_id, 4);
        put_ids(&w, &options->storage.read);
        put_ids(&w, &options->storage.modify);
    }
    if (options->short_id != 0) {
        put_tlv(&w, TBF_TYPE_SHORT_ID, sizeof(uint32_t));
        put(&w, options->short_id, 4);
    }
}

static void write_checksum(struct pack_output *output)
{
    uint8_t sum[4] = {0};
    for (uint32_t i = 0; i < output->header_bytes; i++) {
        sum[i % 4] ^= output->bytes[i];
    }
    memcpy(output->bytes + offsetof(struct tbf_header, checksum), sum, sizeof(sum));
}

/* Bytes of the footers that are asked for, without the room behind them. */
static uint32_t credential_bytes(const struct pack_options *options)
{
    return (options->sha256 ? CREDENTIAL_HEAD_BYTES + PACK_SHA256_BYTES : 0) +
           (options->sign_key_path != NULL ? CREDENTIAL_HEAD_BYTES + PACK_SIGNATURE_BYTES : 0);
}

static void put_credential(struct writer *w, enum tbf_credentials format, const uint8_t *data,
                           size_t bytes)
{
    put_tlv(w, TBF_TYPE_CREDENTIALS, sizeof(uint32_t) + bytes);
    put(w, (uint64_t)format, 4);
    memcpy(w->at, data, bytes);
    w->at += bytes;
}

/* Hash and signature of all before them; what is left up to the end is room for more, as a footer
 * that says so. */
static bool write_footers(struct pack_output *output, uint32_t from, const char *label,
                          const struct pack_options *options, struct pack_error *error)
{
    struct writer w = {output->bytes + from};
    uint8_t data[PACK_SIGNATURE_BYTES];
    if (options->sha256) {
        if (!pack_sha256(output->bytes, from, data)) {
            return pack_fail(error, label, "cannot be hashed: libcrypto has no SHA-256");
        }
        put_credential(&w, TBF_CREDENTIALS_SHA256, data, PACK_SHA256_BYTES);
    }
    if (options->sign_key_path != NULL) {
        if (!pack_sign(output->bytes, from, options->sign_key_path, data, error)) {
            return false;
        }
        put_credential(&w, TBF_CREDENTIALS_ECDSA_P256, data, PACK_SIGNATURE_BYTES);
    }
    uint32_t left = (uint32_t)(output->bytes + output->size - w.at);
    while (left > 0) {
        /* Whatever is left after a full one is big enough for another. */
        uint32_t bytes = left > FOOTER_MAX_BYTES ? FOOTER_MAX_BYTES - CREDENTIAL_HEAD_BYTES : left;
        put_tlv(&w, TBF_TYPE_CREDENTIALS, bytes - sizeof(struct tbf_tlv));
        put(&w, TBF_CREDENTIALS_RESERVED, 4);
        w.at += bytes - CREDENTIAL_HEAD_BYTES;
        left -= bytes;
    }
    return true;
}

static bool set_name(struct pack_output *output, const char *label,
                     const struct pack_options *options, struct pack_error *error)
{
    const char *name = options->name;
    size_t bytes;
    if (name != NULL) {
        bytes = strlen(name);
    } else {
        const char *slash = strrchr(label, '/');
        name = slash != NULL ? slash + 1 : label;
        const char *dot = strrchr(name, '.');
        bytes = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    }
    if (bytes == 0 || bytes > PACK_NAME_MAX) {
        return pack_fail(error, label, "a package's name has 1 to %d bytes, not %zu; give another",
                         PACK_NAME_MAX, bytes);
    }
    memcpy(output->name, name, bytes);
    output->name[bytes] = '\0';
    return true;
}

static uint32_t choose_heap(uint32_t option, uint32_t by_symbol)
{
    if (option != PACK_FROM_ELF) {
        return option;
    }
    return by_symbol != PACK_FROM_ELF ? by_symbol : DEFAULT_HEAP_BYTES;
}

static uint32_t total_bytes(uint32_t bytes, const struct pack_options *options)
{
    if (!options->power_of_two) {
        return round_up(bytes, pack_flash_granule(bytes));
    }
    uint32_t total = SMALLEST_POWER_OF_TWO;
    while (total < bytes) {
        total *= 2;
    }
    return total;
}

static bool build(struct pack_output *output, const struct app_elf *app, const char *label,
                  const struct pack_options *options, struct pack_error *error)
{
    uint32_t app_heap = choose_heap(options->app_heap_bytes, app->app_heap_bytes);
    uint32_t kernel_heap = choose_heap(options->kernel_heap_bytes, app->kernel_heap_bytes);
    uint64_t ram = (uint64_t)app->ram_bytes + app_heap + kernel_heap;
    if (ram > INT32_MAX || (options->ram_limit_bytes != 0 && ram > options->ram_limit_bytes)) {
        return pack_fail(error, label,
                         "needs %llu bytes of RAM (%u of them stack, %u heap, %u for the kernel), "
                         "the board has %u; make it smaller or choose another board",
                         (unsigned long long)ram, app->stack_bytes, app_heap, kernel_heap,
                         options->ram_limit_bytes);
    }
    output->minimum_ram_bytes = (uint32_t)ram;
    output->stack_bytes = app->stack_bytes;
    output->header_bytes = header_bytes(options, strlen(output->name));

    uint32_t binary_end = round_up(output->header_bytes + app->image_bytes, TBF_ALIGNMENT);
    uint32_t credentials = credential_bytes(options);
    uint32_t footers = round_up(options->minimum_footer_bytes, TBF_ALIGNMENT);
    if (footers < credentials) {
        footers = credentials;
    }
    uint32_t total = total_bytes(binary_end + footers, options);
    if (total - binary_end - credentials == 4) {
        binary_end += 4; /* what would be left is too small for a footer */
    }
    if (options->flash_limit_bytes != 0 && total > options->flash_limit_bytes) {
        return pack_fail(error, label, "needs %u bytes of flash, the board has %u for apps", total,
                         options->flash_limit_bytes);
    }
    output->size = total;
    output->bytes = calloc(1, total);
    if (output->bytes == NULL) {
        return pack_fail(error, label, "out of memory");
    }
    write_header(output, options, app, binary_end);
    write_checksum(output);
    memcpy(output->bytes + output->header_bytes, app->image, app->image_bytes);
    if (!write_footers(output, binary_end, label, options, error)) {
        pack_output_free(output);
        return false;
    }
    return true;
}

bool pack_image(const void *elf, size_t elf_bytes, const char *label,
                const struct pack_options *options, struct pack_output *output,
                struct pack_error *error)
{
    *output = (struct pack_output){0};
    if (options->permissions != NULL && options->permission_count > PACK_PERMISSIONS_MAX) {
        return pack_fail(error, label, "at most %d permissions", PACK_PERMISSIONS_MAX);
    }
    if (options->minimum_footer_bytes > PACK_FOOTER_MAX_BYTES) {
        return pack_fail(error, label, "footers of %u bytes are too many, %d are possible",
                         options->minimum_footer_bytes, PACK_FOOTER_MAX_BYTES);
    }
    if (!set_name(output, label, options, error)) {
        return false;
    }
    struct app_elf app;
    if (!app_elf_read(&app, elf, elf_bytes, label, error)) {
        return false;
    }
    bool done = build(output, &app, label, options, error);
    app_elf_free(&app);
    return done;
}

/* The whole file in *bytes, owned by the caller. */
static bool read_file(const char *path, void **bytes, size_t *size, struct pack_error *error)
{
    FILE *file = fopen(path, "rb");
    if (file == NULL) {
        return pack_fail(error, path, "%s", strerror(errno));
    }
    bool done = false;
    long end = 0;
    *bytes = NULL;
    if (fseek(file, 0, SEEK_END) != 0 || (end = ftell(file)) < 0 || fseek(file, 0, SEEK_SET) != 0) {
        pack_fail(error, path, "cannot be read: %s", strerror(errno));
    } else if ((unsigned long)end > FILE_MAX_BYTES) {
        pack_fail(error, path, "is too large to be an app");
    } else if ((*bytes = malloc((size_t)end + 1)) == NULL) {
        pack_fail(error, path, "out of memory");
    } else if (fread(*bytes, 1, (size_t)end, file) != (size_t)end) {
        pack_fail(error, path, "cannot be read: %s", strerror(errno));
        free(*bytes);
    } else {
        *size = (size_t)end;
        done = true;
    }
    fclose(file);
    return done;
}

bool pack_file(const char *path, const struct pack_options *options, struct pack_output *output,
               struct pack_error *error)
{
    *output = (struct pack_output){0};
    void *bytes = NULL;
    size_t size = 0;
    if (!read_file(path, &bytes, &size, error)) {
        return false;
    }
    bool done = pack_image(bytes, size, path, options, output, error);
    free(bytes);
    return done;
}

void pack_output_free(struct pack_output *output)
{
    free(output->bytes);
    output->bytes = NULL;
    output->size = 0;
}

static uint32_t get(const uint8_t *bytes, unsigned count)
{
    uint32_t value = 0;
    for (unsigned i = 0; i < count; i++) {
        value |= (uint32_t)bytes[i] << (8 * i);
    }
    return value;
}

/* The entry point tells: firmware's is in the chip's flash, far below. */
bool pack_is_app(const void *elf, size_t elf_bytes)
{
    const uint8_t *bytes = elf;
    if (elf_bytes < sizeof(Elf32_Ehdr) || memcmp(bytes, ELFMAG, SELFMAG) != 0 ||
        bytes[EI_CLASS] != ELFCLASS32 || bytes[EI_DATA] != ELFDATA2LSB ||
        get(bytes + offsetof(Elf32_Ehdr, e_machine), 2) != EM_ARM) {
        return false;
    }
    return get(bytes + offsetof(Elf32_Ehdr, e_entry), 4) >= TBF_LINK_FLASH;
}
