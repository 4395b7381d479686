/* A client of apps/rot13_service and a reader of the read-only state, as one writes for libtock-c.
 */
#include <libtock/kernel/ipc.h>
#include <libtock/kernel/read_only_state.h>
#include <libtock/tock.h>
#include <stdio.h>
#include <string.h>

static char buffer[64] __attribute__((aligned(64)));
static uint32_t state[4];
static bool answered;

static void ipc_callback(int pid, int len, int buf, void *ud)
{
    (void)ud;
    printf("libtock: process %d shares %d bytes at %d\n", pid, len, buf);
    answered = true;
}

int main(void)
{
    size_t service;
    int ret = ipc_discover("rot13_service", &service);
    if (ret != RETURNCODE_SUCCESS) {
        printf("libtock: no service: %d\n", ret);
        return -1;
    }
    strcpy(buffer, "Hello World!");
    ipc_register_client_callback(service, ipc_callback, NULL);
    ipc_share(service, buffer, 64);
    ret = ipc_notify_service(service);
    yield_for(&answered);
    printf("libtock: %d: %s\n", ret, buffer);

    ret = libtock_read_only_state_allocate_region((uint8_t *)state, 8);
    printf("libtock: too short: %d\n", ret);
    ret = libtock_read_only_state_allocate_region((uint8_t *)state, sizeof(state));
    printf("libtock: state: %d, %lu pending, ticks %s\n", ret,
           (unsigned long)libtock_read_only_state_get_pending_tasks(state),
           libtock_read_only_state_get_ticks(state) != 0 ? "run" : "stand");
    return 0;
}
