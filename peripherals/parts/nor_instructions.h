/* peripherals/parts/nor_instructions.h - the instructions of a serial flash: what follows their
 * opcode, and what they do. Private to nor_flash.
 */
#ifndef PERIPHERALS_PARTS_NOR_INSTRUCTIONS_H
#define PERIPHERALS_PARTS_NOR_INSTRUCTIONS_H

#include "peripherals/parts/nor_flash.h"

#define NOR_OPCODE_RESET_ENABLE 0x66U
#define NOR_OPCODE_RELEASE      0xABU /* from deep power-down */

/* nor_instruction.flags */
#define NOR_WHILE_BUSY  (1U << 0)
#define NOR_NEEDS_WRITE (1U << 1) /* WREN before it */
#define NOR_NEEDS_QUAD  (1U << 2) /* the quad enable bit */
#define NOR_IN_DPD      (1U << 3) /* also in deep power-down */

struct nor_instruction {
    uint8_t opcode;
    uint8_t address_bytes, address_lines;
    uint8_t dummy_bytes; /* on address_lines; with the mode bits of 1-2-2 and 1-4-4 reads */
    uint8_t data_lines;
    uint8_t flags;
    uint8_t argument;
    /* A byte of the data phase: what it answers, 0..255 or SPI_FLOATS. NULL: nothing, what comes is
     * ignored. nor_state.data_count counts it already. */
    int32_t (*data)(struct nor_flash *flash, uint8_t byte);
    /* The chip select goes up in the data phase; NULL: nothing happens. */
    void (*end)(struct nor_flash *flash, uint8_t argument);
};

extern const struct nor_instruction nor_instructions[];
extern const uint8_t nor_instruction_count;

#endif
