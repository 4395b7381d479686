/* Has the service of apps/rot13_service turn a text there and back. */
#include <stdio.h>
#include <string.h>

#include "apps/lib/ipc.h"

static char text[64] __attribute__((aligned(64)));

static void answered(uint32_t service, uint32_t bytes, uint32_t address, void *userdata)
{
    (void)service;
    (void)bytes;
    (void)address;
    printf("rot13: %s\n", text);
    ++*(int *)userdata;
}

int main(void)
{
    size_t service;
    int answers = 0;
    int status = ipc_discover("rot13_service", &service);
    if (status != K_OK) {
        printf("rot13: no service: %d\n", status);
        return -status;
    }
    strcpy(text, "Hello World!");
    (void)ipc_register_client_callback(service, answered, &answers);
    (void)ipc_share(service, text, sizeof(text));
    for (int turn = 0; turn < 2 && status == K_OK; turn++) {
        status = ipc_notify_service(service);
        while (status == K_OK && answers <= turn) {
            syscall_yield();
        }
    }
    (void)ipc_share(service, NULL, 0);
    printf("rot13: done: %d\n", status);
    return -status;
}
