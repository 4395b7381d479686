#include "kernel/boards/internal_storage.h"

#include "kernel/boards/base.h"
#include "kernel/chips/nrf52/nvmc.h"

#define STORAGE_BLOCKS  3u
#define ISOLATED_BLOCKS 5u
#define STORAGE_BYTES   (STORAGE_BLOCKS * HIL_FLASH_SECTOR_BYTES)
#define ISOLATED_BYTES  (ISOLATED_BLOCKS * HIL_FLASH_SECTOR_BYTES)

static struct nrf52_nvmc_window storage_window, isolated_window;
static const struct hil_flash storage_flash = {&nrf52_nvmc_ops, &storage_window, NULL,
                                               STORAGE_BYTES};
static const struct hil_flash isolated_flash = {&nrf52_nvmc_ops, &isolated_window, NULL,
                                                ISOLATED_BYTES};
static struct nvm_pool storage_pool, isolated_pool;
static struct hil_flash_note storage_notes[STORAGE_BLOCKS];
static struct hil_flash_note isolated_notes[ISOLATED_BLOCKS];
struct nvm_storage_driver internal_nvm_storage;
struct isolated_storage_driver internal_isolated_storage;

void internal_storage_init(void)
{
    /* There is that much: kernel.ld. */
    uint32_t start = (uint32_t)(uintptr_t)data_flash_start;
    nrf52_nvmc_window_init(&storage_window, start, STORAGE_BYTES);
    nrf52_nvmc_window_init(&isolated_window, start + STORAGE_BYTES, ISOLATED_BYTES);
    nvm_pool_init(&storage_pool, &storage_flash, (struct hil_flash_notes)LIST_OF(storage_notes));
    nvm_pool_init(&isolated_pool, &isolated_flash, (struct hil_flash_notes)LIST_OF(isolated_notes));
    /* A block each: no app takes what two could have. */
    nvm_storage_init(&internal_nvm_storage, &storage_pool, 1);
    isolated_storage_init(&internal_isolated_storage, &isolated_pool);
}
