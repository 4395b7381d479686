#include "peripherals/nrf52/acl.h"

#define STRIDE     0x10U
#define PERM_WRITE (1U << 1)
#define PERM_READ  (1U << 2)

enum acl_field { FIELD_ADDR, FIELD_SIZE, FIELD_PERM };

static bool find(uint32_t offset, uint32_t *index)
{
    uint32_t region = (offset - ACL_FIRST) / STRIDE;
    uint32_t field = (offset - ACL_FIRST) % STRIDE / 4U;
    *index = region * ACL_FIELDS + field;
    return offset >= ACL_FIRST && region < ACL_REGIONS && field < ACL_FIELDS;
}

bool acl_get(const struct acl_state *acl, uint32_t offset, uint32_t *value)
{
    uint32_t index;
    if (!find(offset, &index)) {
        return false;
    }
    *value = acl->fields[index];
    return true;
}

bool acl_write(struct acl_state *acl, const struct device_env *env, uint32_t offset, uint32_t value)
{
    uint32_t index;
    if (!find(offset, &index)) {
        return false;
    }
    if (acl->fields[index] == 0) {
        acl->fields[index] = value;
    }
    if (env->chip.observing_changed != NULL) {
        env->chip.observing_changed(env->chip.context);
    }
    return true;
}

static bool forbids(const struct acl_state *acl, const struct nvm *nvm, uint32_t perm,
                    uint32_t address, uint32_t size_bytes)
{
    for (uint32_t i = 0; i < ACL_REGIONS; i++) {
        const uint32_t *region = &acl->fields[i * ACL_FIELDS];
        uint64_t start = region[FIELD_ADDR];
        uint64_t end = start + region[FIELD_SIZE];
        bool counts = region[FIELD_SIZE] != 0 && start % nvm->page_bytes == 0;
        if (counts && (region[FIELD_PERM] & perm) != 0 && address < end &&
            start < (uint64_t)address + size_bytes) {
            return true;
        }
    }
    return false;
}

bool acl_forbids_write(const struct acl_state *acl, const struct nvm *nvm, uint32_t address,
                       uint32_t size_bytes)
{
    return forbids(acl, nvm, PERM_WRITE, address, size_bytes);
}

/* Flash only: what a region says of addresses beyond it has no effect. */
bool acl_forbids_read(const struct acl_state *acl, const struct nvm *nvm, uint32_t address,
                      uint32_t size_bytes)
{
    uint64_t end = (uint64_t)nvm->flash_base + nvm->flash_bytes;
    uint64_t last = (uint64_t)address + size_bytes;
    uint64_t from = address > nvm->flash_base ? address : nvm->flash_base;
    uint64_t to = last < end ? last : end;
    return from < to && forbids(acl, nvm, PERM_READ, (uint32_t)from, (uint32_t)(to - from));
}
