/*
 * Tries by every call to learn what hotp keeps. It knows the key that the test gives to hotp, and
 * looks for a part of it in all that it can get hold of; a real thief would take what he finds.
 *
 * Left out: the app loader (0x10001), by which one may remove other apps, and calls that end the
 * caller. The last attempt of a life, to read hotp's memory by an address, is such a one: it comes
 * with the last round.
 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "apps/lib/alarm.h"
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

/* The key's second to ninth byte, each with its bits turned over: these bytes themselves are not to
 * be what is found. */
static const uint8_t turned_over[8] = {(uint8_t) ~'2', (uint8_t) ~'3', (uint8_t) ~'4',
                                       (uint8_t) ~'5', (uint8_t) ~'6', (uint8_t) ~'7',
                                       (uint8_t) ~'8', (uint8_t) ~'9'};

#define BUFFER_BYTES 512u
#define BUFFERS      4u
#define COMMANDS     24u
#define ROUNDS       2u
#define ROUND_MS     1000u

static uint8_t buffers[BUFFERS][BUFFER_BYTES];
static uint32_t tries, found;

static bool has_key(const volatile uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i + sizeof(turned_over) <= count; i++) {
        size_t same = 0;
        while (same < sizeof(turned_over) && bytes[i + same] + turned_over[same] == 0xFF) {
            same++;
        }
        if (same == sizeof(turned_over)) {
            return true;
        }
    }
    return false;
}

/* Looks at everything that the calls could have filled, and clears it. */
static void look(const char *where, uint32_t driver, uint32_t command)
{
    tries++;
    if (has_key(&buffers[0][0], sizeof(buffers))) {
        found++;
        printf("thief: found by %s of driver 0x%lx, %lu\n", where, (unsigned long)driver,
               (unsigned long)command);
    }
    memset(buffers, 0, sizeof(buffers));
}

static void lend_all(uint32_t driver)
{
    for (uint32_t number = 0; number < BUFFERS; number++) {
        (void)syscall_allow_read_write(driver, number, buffers[number], BUFFER_BYTES);
        (void)syscall_allow_user_readable(driver, number, buffers[number], BUFFER_BYTES);
    }
}

/* The same bytes for reading and for writing, and some of them twice. */
static void lend_overlapping(uint32_t driver)
{
    for (uint32_t number = 0; number < BUFFERS; number++) {
        (void)syscall_allow_read_only(driver, number, buffers[0], BUFFER_BYTES);
        (void)syscall_allow_read_write(driver, number, buffers[0] + 32u * number,
                                       BUFFER_BYTES + 64u);
    }
}

static void take_back(uint32_t driver)
{
    for (uint32_t number = 0; number < BUFFERS; number++) {
        (void)syscall_allow_read_write(driver, number, NULL, 0);
        (void)syscall_allow_read_only(driver, number, NULL, 0);
    }
}

static void wait_ms(uint32_t ms)
{
    (void)alarm_sleep_ms(ms);
}

static void try_driver(uint32_t driver)
{
    static const uint32_t arguments[][2] = {{0, 0}, {0, 256}, {1, 64}, {4, 0}};
    for (uint32_t command = 0; command < COMMANDS; command++) {
        for (size_t i = 0; i < sizeof(arguments) / sizeof(arguments[0]); i++) {
            if (i % 2u == 0) {
                lend_all(driver);
            } else {
                lend_overlapping(driver);
            }
            (void)syscall_command_raw(driver, command, arguments[i][0], arguments[i][1]);
            while (syscall_yield_no_wait() != 0) {
            }
            look("a command", driver, command);
        }
    }
    wait_ms(2);
    look("waiting", driver, 0);
    take_back(driver);
}

/* Regions of others: behind the end of one's own, before its start, far away. */
static void try_storage(uint32_t driver, uint32_t upcall)
{
    for (uint32_t low = 0; low < 0x9000u; low += BUFFER_BYTES / 2u) {
        for (uint32_t i = 0; i < 4; i++) {
            /* Isolated storage takes the high word, the shared one how many bytes. */
            const uint32_t others[] = {0, 1, 0xFFFFFFFFu, BUFFER_BYTES};
            uint32_t from = i % 2u == 0 ? low : 0u - low;
            (void)syscall_allow_read_write(driver, 0, buffers[0], BUFFER_BYTES);
            if (syscall_command(driver, 2, from, others[i]) == K_OK) {
                (void)syscall_yield_wait_for(driver, upcall);
            }
            look("an offset", driver, from);
        }
    }
    take_back(driver);
}

/* What the last user of HMAC has left: codes without a key, and a key of no bytes. */
static void try_hmac(void)
{
    for (uint32_t command = ABI_HMAC_SET_ALGORITHM; command <= ABI_HMAC_VERIFY_FINISH; command++) {
        (void)syscall_allow_read_write(ABI_DRIVER_HMAC, ABI_HMAC_RW_CODE, buffers[0], 64);
        (void)syscall_command(ABI_DRIVER_HMAC, ABI_HMAC_SET_ALGORITHM, ABI_DIGEST_SHA256, 0);
        if (syscall_command(ABI_DRIVER_HMAC, command, 0, 0) == K_OK &&
            command != ABI_HMAC_SET_ALGORITHM) {
            printf("thief: HMAC without a key, %lu\n", (unsigned long)command);
            found++;
        }
        look("a code", ABI_DRIVER_HMAC, command);
    }
    take_back(ABI_DRIVER_HMAC);
}

