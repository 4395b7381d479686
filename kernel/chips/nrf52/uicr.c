#include "kernel/chips/nrf52/uicr.h"

#include "kernel/arch/arch.h"
#include "kernel/chips/nrf52/registers.h"

enum {
    NVMC_READY = 0x400,
    NVMC_CONFIG = 0x504,
    UICR_NFCPINS = 0x20C,
    UICR_REGOUT0 = 0x304,
};
#define NVMC_CONFIG_READ  0u
#define NVMC_CONFIG_WRITE 1u

_Static_assert(UICR_NFCPINS == NRF52_UICR_NFCPINS && UICR_REGOUT0 == NRF52_UICR_REGOUT0,
               "the header's offsets are the vendor's");

static void wait_for_flash(void)
{
    while (*nrf52_register(NRF52_NVMC_BASE, NVMC_READY) == 0) {
    }
}

void nrf52_uicr_require(uint32_t offset, uint32_t value)
{
    volatile uint32_t *word = nrf52_register(NRF52_UICR_BASE, offset);
    uint32_t now = *word;
    if (now == value || (now & value) != value) {
        return;
    }
    *nrf52_register(NRF52_NVMC_BASE, NVMC_CONFIG) = NVMC_CONFIG_WRITE;
    wait_for_flash();
    *word = value;
    wait_for_flash();
    *nrf52_register(NRF52_NVMC_BASE, NVMC_CONFIG) = NVMC_CONFIG_READ;
    arch_reset_system();
}
