/* aes_block.h - 16 bytes: a block of AES, and a key of 128 bits. */
#ifndef KERNEL_CAPSULES_AES_BLOCK_H
#define KERNEL_CAPSULES_AES_BLOCK_H

#include <stdint.h>

#define AES_BLOCK_BYTES 16u

struct aes_block {
    uint8_t byte[AES_BLOCK_BYTES];
};

#endif