/* All that the process may have of RAM, as it was given: whose was it before? */
static void try_own_memory(void)
{
    uint32_t start = syscall_memop(ABI_MEMOP_MEMORY_START);
    uint32_t first_end = syscall_memop(ABI_MEMOP_SBRK);
    while (syscall_memop_raw(ABI_MEMOP_SBRK, 32).variant == ABI_SUCCESS_U32) {
    }
    uint32_t end = syscall_memop(ABI_MEMOP_SBRK);
    tries++;
    if (has_key((const volatile uint8_t *)(uintptr_t)start, end - start)) {
        found++;
        printf("thief: found in memory that it was given\n");
    }
    /* The drivers need some of it. */
    (void)syscall_memop_raw(ABI_MEMOP_BRK, first_end);
}

/* A name and a buffer for hotp. */
static void try_ipc(void)
{
    static const char name[] = "hotp";
    (void)syscall_allow_read_only(ABI_DRIVER_IPC, 0, name, sizeof(name) - 1u);
    int status = syscall_command(ABI_DRIVER_IPC, 1, 0, 0);
    for (uint32_t peer = 0; peer < BUFFERS; peer++) {
        (void)syscall_allow_read_write(ABI_DRIVER_IPC, peer, buffers[peer], BUFFER_BYTES);
        (void)syscall_command(ABI_DRIVER_IPC, 2, peer, 0);
        (void)syscall_command(ABI_DRIVER_IPC, 3, peer, 0);
    }
    wait_ms(2);
    look("sharing", ABI_DRIVER_IPC, (uint32_t)status);
    take_back(ABI_DRIVER_IPC);
}

/* What is typed for others. */
static void try_console(void)
{
    (void)syscall_allow_read_write(ABI_DRIVER_CONSOLE, ABI_CONSOLE_RW_READ, buffers[0], 64);
    (void)syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ, 64, 0);
    wait_ms(20);
    (void)syscall_command(ABI_DRIVER_CONSOLE, ABI_CONSOLE_ABORT_READ, 0, 0);
    while (syscall_yield_no_wait() != 0) {
    }
    look("listening", ABI_DRIVER_CONSOLE, ABI_CONSOLE_READ);
    take_back(ABI_DRIVER_CONSOLE);
}

/* All but those that print, and the app loader. */
static const uint32_t drivers[] = {
    ABI_DRIVER_ALARM,        ABI_DRIVER_LED,
    ABI_DRIVER_BUTTON,       ABI_DRIVER_GPIO,
    ABI_DRIVER_ADC,          ABI_DRIVER_ANALOG_COMPARATOR,
    ABI_DRIVER_PWM,          ABI_DRIVER_IPC,
    ABI_DRIVER_PROCESS_INFO, ABI_DRIVER_SPI_CONTROLLER,
    ABI_DRIVER_I2C_MASTER,   ABI_DRIVER_IEEE802154,
    ABI_DRIVER_RNG,          ABI_DRIVER_CRC,
    ABI_DRIVER_HMAC,         ABI_DRIVER_CTAP_HID,
    ABI_DRIVER_SHA,          ABI_DRIVER_AES,
    ABI_DRIVER_NVM_STORAGE,  ABI_DRIVER_ISOLATED_STORAGE,
    ABI_DRIVER_TEMPERATURE,  ABI_DRIVER_SCREEN,
    ABI_DRIVER_TOUCH,        ABI_DRIVER_READ_ONLY_STATE,
};

static void try_all(void)
{
    try_storage(ABI_DRIVER_ISOLATED_STORAGE, ABI_ISOLATED_STORAGE_UPCALL_READ);
    try_storage(ABI_DRIVER_NVM_STORAGE, ABI_NVM_STORAGE_UPCALL_READ);
    for (size_t i = 0; i < sizeof(drivers) / sizeof(drivers[0]); i++) {
        try_driver(drivers[i]);
    }
    try_hmac();
    try_ipc();
    try_console();
}

int main(void)
{
    try_own_memory();
    for (size_t i = 0; i < sizeof(turned_over); i++) {
        buffers[1][100 + i] = turned_over[i] ^ 0xFFu;
    }
    printf("thief: %s what to look for\n", has_key(buffers[1], BUFFER_BYTES) ? "knows" : "forgot");
    memset(buffers, 0, sizeof(buffers));
    for (uint32_t round = 0; round < ROUNDS; round++) {
        wait_ms(ROUND_MS);
        try_all();
        printf("thief: round %lu, found %lu in %lu tries\n", (unsigned long)round,
               (unsigned long)found, (unsigned long)tries);
    }
    const volatile uint8_t *before =
        (const volatile uint8_t *)(uintptr_t)(syscall_memop(ABI_MEMOP_MEMORY_START) - 1024u);
    printf("thief: found %s\n", has_key(before, 1024) ? "it in the memory of another" : "nothing");
    return 0;
}
