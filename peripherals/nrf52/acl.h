/* peripherals/nrf52/acl.h - ACL: regions of flash that cannot be written, or read, until the next
 * reset (nRF52840).
 *
 * Reference: nRF52840 product specification 1.1, "ACL - Access control lists". Shares NVMC's
 * window: nvmc.c is the device. A region counts when ADDR is the start of a page and neither SIZE
 * nor PERM is 0; each register can be written once.
 *
 * A load or a fetch that PERM.READ forbids is a bus fault. Not modelled: vector fetches and the
 * debugger, which see through it.
 */
#ifndef PERIPHERALS_NRF52_ACL_H
#define PERIPHERALS_NRF52_ACL_H

#include "peripherals/nrf52/nrf_common.h"

#define ACL_REGIONS 8U
#define ACL_FIELDS  3U /* ADDR, SIZE, PERM */
#define ACL_FIRST   0x800U

struct acl_state {
    uint32_t fields[ACL_REGIONS * ACL_FIELDS];
};

/* False: no register of ACL. */
bool acl_get(const struct acl_state *acl, uint32_t offset, uint32_t *value);
bool acl_write(struct acl_state *acl, const struct device_env *env, uint32_t offset,
               uint32_t value);

/* Whether a region forbids writes and erases at some byte of [address, address + size). */
bool acl_forbids_write(const struct acl_state *acl, const struct nvm *nvm, uint32_t address,
                       uint32_t size_bytes);
/* The same of loads and fetches. */
bool acl_forbids_read(const struct acl_state *acl, const struct nvm *nvm, uint32_t address,
                      uint32_t size_bytes);

#endif
