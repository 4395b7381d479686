/* peripherals/armv7m/mpu_registers.h - the MPU's registers as the core's bus sees them: access
 * widths, the account, who must be told. What they mean is in mpu_model/. Reference: ARMv7-M ARM,
 * B3.5.
 */
#ifndef PERIPHERALS_ARMV7M_MPU_REGISTERS_H
#define PERIPHERALS_ARMV7M_MPU_REGISTERS_H

#include <stdbool.h>
#include <stdint.h>

#include "mpu_model/mpu_account.h"
#include "mpu_model/mpu_model.h"
#include "peripherals/iface/bus.h"
#include "peripherals/iface/clock.h"
#include "peripherals/iface/diag.h"

/* Offset of MPU_TYPE from 0xE000E000. */
#define MPU_REGISTERS_OFFSET 0xD90U

/* What an access works on, all borrowed for the call. */
struct mpu_registers {
    struct mpu_state *mpu;
    struct mpu_account *account;
    struct clock *clock;
    struct diag *diag;
};

/* Offsets from 0xE000E000: MPU_REGISTERS_OFFSET to 0xDEF. */
bool mpu_registers_own(uint32_t offset);
uint32_t mpu_registers_peek(const struct mpu_state *mpu, uint32_t offset);
enum bus_result mpu_registers_read(const struct mpu_registers *registers, struct bus_access access,
                                   uint32_t *value);
/* *changed: the write reached a register, translations are stale. */
enum bus_result mpu_registers_write(const struct mpu_registers *registers, struct bus_access access,
                                    uint32_t value, bool *changed);

#endif
