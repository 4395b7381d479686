/* A service: turns the letters of the buffer that a client shares by 13 places, and tells it. */
#include "apps/lib/ipc.h"

static char turned(char letter)
{
    if (letter >= 'a' && letter <= 'z') {
        return (char)('a' + (letter - 'a' + 13) % 26);
    }
    if (letter >= 'A' && letter <= 'Z') {
        return (char)('A' + (letter - 'A' + 13) % 26);
    }
    return letter;
}

static void notified(uint32_t client, uint32_t bytes, uint32_t address, void *userdata)
{
    (void)userdata;
    char *text = (char *)(uintptr_t)address;
    for (uint32_t i = 0; i < bytes; i++) {
        text[i] = turned(text[i]);
    }
    (void)ipc_notify_client(client);
}

int main(void)
{
    int status = ipc_register_service_callback("rot13_service", notified, NULL);
    while (status == K_OK) {
        syscall_yield();
    }
    return -status;
}
