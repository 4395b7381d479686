#include "peripherals/nrf52/nvmc_faults.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"

#define WORN_ROUNDS 8U /* a bit is bad when so many random ones are 1: one in 256 */

const struct device_fault nvmc_faults[NVMC_FAULTS + 1] = {
    [NVMC_FAULT_WRITE_DROP] = {"write-drop", "the VALUE-th word write from now is lost, once", 1,
                               INT32_MAX},
    [NVMC_FAULT_WRITE_TORN] =
        {"write-torn", "the VALUE-th word write from now clears some of its bits only, once", 1,
         INT32_MAX},
    [NVMC_FAULT_ERASE_PARTIAL] = {"erase-partial",
                                  "the VALUE-th erase from now leaves some bits as they were, once",
                                  1, INT32_MAX},
    [NVMC_FAULT_WORN_PAGE] = {"worn-page",
                              "page VALUE - 1 is worn: when erased, one bit in 256 stays 0", 1,
                              256},
    [NVMC_FAULT_POWER_CUT] = {"power-cut",
                              "the supply fails for 1 ms in the middle of the VALUE-th write or "
                              "erase from now",
                              1, INT32_MAX},
    [NVMC_FAULTS] = {0}};

int32_t nvmc_fault_max(const struct device_site *site, const struct device_fault *fault)
{
    bool worn = fault == &nvmc_faults[NVMC_FAULT_WORN_PAGE];
    return worn ? (int32_t)(site->flash_bytes / site->flash_page_bytes) : fault->value_max;
}

/* Where an absolute range lives; NULL: not wholly in flash or in UICR. */
static uint8_t *find_bytes(const struct nvm *nvm, uint32_t address, uint32_t size_bytes)
{
    if (address - nvm->flash_base < nvm->flash_bytes &&
        size_bytes <= nvm->flash_bytes - (address - nvm->flash_base)) {
        return nvm->flash + (address - nvm->flash_base);
    }
    if (address - nvm->uicr_base < nvm->uicr_bytes &&
        size_bytes <= nvm->uicr_bytes - (address - nvm->uicr_base)) {
        return nvm->uicr + (address - nvm->uicr_base);
    }
    return NULL;
}

static void tell_changed(const struct nvm *nvm, const struct nvmc_operation *operation)
{
    if (nvm->changed != NULL) {
        nvm->changed(nvm->context, operation->address, operation->size_bytes);
    }
}

void nvmc_operation_begin(struct nvmc_operation *operation, const struct nvm *nvm,
                          enum nvmc_kind kind, uint32_t address, uint32_t size_bytes)
{
    const uint8_t *bytes = find_bytes(nvm, address, size_bytes);
    bool kept = bytes != NULL && size_bytes <= NVMC_OPERATION_BYTES_MAX;
    operation->kind = kind;
    operation->address = address;
    operation->size_bytes = kept ? size_bytes : 0;
    if (kept) {
        memcpy(operation->before, bytes, size_bytes);
    }
}

void nvmc_operation_tear(struct nvmc_operation *operation, const struct nvm *nvm)
{
    uint8_t *bytes = find_bytes(nvm, operation->address, operation->size_bytes);
    if (operation->size_bytes == 0 || bytes == NULL) {
        return;
    }
    for (uint32_t i = 0; i < operation->size_bytes; i++) {
        uint8_t kept = (uint8_t)nrf_random_next(&operation->random);
        bytes[i] = (uint8_t)((bytes[i] & ~kept) | (operation->before[i] & kept));
    }
    tell_changed(nvm, operation);
}

static void undo(const struct nvmc_operation *operation, const struct nvm *nvm)
{
    uint8_t *bytes = find_bytes(nvm, operation->address, operation->size_bytes);
    if (bytes != NULL) {
        memcpy(bytes, operation->before, operation->size_bytes);
        tell_changed(nvm, operation);
    }
}

/* The bits of a worn page that cannot be erased, at a byte of flash: they follow from its address.
 */
static uint8_t worn_bits(uint32_t address)
{
    uint64_t random = address;
    uint8_t bad = 0xFFU;
    for (uint32_t i = 0; i < WORN_ROUNDS; i++) {
        bad &= (uint8_t)nrf_random_next(&random);
    }
    return bad;
}

static void wear(const struct nvmc_operation *operation, const struct nvm *nvm)
{
    uint32_t page = (uint32_t)operation->faults[NVMC_FAULT_WORN_PAGE] - 1U;
    uint32_t first = page * nvm->page_bytes;
    if (operation->faults[NVMC_FAULT_WORN_PAGE] == 0 || first >= nvm->flash_bytes ||
        (operation->kind == NVMC_KIND_ERASE && operation->address != nvm->flash_base + first)) {
        return;
    }
    for (uint32_t i = 0; i < nvm->page_bytes; i++) {
        nvm->flash[first + i] &= (uint8_t)~worn_bits(first + i);
    }
    if (nvm->changed != NULL) {
        nvm->changed(nvm->context, nvm->flash_base + first, nvm->page_bytes);
    }
}

bool nvmc_operation_end(struct nvmc_operation *operation, const struct nvm *nvm)
{
    if (operation->kind == NVMC_KIND_WRITE) {
        if (device_fault_strikes(&operation->faults[NVMC_FAULT_WRITE_DROP])) {
            undo(operation, nvm);
        }
        if (device_fault_strikes(&operation->faults[NVMC_FAULT_WRITE_TORN])) {
            nvmc_operation_tear(operation, nvm);
        }
    } else {
        wear(operation, nvm);
        if (device_fault_strikes(&operation->faults[NVMC_FAULT_ERASE_PARTIAL])) {
            nvmc_operation_tear(operation, nvm);
        }
    }
    return device_fault_strikes(&operation->faults[NVMC_FAULT_POWER_CUT]);
}

bool nvmc_operation_is_sane(const struct nvmc_operation *operation, const struct nvm *nvm)
{
    return device_faults_are_sane(nvmc_faults, operation->faults) &&
           operation->kind <= NVMC_KIND_ERASE_ALL &&
           operation->size_bytes <= NVMC_OPERATION_BYTES_MAX &&
           (operation->size_bytes == 0 ||
            find_bytes(nvm, operation->address, operation->size_bytes) != NULL);
}
