#include "sim/loader/kernel_info.h"

#include <fcntl.h>
#include <gelf.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/loader/little_endian.h"

#define INFO_VERSION      1U
#define INFO_HEADER_BYTES 16U
#define INFO_RECORD_BYTES 48U /* that this reader knows */
#define INFO_RECORDS_MAX  4096U

bool kernel_info_parse(const uint8_t *section, size_t size, struct kernel_info *info)
{
    *info = (struct kernel_info){0};
    if (size < INFO_HEADER_BYTES || memcmp(section, "SGLI", 4) != 0 ||
        little_endian_u32(section + 4) != INFO_VERSION) {
        return false;
    }
    uint32_t record_bytes = little_endian_u32(section + 8);
    uint32_t count = little_endian_u32(section + 12);
    if (record_bytes < INFO_RECORD_BYTES || count > INFO_RECORDS_MAX ||
        (uint64_t)record_bytes * count > size - INFO_HEADER_BYTES) {
        return false;
    }
    info->records = calloc(count + 1, sizeof *info->records);
    if (info->records == NULL) {
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        const uint8_t *from = section + INFO_HEADER_BYTES + (size_t)i * record_bytes;
        struct kernel_info_record *record = &info->records[i];
        memcpy(record->name, from, KERNEL_INFO_NAME_BYTES - 1);
        record->value = little_endian_u32(from + KERNEL_INFO_NAME_BYTES);
        record->width = (uint16_t)little_endian_u16(from + KERNEL_INFO_NAME_BYTES + 4);
        record->count = (uint16_t)little_endian_u16(from + KERNEL_INFO_NAME_BYTES + 6);
    }
    info->count = count;
    return true;
}

static bool parse_elf(Elf *elf, struct kernel_info *info)
{
    size_t names = 0;
    Elf_Scn *section = NULL;
    if (elf == NULL || elf_kind(elf) != ELF_K_ELF || elf_getshdrstrndx(elf, &names) != 0) {
        return false;
    }
    while ((section = elf_nextscn(elf, section)) != NULL) {
        GElf_Shdr header;
        const char *name =
            gelf_getshdr(section, &header) == NULL ? NULL : elf_strptr(elf, names, header.sh_name);
        if (name != NULL && strcmp(name, ".sandglass.info") == 0) {
            const Elf_Data *data = elf_rawdata(section, NULL);
            return data != NULL && data->d_buf != NULL &&
                   kernel_info_parse(data->d_buf, data->d_size, info);
        }
    }
    return false;
}

bool kernel_info_read(const char *elf_path, struct kernel_info *info)
{
    *info = (struct kernel_info){0};
    int descriptor = open(elf_path, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) {
        return false;
    }
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(descriptor, ELF_C_READ_MMAP_PRIVATE, NULL);
    bool done = parse_elf(elf, info);
    if (elf != NULL) {
        elf_end(elf);
    }
    close(descriptor);
    return done;
}

void kernel_info_free(struct kernel_info *info)
{
    free(info->records);
    *info = (struct kernel_info){0};
}

const struct kernel_info_record *kernel_info_find(const struct kernel_info *info, const char *name)
{
    for (size_t i = 0; i < info->count; i++) {
        if (strcmp(info->records[i].name, name) == 0) {
            return &info->records[i];
        }
    }
    return NULL;
}
