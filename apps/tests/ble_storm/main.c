/* All that an app can do to the radio and to who uses it besides: starts and stops without end,
 * scans in between, data that are no data or too long, buffers that come and go under the kernel's
 * hands. Says after half a second whether any answer was a wrong one,
 * and goes on. */
#include <stdio.h>

#include "apps/lib/alarm.h"
#include "apps/lib/syscall.h"
#include "kernel/abi/drivers.h"

#define DRIVER   ABI_DRIVER_BLE
#define STORM_MS 500

static uint8_t huge[1024];

static void round_of_calls(uint32_t i, uint32_t *wrong)
{
    (void)syscall_allow_read_only(DRIVER, ABI_BLE_RO_DATA, huge,
                                  i % 3 == 0 ? sizeof(huge) : i % 40);
    (void)syscall_allow_read_write(DRIVER, ABI_BLE_RW_PDU, huge, i % 50);
    *wrong += syscall_command(DRIVER, ABI_BLE_STOP, 0, 0) != K_EBUSY;
    if (i % 2 == 0) {
        *wrong += syscall_command(DRIVER, ABI_BLE_START, ABI_BLE_ADV_IND, i) != K_OK;
    } else {
        *wrong += syscall_command(DRIVER, ABI_BLE_SCAN, 0, 0) != K_OK;
    }
    *wrong += syscall_command(DRIVER, ABI_BLE_START, ABI_BLE_ADV_IND, i) != K_EBUSY;
    *wrong += syscall_command(DRIVER, ABI_BLE_POWER, i, 0) != K_EBUSY;
    *wrong += syscall_command(DRIVER, ABI_BLE_STOP, 0, 0) != K_OK;
}

int main(void)
{
    uint32_t wrong = 0;
    uint32_t start = alarm_now_ticks(), storm = alarm_ms_to_ticks(STORM_MS);
    for (uint32_t i = 0; alarm_now_ticks() - start < storm; i++) {
        round_of_calls(i, &wrong);
    }
    printf("ble_storm: %s\n", wrong == 0 ? "nothing was wrong" : "wrong answers");
    for (uint32_t i = 0;; i++) {
        round_of_calls(i, &wrong);
    }
}
