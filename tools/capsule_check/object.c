#include "tools/capsule_check/object.h"

#include <elf.h>
#include <stdio.h>
#include <string.h>

#include "kernel/capsule/manifest.h"
#include "tools/capsule_check/object_code.h"
#include "tools/capsule_check/object_file.h"

enum {
    SECTION_MAX_BYTES = 32 * 1024, /* code of one function, or one constant */
    GRANT_BYTES = 8,               /* struct grant */
    THUMB_CALL_ADDEND = -4,        /* of a branch to where its symbol is */
};

struct check {
    struct object_file object;
    struct capsule_manifest manifest; /* zeros until it is read */
    const struct object_names *names;
    const char *source;
    struct findings *findings;
};

/* A kind of section that a capsule's object may have. */
struct kind {
    const char *name; /* or what it begins with, when it ends in '*' */
    uint32_t type;
    uint32_t flags;
    uint32_t size; /* exactly; 0: any */
    bool empty;
};

static const struct kind kinds[] = {
    {".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, true},
    {".text.*", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, 0, false},
    {".rodata*", SHT_PROGBITS, SHF_ALLOC, 0, false},
    {".rodata*", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE, 0, false},
    {".rodata*", SHT_PROGBITS, SHF_ALLOC | SHF_MERGE | SHF_STRINGS, 0, false},
    {".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, 0, true},
    {".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, 0, true},
    {"grants", SHT_PROGBITS, SHF_ALLOC, GRANT_BYTES, false},
    {"capsules", SHT_PROGBITS, SHF_ALLOC, 0, false},
    {".capsule.manifest", SHT_PROGBITS, SHF_ALLOC, sizeof(struct capsule_manifest), false},
    {".rel.*", SHT_REL, SHF_INFO_LINK, 0, false},
    {".debug_*", SHT_PROGBITS, 0, 0, false},
    {".debug_*", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, 0, false},
    {".comment", SHT_PROGBITS, SHF_MERGE | SHF_STRINGS, 0, false},
    {".ARM.attributes", SHT_ARM_ATTRIBUTES, 0, 0, false},
    {".symtab", SHT_SYMTAB, 0, 0, false},
    {".strtab", SHT_STRTAB, 0, 0, false},
    {".shstrtab", SHT_STRTAB, 0, 0, false},
};

/* What the compiler itself may call, whatever the source says: core/memory.c, libgcc. */
static const char *const runtime_names[] = {
    "memcpy",          "memmove",          "memset",           "__aeabi_idivmod",
    "__aeabi_ldivmod", "__aeabi_lmul",     "__aeabi_llsl",     "__aeabi_llsr",
    "__aeabi_lasr",    "__aeabi_uidivmod", "__aeabi_uldivmod",
};

static bool name_fits(const char *pattern, const char *name)
{
    size_t length = strlen(pattern);
    if (length > 0 && pattern[length - 1] == '*') {
        return strncmp(pattern, name, length - 1) == 0;
    }
    return strcmp(pattern, name) == 0;
}

static void check_section(const struct check *check, size_t index)
{
    const struct object_section *section = &check->object.sections[index];
    const GElf_Shdr *header = &section->header;
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        const struct kind *kind = &kinds[i];
        if (!name_fits(kind->name, section->name) || kind->type != header->sh_type ||
            kind->flags != header->sh_flags) {
            continue;
        }
        if ((kind->empty && header->sh_size != 0) ||
            (kind->size != 0 && header->sh_size != kind->size) ||
            ((header->sh_flags & SHF_ALLOC) != 0 && header->sh_size > SECTION_MAX_BYTES)) {
            findings_add(check->findings, "object-section", check->source, 0,
                         "section %s of %llu bytes", section->name,
                         (unsigned long long)header->sh_size);
        } else if ((header->sh_flags & SHF_EXECINSTR) != 0) {
            object_check_code(&check->object, index, check->source, check->findings);
        }
        return;
    }
    findings_add(check->findings, "object-section", check->source, 0,
                 "section %s (type %u, flags 0x%x)", section->name, (unsigned)header->sh_type,
                 (unsigned)header->sh_flags);
}

static void check_sections(const struct check *check)
{
    size_t manifests = 0;
    size_t grants = 0;
    for (size_t i = 1; i < check->object.section_count; i++) {
        check_section(check, i);
        manifests += strcmp(check->object.sections[i].name, ".capsule.manifest") == 0;
        grants += strcmp(check->object.sections[i].name, "grants") == 0;
    }
    if (manifests != 1 || grants > 1) {
        findings_add(check->findings, "object-section", check->source, 0,
                     "%zu manifests and %zu grants", manifests, grants);
    }
}

static const struct object_name *find_name(const struct check *check, const char *name)
{
    for (size_t i = 0; i < check->names->count; i++) {
        if (strcmp(check->names->items[i].name, name) == 0) {
            return &check->names->items[i];
        }
    }
    return NULL;
}

static bool is_runtime(const char *name)
{
    for (size_t i = 0; i < sizeof runtime_names / sizeof runtime_names[0]; i++) {
        if (strcmp(runtime_names[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_needed(const struct check *check, unsigned need)
{
    for (size_t i = 0; i < sizeof check->manifest.needs; i++) {
        if (check->manifest.needs[i] == CAPSULE_NEEDS_END) {
            return false;
        }
        if (check->manifest.needs[i] == need) {
            return true;
        }
    }
    return false;
}

static bool may_use(const struct check *check, const char *name)
{
    const struct object_name *known = find_name(check, name);
    return is_runtime(name) ||
           (known != NULL && (known->from == OBJECT_FROM_EVERYBODY ||
                              (known->from == OBJECT_FROM_NEED && is_needed(check, known->need))));
}

/* Its own header declares it, and it has the capsule's name in front. */
static bool may_define(const struct check *check, const char *name)
{
    const struct object_name *known = find_name(check, name);
    size_t length = strlen(check->names->capsule);
    return known != NULL && known->from == OBJECT_FROM_OWN &&
           strncmp(name, check->names->capsule, length) == 0 && name[length] == '_';
}

static const char *trouble_with(const struct check *check, const struct object_symbol *symbol)
{
    if (symbol->binding == STB_LOCAL) {
        return symbol->section == SHN_ABS && symbol->type != STT_FILE ? "an absolute symbol"
               : symbol->section == SHN_COMMON                        ? "a common symbol"
                                                                      : NULL;
    }
    if (symbol->binding != STB_GLOBAL) {
        return "a weak symbol";
    }
    switch (symbol->section) {
    case SHN_UNDEF:
        return may_use(check, symbol->name) ? NULL : "uses what its manifest line does not name";
    case SHN_ABS:
        return "an absolute symbol";
    case SHN_COMMON:
        return "a common symbol";
    default:
        break;
    }
    if (symbol->section >= SHN_LORESERVE) {
        return "a symbol of an unknown kind";
    }
    if (symbol->type != STT_FUNC && symbol->type != STT_OBJECT) {
        return "a global symbol that is neither function nor object";
    }
    return may_define(check, symbol->name)
               ? NULL
               : "a global name that is not NAME_..., declared in its own header";
}

static void check_symbols(const struct check *check)
{
    for (size_t i = 1; i < check->object.symbol_count; i++) {
        const struct object_symbol *symbol = &check->object.symbols[i];
        const char *trouble = trouble_with(check, symbol);
        if (trouble != NULL) {
            findings_add(check->findings, "object-symbol", check->source, 0, "%s: %s",
                         symbol->name[0] != '\0' ? symbol->name : "(no name)", trouble);
        }
    }
}

/* What a Thumb branch with its immediate, still to be filled in, adds to the symbol. */
static int32_t branch_addend(uint32_t word)
{
    uint32_t high = word & 0xFFFFu;
    uint32_t low = word >> 16;
    uint32_t sign = (high >> 10) & 1u;
    uint32_t i1 = ~(((low >> 13) & 1u) ^ sign) & 1u;
    uint32_t i2 = ~(((low >> 11) & 1u) ^ sign) & 1u;
    uint32_t value = (i1 << 23) | (i2 << 22) | ((high & 0x3FFu) << 12) | ((low & 0x7FFu) << 1);
    return sign != 0 ? (int32_t)(value | 0xFF000000u) : (int32_t)value;
}

static bool is_branch_sound(const struct object_symbol *symbol, uint32_t word)
{
    bool is_function = symbol->type == STT_FUNC || symbol->section == SHN_UNDEF;
    return is_function && branch_addend(word) == THUMB_CALL_ADDEND;
}

/* The place named is in the object's own section, or exactly at a symbol of somebody else. */
static bool is_address_sound(const struct check *check, const struct object_symbol *symbol,
                             uint32_t addend)
{
    if (symbol->section == SHN_UNDEF) {
        return symbol->name[0] != '\0' && addend == 0;
    }
    if (symbol->section >= check->object.section_count) {
        return false;
    }
    const GElf_Shdr *target = &check->object.sections[symbol->section].header;
    uint32_t place = (symbol->type == STT_FUNC ? symbol->value & ~1u : symbol->value) + addend;
    bool is_code = (target->sh_flags & SHF_EXECINSTR) != 0;
    /* Into code only at a function's beginning. */
    return (target->sh_flags & SHF_ALLOC) != 0 && place <= target->sh_size &&
           (!is_code || (addend == 0 && symbol->type == STT_FUNC));
}

static bool is_sound(const struct check *check, const struct object_section *from,
                     const struct object_relocation *relocation)
{
    const struct object_symbol *symbol = &check->object.symbols[relocation->symbol];
    bool in_code = (from->header.sh_flags & SHF_EXECINSTR) != 0;
    uint32_t word = object_word(from, relocation->offset);
    switch (relocation->type) {
    case R_ARM_ABS32:
        return is_address_sound(check, symbol, word);
    case R_ARM_THM_PC22: /* R_ARM_THM_CALL */
    case R_ARM_THM_JUMP24:
        return in_code && is_branch_sound(symbol, word);
    default:
        return false;
    }
}

static bool begins_with(const char *name, const char *start)
{
    return strncmp(name, start, strlen(start)) == 0;
}

static void check_relocations(const struct check *check, const struct object_section *section)
{
    const struct object_file *object = &check->object;
    if (section->header.sh_info >= object->section_count) {
        findings_add(check->findings, "object-relocation", check->source, 0,
                     "%s is for a section that is not there", section->name);
        return;
    }
    const struct object_section *from = &object->sections[section->header.sh_info];
    bool may_have = begins_with(from->name, ".text.") || begins_with(from->name, ".rodata");
    if (begins_with(from->name, ".debug_") && (from->header.sh_flags & SHF_ALLOC) == 0) {
        return; /* never loaded */
    }
    for (size_t i = 0; i < object_relocation_count(section); i++) {
        struct object_relocation relocation;
        bool is_there = object_relocation_get(object, section, i, &relocation);
        if (!is_there || !may_have || !is_sound(check, from, &relocation)) {
            findings_add(check->findings, "object-relocation", check->source, 0,
                         "%s+0x%x: relocation of type %u to %s", from->name,
                         is_there ? (unsigned)relocation.offset : 0,
                         is_there ? (unsigned)relocation.type : 0,
                         is_there ? object->symbols[relocation.symbol].name : "nothing");
        }
    }
}

/* By what the kernel knows the capsule, if it has it: a struct capsule and nothing else. */
static void check_owner(const struct check *check)
{
    const struct object_section *section = object_find_section(&check->object, "capsules");
    size_t bytes = strlen(check->names->capsule) + 1;
    if (section != NULL && (section->header.sh_size != 1 + bytes || section->bytes[0] != bytes ||
                            memcmp(section->bytes + 1, check->names->capsule, bytes) != 0)) {
        findings_add(check->findings, "object-section", check->source, 0,
                     "this_capsule with a name that is not %s", check->names->capsule);
    }
}

/* The name in the manifest is the file's; the needs are known ones. */
static void read_manifest(struct check *check)
{
    const struct object_section *section = object_find_section(&check->object, ".capsule.manifest");
    if (section == NULL || section->header.sh_size != sizeof check->manifest) {
        return; /* refused as a section */
    }
    struct capsule_manifest *manifest = &check->manifest;
    memcpy(manifest, section->bytes, sizeof *manifest);
    bool is_sound = memchr(manifest->name, '\0', sizeof manifest->name) != NULL &&
                    strcmp(manifest->name, check->names->capsule) == 0 &&
                    memchr(manifest->needs, CAPSULE_NEEDS_END, sizeof manifest->needs) != NULL;
    for (size_t i = 0; is_sound && manifest->needs[i] != CAPSULE_NEEDS_END; i++) {
        is_sound = manifest->needs[i] < CAPSULE_NEED_COUNT;
    }
    if (!is_sound) {
        *manifest = (struct capsule_manifest){.name = ""};
        findings_add(check->findings, "object-section", check->source, 0,
                     "a manifest that is not %s's, or has needs that do not exist",
                     check->names->capsule);
    }
}

void object_check(const char *path, const struct object_names *names, struct findings *findings)
{
    struct check check = {.names = names, .source = names->source, .findings = findings};
    const char *why = "";
    if (!object_open(&check.object, path, OBJECT_RELOCATABLE, &why)) {
        findings_add(findings, "object-file", names->source, 0, "%s", why);
        object_close(&check.object);
        return;
    }
    read_manifest(&check);
    check_owner(&check);
    check_sections(&check);
    check_symbols(&check);
    for (size_t i = 0; i < check.object.section_count; i++) {
        if (check.object.sections[i].header.sh_type == SHT_REL) {
            check_relocations(&check, &check.object.sections[i]);
        }
    }
    object_close(&check.object);
}
