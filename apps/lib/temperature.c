#include "apps/lib/temperature.h"

#include "apps/lib/sensor.h"
#include "kernel/abi/drivers.h"

int temperature_read(int32_t *centidegrees)
{
    return sensor_read(ABI_DRIVER_TEMPERATURE, centidegrees);
}

int temperature_read_async(syscall_upcall upcall, void *userdata)
{
    return sensor_read_async(ABI_DRIVER_TEMPERATURE, upcall, userdata);
}
