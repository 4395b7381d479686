/* IPC under libtock-c's names, which are ours; its upcalls take int where ours take uint32_t, and
 * those of services have a type of their own. */
#ifndef APPS_LIB_COMPAT_LIBTOCK_KERNEL_IPC_H
#define APPS_LIB_COMPAT_LIBTOCK_KERNEL_IPC_H

#include <libtock/tock.h>

#include "apps/lib/ipc.h"

#define IPC_DRIVER_NUM 0x10000

/* (client, bytes, address, userdata) */
typedef void(ipc_service_upcall)(int, int, int, void *);

/* The same registers by any of these types. */
#define ipc_register_service_callback(package_name, callback, userdata)                            \
    ipc_register_service_callback((package_name), (syscall_upcall)(void (*)(void))(callback),      \
                                  (userdata))
#define ipc_register_client_callback(service, callback, userdata)                                  \
    ipc_register_client_callback((service), (syscall_upcall)(void (*)(void))(callback), (userdata))

#endif
