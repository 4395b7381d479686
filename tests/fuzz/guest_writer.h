/* tests/fuzz/guest_writer.h - turns a fuzzer's bytes into a guest that gets somewhere: each few
 * bytes become instructions that write a register, load, sleep, switch stacks, program the MPU,
 * change code, use floating point ... Random bytes as such rarely do. */
#ifndef TESTS_FUZZ_GUEST_WRITER_H
#define TESTS_FUZZ_GUEST_WRITER_H

#include "tests/fuzz/fuzz_bytes.h"

#define GUEST_VECTORS    64U
#define GUEST_CODE       0x200U /* offset of the code that reset starts */
#define GUEST_BYTES      0x8000U
#define GUEST_STACK      0x20008000U
#define GUEST_CODE_HALF  ((GUEST_BYTES - GUEST_CODE) / 2U)
#define GUEST_STEP_HALF  48U /* no step is longer */
#define GUEST_RAM_CODE   0x20002000U
#define GUEST_RAM_BRANCH (GUEST_RAM_CODE + 1U)

/* Fills image[0, GUEST_BYTES) with a vector table, handlers and the code that `bytes` ask for. */
void guest_write(struct fuzz_bytes *bytes, uint8_t image[GUEST_BYTES]);

/* Makes random bytes start: a stack in RAM and vectors into the image, where they are not already.
 */
void guest_patch_vectors(uint8_t *image, size_t size);

#endif
