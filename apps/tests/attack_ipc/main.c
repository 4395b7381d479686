/*
 * IPC under attack; the role is the number at the end of the package's name (package_number.h).
 *   0 to 9    what a hostile client does to the service `ipc_service` and to its other client
 *   10        the service: writes to whatever is shared with it, and answers
 *   11        an honest client: its buffer must come back as asked, whatever the others do
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apps/lib/alarm.h"
#include "apps/lib/ipc.h"
#include "apps/tests/check.h"
#include "apps/tests/package_number.h"

#define SERVICE "ipc10"

static uint8_t buffer[256] __attribute__((aligned(256)));
static size_t service;

static void serve(uint32_t client, uint32_t bytes, uint32_t address, void *userdata)
{
    (void)userdata;
    volatile uint8_t *shared = (volatile uint8_t *)(uintptr_t)address;
    for (uint32_t i = 0; i < bytes; i++) {
        shared[i] ^= 0xFF;
    }
    (void)ipc_notify_client(client);
}

static void run_service(void)
{
    (void)ipc_register_service_callback(SERVICE, serve, NULL);
    printf("service: there\n");
    for (;;) {
        syscall_yield();
    }
}

static void answered(uint32_t index, uint32_t bytes, uint32_t address, void *userdata)
{
    (void)index;
    (void)bytes;
    (void)address;
    *(volatile bool *)userdata = true;
}

/* Asks again when the service does not answer: somebody may have driven it to a fault. */
static void run_honest_client(void)
{
    uint32_t good = 0;
    for (uint32_t round = 0;; round++) {
        volatile bool is_done = false;
        memset(buffer, (int)(round & 0xFF), 32);
        (void)ipc_register_client_callback(service, answered, (void *)&is_done);
        (void)ipc_share(service, buffer, 32);
        int status = ipc_notify_service(service);
        for (int wait = 0; wait < 20 && status == K_OK && !is_done; wait++) {
            alarm_sleep_ms(1);
            (void)syscall_yield_no_wait();
        }
        (void)ipc_share(service, NULL, 0);
        bool wrong = false;
        for (int i = 0; is_done && i < 32; i++) {
            wrong |= buffer[i] != (uint8_t)~round;
        }
        for (int i = 32; i < 256; i++) {
            wrong |= buffer[i] != 0;
        }
        good += is_done;
        if (wrong) {
            printf("client: WRONG\n");
        }
        if (is_done) {
            printf("client: %lu answers\n", (unsigned long)good);
        }
        alarm_sleep_ms(5);
    }
}

/* One that has `role` of 16 and never waits for anything. */
static void attack(uint32_t role, uint32_t round)
{
    size_t all = 16;
    switch (role) {
    case 0: /* dies with the service at work */
        (void)ipc_share(service, buffer, sizeof(buffer));
        (void)ipc_notify_service(service);
        syscall_exit_restart(0);
        break;
    case 1: /* takes the buffer back with the service at work */
        (void)ipc_share(service, buffer, sizeof(buffer));
        (void)ipc_notify_service(service);
        spin_ms(round % 4);
        (void)ipc_share(service, NULL, 0);
        break;
    case 2: /* shares something else all the time */
        (void)ipc_share(service, buffer + 32 * (round % 4), 32 + 32 * (round % 3));
        (void)ipc_notify_service(service);
        break;
    case 3: /* fills the queue */
        (void)ipc_notify_service(service);
        break;
    case 4: /* everybody's buffers and notifications, all indices */
        (void)ipc_share(round % all, buffer, sizeof(buffer));
        (void)ipc_notify_service(round % all);
        (void)ipc_notify_client(round % all);
        break;
    case 5: /* odd shapes, to use up regions */
        (void)ipc_share(service, buffer + 32, 192);
        (void)ipc_notify_service(service);
        break;
    case 6: /* shares its stack */
        (void)ipc_share(service, (void *)(uintptr_t)syscall_memop(ABI_MEMOP_MEMORY_START), 1024);
        (void)ipc_notify_service(service);
        break;
    case 7: /* says that it is a service */
        (void)ipc_notify_client(round % all);
        break;
    case 8: /* faults with the service at work */
        (void)ipc_share(service, buffer, sizeof(buffer));
        (void)ipc_notify_service(service);
        *(volatile uint32_t *)(uintptr_t)0x20000000u = 0;
        break;
    default: /* looks for names */
        (void)ipc_discover(round % 2 != 0 ? SERVICE : "nobody", &service);
        break;
    }
}

int main(void)
{
    uint32_t role = package_number();
    if (role == 10) {
        run_service();
    }
    while (ipc_discover(SERVICE, &service) != K_OK) {
        alarm_sleep_ms(1);
    }
    if (role == 11) {
        run_honest_client();
    }
    for (uint32_t round = 0;; round++) {
        attack(role, round);
    }
}
