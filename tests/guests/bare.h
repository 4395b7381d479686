/* tests/guests/bare.h - the least a bare guest needs: start-up, a vector table, registers, a serial
 * port.
 *
 * A guest defines bare_main(), and any handler of the table that it wants; the others spin.
 */
#ifndef TESTS_GUESTS_BARE_H
#define TESTS_GUESTS_BARE_H

#include <stdint.h>

void bare_main(void);

static inline volatile uint32_t *bare_register(uint32_t address)
{
    return (volatile uint32_t *)address;
}

/* Resets the chip through AIRCR; does not return. */
void bare_system_reset(void) __attribute__((noreturn));

/* Sleeps for ever. */
void bare_halt(void) __attribute__((noreturn));

/* Through nRF52's UART0 in its legacy mode, polling. */
void bare_print(const char *text);
void bare_print_hex(uint32_t value);

/* Handlers that a guest may define. */
void bare_nmi(void);
void bare_hardfault(void);
void bare_memmanage(void);
void bare_busfault(void);
void bare_usagefault(void);
void bare_svcall(void);
void bare_pendsv(void);
void bare_systick(void);
void bare_irq(void);

#endif
