#include "apps/lib/humidity.h"

#include "apps/lib/sensor.h"
#include "kernel/abi/drivers.h"

int humidity_read(int32_t *centipercent)
{
    return sensor_read(ABI_DRIVER_HUMIDITY, centipercent);
}

int humidity_read_async(syscall_upcall upcall, void *userdata)
{
    return sensor_read_async(ABI_DRIVER_HUMIDITY, upcall, userdata);
}
