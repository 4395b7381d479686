#include "apps/lib/app_loader.h"

#define DRIVER ABI_DRIVER_APP_LOADER

bool app_loader_exists(void)
{
    return syscall_command(DRIVER, ABI_COMMAND_EXISTS, 0, 0) == K_OK;
}

/* Each command is answered by the upcall with its number less 1. */
static uint32_t upcall_of(enum abi_app_loader_command command)
{
    return (uint32_t)command - 1u;
}

static int carry_out(enum abi_app_loader_command command, uint32_t argument0, uint32_t argument1)
{
    int status = syscall_command(DRIVER, command, argument0, argument1);
    if (status != K_OK) {
        return status;
    }
    struct syscall_return upcall = syscall_yield_wait_for(DRIVER, upcall_of(command));
    return -(int)upcall.values[0];
}

int app_loader_setup(size_t total_bytes)
{
    return carry_out(ABI_APP_LOADER_SETUP, (uint32_t)total_bytes, 0);
}

int app_loader_write(size_t offset, const void *bytes, size_t count)
{
    int status = app_loader_lend(bytes, count);
    if (status == K_OK) {
        status = carry_out(ABI_APP_LOADER_WRITE, (uint32_t)offset, (uint32_t)count);
    }
    (void)app_loader_lend(NULL, 0);
    return status;
}

int app_loader_finalize(void)
{
    return carry_out(ABI_APP_LOADER_FINALIZE, 0, 0);
}

int app_loader_load(void)
{
    return carry_out(ABI_APP_LOADER_LOAD, 0, 0);
}

int app_loader_abort(void)
{
    return carry_out(ABI_APP_LOADER_ABORT, 0, 0);
}

int app_loader_unload(uint32_t short_id)
{
    return carry_out(ABI_APP_LOADER_UNLOAD, short_id, 0);
}

int app_loader_install(const void *tbf, size_t total_bytes)
{
    int status = app_loader_setup(total_bytes);
    if (status != K_OK) {
        return status;
    }
    status = app_loader_write(0, tbf, total_bytes);
    if (status == K_OK) {
        status = app_loader_finalize();
    }
    if (status != K_OK) {
        (void)app_loader_abort();
        return status;
    }
    return app_loader_load();
}

/* --- Without waiting --- */

static app_loader_done *latest_done;
static void *latest_userdata;

static void done(uint32_t status, uint32_t value, uint32_t unused, void *userdata)
{
    (void)unused;
    (void)userdata;
    latest_done(-(int)status, value, latest_userdata);
}

int app_loader_begin(enum abi_app_loader_command command, uint32_t argument0, uint32_t argument1,
                     app_loader_done *call, void *userdata)
{
    int status = syscall_subscribe(DRIVER, upcall_of(command), done, NULL);
    if (status == K_OK) {
        status = syscall_command(DRIVER, command, argument0, argument1);
    }
    if (status == K_OK) {
        latest_done = call;
        latest_userdata = userdata;
    }
    return status;
}

int app_loader_lend(const void *bytes, size_t count)
{
    return syscall_allow_read_only(DRIVER, ABI_APP_LOADER_RO_DATA, bytes, count);
}
