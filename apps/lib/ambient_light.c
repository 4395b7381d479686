#include "apps/lib/ambient_light.h"

#include "apps/lib/sensor.h"
#include "kernel/abi/drivers.h"

int ambient_light_read(int32_t *lux)
{
    return sensor_read(ABI_DRIVER_AMBIENT_LIGHT, lux);
}

int ambient_light_read_async(syscall_upcall upcall, void *userdata)
{
    return sensor_read_async(ABI_DRIVER_AMBIENT_LIGHT, upcall, userdata);
}
