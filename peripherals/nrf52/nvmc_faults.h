/* peripherals/nrf52/nvmc_faults.h - what can go wrong with an operation of the flash controller: on
 * demand (device_class.faults), and when a reset or the end of the supply comes in the middle of
 * it.
 *
 * An operation that is cut short leaves each bit that it was to change either changed or not, by
 * the seed. Cells of a worn page: about one bit in 256 stays 0 when the page is erased, always the
 * same ones. Approximate: ERASEALL cannot be cut short; one that is counts as done.
 */
#ifndef PERIPHERALS_NRF52_NVMC_FAULTS_H
#define PERIPHERALS_NRF52_NVMC_FAULTS_H

#include "peripherals/iface/device.h"

#define NVMC_OPERATION_BYTES_MAX 4096U /* a page */
#define NVMC_POWER_OFF_US        1000U /* that a cut in the middle of an operation lasts */

enum nvmc_fault {
    NVMC_FAULT_WRITE_DROP,
    NVMC_FAULT_WRITE_TORN,
    NVMC_FAULT_ERASE_PARTIAL,
    NVMC_FAULT_WORN_PAGE,
    NVMC_FAULT_POWER_CUT,
    NVMC_FAULTS,
};

enum nvmc_kind { NVMC_KIND_NONE, NVMC_KIND_WRITE, NVMC_KIND_ERASE, NVMC_KIND_ERASE_ALL };

/* Part of the controller's state. No reset of the chip clears it. */
struct nvmc_operation {
    int32_t faults[NVMC_FAULTS];
    uint64_t random;
    /* The operation that is under way, or was last. */
    enum nvmc_kind kind;
    uint32_t address, size_bytes; /* what it changes; size 0: more than can be kept */
    uint8_t before[NVMC_OPERATION_BYTES_MAX];
};

extern const struct device_fault nvmc_faults[NVMC_FAULTS + 1];

/* For device_class.fault_max: the flash has so many pages. */
int32_t nvmc_fault_max(const struct device_site *site, const struct device_fault *fault);

/* Before the bytes change: keeps them. The range lies in flash or in UICR. */
void nvmc_operation_begin(struct nvmc_operation *operation, const struct nvm *nvm,
                          enum nvmc_kind kind, uint32_t address, uint32_t size_bytes);

/* After they have changed: spoils them as the faults say. True: the supply is to fail in the middle
 * of this operation. */
bool nvmc_operation_end(struct nvmc_operation *operation, const struct nvm *nvm);

/* It has been cut short. */
void nvmc_operation_tear(struct nvmc_operation *operation, const struct nvm *nvm);

/* A state from a file. */
bool nvmc_operation_is_sane(const struct nvmc_operation *operation, const struct nvm *nvm);

#endif
