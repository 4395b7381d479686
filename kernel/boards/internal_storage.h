/*
 * internal_storage.h - the two storage drivers over the chip's own flash, for boards that have no
 * other: data_flash of the linker's script is theirs.
 */
#ifndef KERNEL_BOARDS_INTERNAL_STORAGE_H
#define KERNEL_BOARDS_INTERNAL_STORAGE_H

#include "kernel/capsules/isolated_storage.h"
#include "kernel/capsules/nvm_storage.h"

extern struct nvm_storage_driver internal_nvm_storage;
extern struct isolated_storage_driver internal_isolated_storage;

/* Rows of the board's table of drivers. */
#define INTERNAL_STORAGE_DRIVERS                                                                   \
    {&nvm_storage_driver_ops, &internal_nvm_storage},                                              \
    {                                                                                              \
        &isolated_storage_driver_ops, &internal_isolated_storage                                   \
    }

void internal_storage_init(void);

#endif
