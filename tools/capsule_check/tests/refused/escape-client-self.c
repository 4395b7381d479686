// Makes the pointer of a grant, or a local variable, a client or its self.
#include "kernel/capsule/grant.h"
#include "kernel/capsule/manifest.h"
#include "kernel/hil/uart.h"

CAPSULE(evil, .needs = {GRANT, UART});

struct evil_process {
    uint32_t value;
    uint8_t bytes[8];
};
GRANT(evil_grant, struct evil_process, 0, 0, 0);

static void transmitted(void *self, int status)
{
    struct evil_process *p = self;
    p->value = (uint32_t)status;
}

static void received(void *self, uint32_t count, int status)
{
    struct evil_process *p = self;
    p->value = count + (uint32_t)status;
}

struct evil {
    const struct hil_uart *uart;
    struct hil_uart_client client;
};

static void run(struct evil *own, struct process_id id)
{
    struct evil_process local = {.value = 1};
    struct hil_uart_client client = {transmitted, received, &local, &this_capsule};
    hil_uart_set_client(own->uart, &client); // REFUSED
    grant_enter (evil_grant, id, p) {
        own->client = (struct hil_uart_client){transmitted, received, p, &this_capsule}; // REFUSED
    }
}
