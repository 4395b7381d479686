#include "peripherals/armv7m/mpu_registers.h"

#include "peripherals/armv7m/lane.h"

#define MPU_BLOCK_END 0xDF0U

static const char device_name[] = "mpu";

bool mpu_registers_own(uint32_t offset)
{
    return offset >= MPU_REGISTERS_OFFSET && offset < MPU_BLOCK_END;
}

uint32_t mpu_registers_peek(const struct mpu_state *mpu, uint32_t offset)
{
    uint32_t value;
    (void)mpu_register_read(mpu, (offset & ~3U) - MPU_REGISTERS_OFFSET, &value);
    return value;
}

enum bus_result mpu_registers_read(const struct mpu_registers *registers, struct bus_access access,
                                   uint32_t *value)
{
    uint32_t word;
    if (!mpu_register_read(registers->mpu, (access.offset & ~3U) - MPU_REGISTERS_OFFSET, &word)) {
        diag_guest_error(registers->diag, device_name, access.offset,
                         "read of a reserved register");
    }
    *value = lane_read(word, access);
    return BUS_OK;
}

/* RASR and its aliases may be written by bytes and halves. */
static bool takes_narrow_write(uint32_t mpu_offset)
{
    return mpu_offset == MPU_RASR || mpu_offset == MPU_RASR_A1 || mpu_offset == MPU_RASR_A2 ||
           mpu_offset == MPU_RASR_A3;
}

enum bus_result mpu_registers_write(const struct mpu_registers *registers, struct bus_access access,
                                    uint32_t value, bool *changed)
{
    uint32_t mpu_offset = (access.offset & ~3U) - MPU_REGISTERS_OFFSET;
    *changed = false;
    if (access.size_bytes != 4) {
        if (!takes_narrow_write(mpu_offset)) {
            diag_guest_error(registers->diag, device_name, access.offset,
                             "narrow write to a register of words ignored");
            return BUS_OK;
        }
        value = lane_merge(mpu_registers_peek(registers->mpu, access.offset), value, access);
    }
    switch (mpu_register_write(registers->mpu, mpu_offset, value)) {
    case MPU_WRITE_DONE:
        *changed = true;
        mpu_account_register_write(registers->account, clock_now(registers->clock), registers->mpu);
        break;
    case MPU_WRITE_READ_ONLY:
        diag_guest_error(registers->diag, device_name, access.offset,
                         "write to a read-only register");
        break;
    case MPU_WRITE_NO_REGISTER:
        diag_guest_error(registers->diag, device_name, access.offset,
                         "write to a reserved register");
        break;
    case MPU_WRITE_UNPREDICTABLE:
        diag_guest_error(registers->diag, device_name, access.offset,
                         "region number of 8 or more: write ignored");
        break;
    }
    return BUS_OK;
}
