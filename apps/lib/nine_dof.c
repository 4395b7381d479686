#include "apps/lib/nine_dof.h"

#include <stdbool.h>

#include "kernel/abi/drivers.h"

#define DRIVER ABI_DRIVER_NINE_DOF

int nine_dof_read_acceleration(struct nine_dof_acceleration *acceleration)
{
    int status = syscall_command(DRIVER, ABI_NINE_DOF_ACCELERATION, 0, 0);
    if (status == K_OK) {
        struct syscall_return upcall = syscall_yield_wait_for(DRIVER, ABI_NINE_DOF_UPCALL_READY);
        acceleration->x_mg = (int32_t)upcall.values[0];
        acceleration->y_mg = (int32_t)upcall.values[1];
        acceleration->z_mg = (int32_t)upcall.values[2];
        bool is_zero = (upcall.values[0] | upcall.values[1] | upcall.values[2]) == 0;
        status = is_zero ? K_EFAIL : K_OK;
    }
    return status;
}

int nine_dof_read_acceleration_async(syscall_upcall upcall, void *userdata)
{
    int status = syscall_subscribe(DRIVER, ABI_NINE_DOF_UPCALL_READY, upcall, userdata);
    return status == K_OK ? syscall_command(DRIVER, ABI_NINE_DOF_ACCELERATION, 0, 0) : status;
}
