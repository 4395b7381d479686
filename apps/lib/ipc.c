#include "apps/lib/ipc.h"

#include <string.h>

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_IPC

int ipc_discover(const char *package_name, size_t *index)
{
    int status =
        syscall_allow_read_only(DRIVER, ABI_IPC_RO_NAME, package_name, strlen(package_name));
    if (status != K_OK) {
        return status;
    }
    uint32_t found;
    status = syscall_command_u32(DRIVER, ABI_IPC_DISCOVER, 0, 0, &found);
    if (status == K_OK) {
        *index = found;
    }
    (void)syscall_allow_read_only(DRIVER, ABI_IPC_RO_NAME, NULL, 0);
    return status;
}

int ipc_register_service_callback(const char *package_name, syscall_upcall upcall, void *userdata)
{
    size_t own;
    int status = ipc_discover(package_name, &own);
    return status == K_OK ? syscall_subscribe(DRIVER, own, upcall, userdata) : status;
}

int ipc_register_client_callback(size_t service, syscall_upcall upcall, void *userdata)
{
    return syscall_subscribe(DRIVER, service, upcall, userdata);
}

int ipc_notify_service(size_t service)
{
    return syscall_command(DRIVER, ABI_IPC_NOTIFY_SERVICE, service, 0);
}

int ipc_notify_client(size_t client)
{
    return syscall_command(DRIVER, ABI_IPC_NOTIFY_CLIENT, client, 0);
}

int ipc_call_service(size_t service)
{
    int status = ipc_notify_service(service);
    if (status == K_OK) {
        (void)syscall_yield_wait_for(DRIVER, service);
    }
    return status;
}

int ipc_share(size_t index, void *buffer, size_t bytes)
{
    return syscall_allow_read_write(DRIVER, index, buffer, bytes);
}
