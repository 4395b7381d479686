/*
 * The section `.sandglass.info`: what a tool needs to know to look at this kernel's processes from
 * outside, in the kernel's ELF and not in flash. The section describes itself; a reader needs this
 * comment and none of our headers. Little endian, no padding.
 *
 *   struct info_header   magic "SGLI", version 1, bytes per record, number of records
 *   struct info_record   name (zero-terminated, at most 39 characters), value, width, count
 *
 * Several records of one name prefix describe one thing. A reader skips names that it does not
 * know, and takes records longer than it knows.
 *
 *   name                 value                                     width, count
 *   kernel.FIELD         absolute address of the variable          bytes of an element, elements
 *   process.FIELD        offset in a process's control block       the same
 *   upcall.FIELD         offset in an element of process.queue     the same
 *   upcall.size          bytes of such an element                  0, 1
 *   grant.FIELD          offset in a grant's description           the same
 *   grant.size           bytes of one                              0, 1
 *   piece.FIELD          offset in the word that ends a piece      the same
 *   piece.size           bytes of that word                        0, 1
 *   piece.unit           bytes that piece.units counts in          0, 1
 *   config.FIELD         offset in what kernel.config points to    the same
 *   state.NAME           value of process.state                    0, 1
 *   driver.NAME          driver number                             0, 1
 *   command.DRIVER.NAME  command number of that driver             0, 1
 *   error.NAME           error code                                0, 1
 *   class.NAME           system call class                         0, 1
 *   alarm.grant          where the address of its description is   4, 1
 *   alarm.FIELD          offset in the capsule's data there        bytes, 1
 *   alarm.counter        register that it counts by                4, 1
 *   alarm.counter_bits   its width                                 0, 1
 *
 * kernel.process is an array of pointers to control blocks, by slot, 0: none. kernel.current points
 * to the process whose time slice runs (0: none); which process runs at this very cycle is in
 * kernel.running (address of a process.context, 0: the kernel runs). kernel.grants is an array of
 * grant descriptions; process.grant_block has one element for each: the address of the process's
 * grant with bit 0 as a lock, 0: not allocated. A grant begins with 8 bytes (function, userdata)
 * per upcall, then 8 (address, length) per read-only buffer, then per read-write buffer and per
 * user-readable one; the capsule's data lies behind. The memory of all grants of a process, custom
 * ones too, is a row of pieces from its control block downwards to process.grant_start: a piece
 * ends in a word that says how long it is (piece.units, that word included), whose (piece.grant,
 * the grant's index) and whether it is in use (piece.state, 0: free). The RAM that is shared out to
 * processes is [config.app_ram_start, config.app_ram_end). The name of a process is
 * process.name_length bytes at process.flash_start + process.name. Upcalls wait in process.queue,
 * the oldest first. A process's alarm is due alarm.dt steps of the counter after it was
 * alarm.reference, while alarm.armed.
 */
#include <stddef.h>
#include <stdint.h>

#include "kernel/abi/drivers.h"
#include "kernel/abi/syscall.h"
#include "kernel/core/grant_memory.h"
#include "kernel/core/info.h"
#include "kernel/core/kernel_internal.h"

struct info_header {
    char magic[4];
    uint32_t version;
    uint32_t record_bytes;
    uint32_t record_count;
};

_Static_assert(sizeof(struct info_header) == 16, "the comment above");

/* How many records there are in all files: counted by the linker. */
extern const char sandglass_info_count[];

#define FIELD_BYTES INFO_FIELD_BYTES
#define ADDRESS     INFO_ADDRESS

#define KERNEL(name, object)                                                                       \
    {                                                                                              \
        "kernel." #name, ADDRESS(&(object)), sizeof(object), 1                                     \
    }
#define PROCESS(name, field)                                                                       \
    {                                                                                              \
        "process." #name, offsetof(struct process, field), FIELD_BYTES(struct process, field), 1   \
    }
#define UPCALL(field)                                                                              \
    {                                                                                              \
        "upcall." #field, offsetof(struct process_upcall, kind.is.field),                          \
            FIELD_BYTES(struct process_upcall, kind.is.field), 1                                   \
    }
#define GRANT_FIELD(field)                                                                         \
    {                                                                                              \
        "grant." #field, offsetof(struct grant, field), FIELD_BYTES(struct grant, field), 1        \
    }
#define PIECE(field)                                                                               \
    {                                                                                              \
        "piece." #field, offsetof(struct grant_memory_trailer, field),                             \
            FIELD_BYTES(struct grant_memory_trailer, field), 1                                     \
    }
#define CONFIG(name, field)                                                                        \
    {                                                                                              \
        "config." #name, offsetof(struct kernel_config, field),                                    \
            FIELD_BYTES(struct kernel_config, field), 1                                            \
    }
#define VALUE(name, number)                                                                        \
    {                                                                                              \
        name, (number), 0, 1                                                                       \
    }

static const struct info_record records[]
    __attribute__((section(".sandglass.info.records"), used)) = {
        {"kernel.process", ADDRESS(kernel.process), sizeof(void *), KERNEL_PROCESS_SLOTS},
        KERNEL(config, kernel.config),
        CONFIG(app_ram_start, bounds.app_ram_start),
        CONFIG(app_ram_end, bounds.app_ram_end),
        KERNEL(current, kernel.current),
        KERNEL(panicking, kernel.panicking),
        {"kernel.running", ADDRESS(&arch_switch.current), sizeof(uint32_t), 1},
        {"kernel.grants", ADDRESS(__start_grants), sizeof(struct grant), 0},
        {"kernel.grants_end", ADDRESS(__stop_grants), 0, 0},

        PROCESS(context, context),
        PROCESS(psp, context.psp),
        {"process.r4_to_r11", offsetof(struct process, context.r4_to_r11), sizeof(uint32_t), 8},
        PROCESS(exc_return, context.exc_return),
        {"process.regions", offsetof(struct process, layout.region), sizeof(uint32_t),
         2 * MPU_LAYOUT_REGIONS},
        PROCESS(ram_start, layout.ram_start),
        PROCESS(app_break, app_break),
        PROCESS(grant_start, grant_start),
        PROCESS(ram_end, layout.ram_end),
        PROCESS(flash_start, layout.flash_start),
        PROCESS(flash_bytes, app.total_size),
        PROCESS(name, app.name),
        PROCESS(name_length, app.name_length),
        PROCESS(id, id),
        PROCESS(slot, slot),
        PROCESS(state, state),
        PROCESS(resume_state, resume_state),
        PROCESS(queue_count, queue_count),
        {"process.queue", offsetof(struct process, queue), sizeof(struct process_upcall),
         PROCESS_UPCALLS},
        PROCESS(wait_grant, wait.is.grant),
        PROCESS(wait_number, wait.is.number),
        PROCESS(allow_end, allow_end),
        PROCESS(system_calls, system_calls),
        PROCESS(slices_used_up, slices_used_up),
        PROCESS(restarts, restarts),
        PROCESS(upcalls_dropped, upcalls_dropped),
        PROCESS(completion_code, completion_code),
        PROCESS(stack_top, stack_top),
        PROCESS(heap_start, heap_start),
        PROCESS(fault_exception, fault.exception),
        PROCESS(fault_cfsr, fault.cfsr),
        PROCESS(fault_mmfar, fault.mmfar),
        PROCESS(fault_bfar, fault.bfar),
        {"process.grant_block", offsetof(struct process, grant_block), sizeof(uint32_t), 0},

        VALUE("upcall.size", sizeof(struct process_upcall)),
        UPCALL(to_function),
        UPCALL(grant),
        UPCALL(number),
        {"upcall.argument", offsetof(struct process_upcall, argument), sizeof(uint32_t), 3},

        VALUE("grant.size", sizeof(struct grant)),
        GRANT_FIELD(data_bytes),
        GRANT_FIELD(data_alignment),
        GRANT_FIELD(upcalls),
        GRANT_FIELD(read_only_buffers),
        GRANT_FIELD(read_write_buffers),
        GRANT_FIELD(user_readable_buffers),

        VALUE("piece.size", sizeof(struct grant_memory_trailer)),
        VALUE("piece.unit", GRANT_MEMORY_UNIT_BYTES),
        PIECE(units),
        PIECE(grant),
        PIECE(state),

        VALUE("state.Running", ABI_PROCESS_RUNNING),
        VALUE("state.Yielded", ABI_PROCESS_YIELDED),
        VALUE("state.YieldedFor", ABI_PROCESS_YIELDED_FOR),
        VALUE("state.Stopped", ABI_PROCESS_STOPPED),
        VALUE("state.Faulted", ABI_PROCESS_FAULTED),
        VALUE("state.Terminated", ABI_PROCESS_TERMINATED),

        VALUE("class.yield", ABI_CLASS_YIELD),
        VALUE("class.subscribe", ABI_CLASS_SUBSCRIBE),
        VALUE("class.command", ABI_CLASS_COMMAND),
        VALUE("class.allow_read_write", ABI_CLASS_ALLOW_READ_WRITE),
        VALUE("class.allow_read_only", ABI_CLASS_ALLOW_READ_ONLY),
        VALUE("class.memop", ABI_CLASS_MEMOP),
        VALUE("class.exit", ABI_CLASS_EXIT),
        VALUE("class.allow_user_readable", ABI_CLASS_ALLOW_USER_READABLE),

        VALUE("error.FAIL", ABI_FAIL),
        VALUE("error.BUSY", ABI_BUSY),
        VALUE("error.ALREADY", ABI_ALREADY),
        VALUE("error.OFF", ABI_OFF),
        VALUE("error.RESERVE", ABI_RESERVE),
        VALUE("error.INVAL", ABI_INVAL),
        VALUE("error.SIZE", ABI_SIZE),
        VALUE("error.CANCEL", ABI_CANCEL),
        VALUE("error.NOMEM", ABI_NOMEM),
        VALUE("error.NOSUPPORT", ABI_NOSUPPORT),
        VALUE("error.NODEVICE", ABI_NODEVICE),
        VALUE("error.UNINSTALLED", ABI_UNINSTALLED),
        VALUE("error.NOACK", ABI_NOACK),

        VALUE("driver.alarm", ABI_DRIVER_ALARM),
        VALUE("command.alarm.frequency", ABI_ALARM_FREQUENCY),
        VALUE("command.alarm.now", ABI_ALARM_NOW),
        VALUE("command.alarm.stop", ABI_ALARM_STOP),
        VALUE("command.alarm.set_relative", ABI_ALARM_SET_RELATIVE),
        VALUE("command.alarm.set_absolute", ABI_ALARM_SET_ABSOLUTE),
        VALUE("driver.console", ABI_DRIVER_CONSOLE),
        VALUE("command.console.write", ABI_CONSOLE_WRITE),
        VALUE("command.console.read", ABI_CONSOLE_READ),
        VALUE("command.console.abort_read", ABI_CONSOLE_ABORT_READ),
        VALUE("driver.led", ABI_DRIVER_LED),
        VALUE("command.led.count", ABI_LED_COUNT),
        VALUE("command.led.on", ABI_LED_ON),
        VALUE("command.led.off", ABI_LED_OFF),
        VALUE("command.led.toggle", ABI_LED_TOGGLE),
        VALUE("command.led.read", ABI_LED_READ),
        VALUE("driver.button", ABI_DRIVER_BUTTON),
        VALUE("command.button.count", ABI_BUTTON_COUNT),
        VALUE("command.button.enable", ABI_BUTTON_ENABLE),
        VALUE("command.button.disable", ABI_BUTTON_DISABLE),
        VALUE("command.button.read", ABI_BUTTON_READ),
        VALUE("driver.gpio", ABI_DRIVER_GPIO),
        VALUE("command.gpio.enable_output", ABI_GPIO_ENABLE_OUTPUT),
        VALUE("command.gpio.set", ABI_GPIO_SET),
        VALUE("command.gpio.clear", ABI_GPIO_CLEAR),
        VALUE("command.gpio.toggle", ABI_GPIO_TOGGLE),
        VALUE("command.gpio.enable_input", ABI_GPIO_ENABLE_INPUT),
        VALUE("command.gpio.read", ABI_GPIO_READ),
        VALUE("command.gpio.enable_interrupt", ABI_GPIO_ENABLE_INTERRUPT),
        VALUE("command.gpio.disable_interrupt", ABI_GPIO_DISABLE_INTERRUPT),
        VALUE("command.gpio.disable", ABI_GPIO_DISABLE),
        VALUE("command.gpio.count", ABI_GPIO_COUNT),
        VALUE("driver.analog_comparator", ABI_DRIVER_ANALOG_COMPARATOR),
        VALUE("command.analog_comparator.count", ABI_ANALOG_COMPARATOR_COUNT),
        VALUE("command.analog_comparator.compare", ABI_ANALOG_COMPARATOR_COMPARE),
        VALUE("command.analog_comparator.start", ABI_ANALOG_COMPARATOR_START),
        VALUE("command.analog_comparator.stop", ABI_ANALOG_COMPARATOR_STOP),
        VALUE("driver.low_level_debug", ABI_DRIVER_LOW_LEVEL_DEBUG),
        VALUE("command.low_level_debug.alert", ABI_LOW_LEVEL_DEBUG_ALERT),
        VALUE("command.low_level_debug.print1", ABI_LOW_LEVEL_DEBUG_PRINT1),
        VALUE("command.low_level_debug.print2", ABI_LOW_LEVEL_DEBUG_PRINT2),
        VALUE("driver.read_only_state", ABI_DRIVER_READ_ONLY_STATE),
        VALUE("command.read_only_state.version", ABI_READ_ONLY_STATE_VERSION),
        VALUE("driver.ipc", ABI_DRIVER_IPC),
        VALUE("command.ipc.discover", ABI_IPC_DISCOVER),
        VALUE("command.ipc.notify_service", ABI_IPC_NOTIFY_SERVICE),
        VALUE("command.ipc.notify_client", ABI_IPC_NOTIFY_CLIENT),
        VALUE("driver.app_loader", ABI_DRIVER_APP_LOADER),
        VALUE("driver.process_info", ABI_DRIVER_PROCESS_INFO),
        VALUE("driver.rng", ABI_DRIVER_RNG),
        VALUE("command.rng.get", ABI_RNG_GET),
        VALUE("driver.adc", ABI_DRIVER_ADC),
        VALUE("command.adc.count", ABI_ADC_COUNT),
        VALUE("command.adc.single", ABI_ADC_SINGLE),
        VALUE("command.adc.repeat", ABI_ADC_REPEAT),
        VALUE("command.adc.buffer", ABI_ADC_BUFFER),
        VALUE("command.adc.buffers", ABI_ADC_BUFFERS),
        VALUE("command.adc.stop", ABI_ADC_STOP),
        VALUE("command.adc.resolution", ABI_ADC_RESOLUTION),
        VALUE("command.adc.reference", ABI_ADC_REFERENCE),
        VALUE("driver.spi_controller", ABI_DRIVER_SPI_CONTROLLER),
        VALUE("command.spi_controller.write_read", ABI_SPI_CONTROLLER_WRITE_READ),
        VALUE("command.spi_controller.set_rate", ABI_SPI_CONTROLLER_SET_RATE),
        VALUE("command.spi_controller.rate", ABI_SPI_CONTROLLER_RATE),
        VALUE("command.spi_controller.set_phase", ABI_SPI_CONTROLLER_SET_PHASE),
        VALUE("command.spi_controller.phase", ABI_SPI_CONTROLLER_PHASE),
        VALUE("command.spi_controller.set_polarity", ABI_SPI_CONTROLLER_SET_POLARITY),
        VALUE("command.spi_controller.polarity", ABI_SPI_CONTROLLER_POLARITY),
        VALUE("command.spi_controller.read", ABI_SPI_CONTROLLER_READ),
        VALUE("command.spi_controller.in_place", ABI_SPI_CONTROLLER_IN_PLACE),
        VALUE("driver.i2c_master", ABI_DRIVER_I2C_MASTER),
        VALUE("command.i2c_master.write", ABI_I2C_MASTER_WRITE),
        VALUE("command.i2c_master.read", ABI_I2C_MASTER_READ),
        VALUE("command.i2c_master.write_read", ABI_I2C_MASTER_WRITE_READ),
        VALUE("driver.ble_advertising", ABI_DRIVER_BLE),
        VALUE("command.ble_advertising.start", ABI_BLE_START),
        VALUE("command.ble_advertising.stop", ABI_BLE_STOP),
        VALUE("command.ble_advertising.power", ABI_BLE_POWER),
        VALUE("command.ble_advertising.scan", ABI_BLE_SCAN),
        VALUE("driver.ieee802154", ABI_DRIVER_IEEE802154),
        VALUE("command.ieee802154.status", ABI_IEEE802154_STATUS),
        VALUE("command.ieee802154.set_channel", ABI_IEEE802154_SET_CHANNEL),
        VALUE("command.ieee802154.channel", ABI_IEEE802154_CHANNEL),
        VALUE("command.ieee802154.commit", ABI_IEEE802154_COMMIT),
        VALUE("command.ieee802154.send_raw", ABI_IEEE802154_SEND_RAW),
        VALUE("command.ieee802154.turn_on", ABI_IEEE802154_TURN_ON),
        VALUE("command.ieee802154.turn_off", ABI_IEEE802154_TURN_OFF),
        VALUE("driver.crc", ABI_DRIVER_CRC),
        VALUE("command.crc.compute", ABI_CRC_COMPUTE),
        VALUE("driver.hmac", ABI_DRIVER_HMAC),
        VALUE("command.hmac.set_algorithm", ABI_HMAC_SET_ALGORITHM),
        VALUE("command.hmac.run", ABI_HMAC_RUN),
        VALUE("command.hmac.update", ABI_HMAC_UPDATE),
        VALUE("command.hmac.finish", ABI_HMAC_FINISH),
        VALUE("command.hmac.verify", ABI_HMAC_VERIFY),
        VALUE("command.hmac.verify_finish", ABI_HMAC_VERIFY_FINISH),
        VALUE("driver.aes", ABI_DRIVER_AES),
        VALUE("command.aes.set_algorithm", ABI_AES_SET_ALGORITHM),
        VALUE("command.aes.setup", ABI_AES_SETUP),
        VALUE("command.aes.crypt", ABI_AES_CRYPT),
        VALUE("command.aes.finish", ABI_AES_FINISH),
        VALUE("command.aes.set_a_offset", ABI_AES_SET_A_OFFSET),
        VALUE("command.aes.set_m_offset", ABI_AES_SET_M_OFFSET),
        VALUE("command.aes.set_mic_length", ABI_AES_SET_MIC_LENGTH),
        VALUE("command.aes.set_confidential", ABI_AES_SET_CONFIDENTIAL),
        VALUE("driver.sha", ABI_DRIVER_SHA),
        VALUE("command.sha.set_algorithm", ABI_SHA_SET_ALGORITHM),
        VALUE("command.sha.hash", ABI_SHA_HASH),
        VALUE("command.sha.verify", ABI_SHA_VERIFY),
        VALUE("driver.ctap_hid", ABI_DRIVER_CTAP_HID),
        VALUE("command.ctap_hid.send", ABI_HID_SEND),
        VALUE("command.ctap_hid.receive", ABI_HID_RECEIVE),
        VALUE("command.ctap_hid.cancel_send", ABI_HID_CANCEL_SEND),
        VALUE("command.ctap_hid.cancel_receive", ABI_HID_CANCEL_RECEIVE),
        VALUE("command.ctap_hid.exchange", ABI_HID_EXCHANGE),
        VALUE("driver.keyboard_hid", ABI_DRIVER_KEYBOARD_HID),
        VALUE("command.keyboard_hid.send", ABI_HID_SEND),
        VALUE("command.keyboard_hid.receive", ABI_HID_RECEIVE),
        VALUE("command.keyboard_hid.cancel_send", ABI_HID_CANCEL_SEND),
        VALUE("command.keyboard_hid.cancel_receive", ABI_HID_CANCEL_RECEIVE),
        VALUE("command.keyboard_hid.exchange", ABI_HID_EXCHANGE),
        VALUE("driver.temperature", ABI_DRIVER_TEMPERATURE),
        VALUE("command.temperature.read", ABI_SENSOR_READ),
        VALUE("driver.humidity", ABI_DRIVER_HUMIDITY),
        VALUE("command.humidity.read", ABI_SENSOR_READ),
        VALUE("driver.ambient_light", ABI_DRIVER_AMBIENT_LIGHT),
        VALUE("command.ambient_light.read", ABI_SENSOR_READ),
        VALUE("driver.nine_dof", ABI_DRIVER_NINE_DOF),
        VALUE("command.nine_dof.acceleration", ABI_NINE_DOF_ACCELERATION),
        VALUE("driver.heart_rate", ABI_DRIVER_HEART_RATE),
        VALUE("command.heart_rate.on", ABI_HEART_RATE_ON),
        VALUE("command.heart_rate.off", ABI_HEART_RATE_OFF),
        VALUE("command.heart_rate.read", ABI_HEART_RATE_READ),
        VALUE("driver.isolated_storage", ABI_DRIVER_ISOLATED_STORAGE),
        VALUE("command.isolated_storage.size", ABI_ISOLATED_STORAGE_SIZE),
        VALUE("command.isolated_storage.read", ABI_ISOLATED_STORAGE_READ),
        VALUE("command.isolated_storage.write", ABI_ISOLATED_STORAGE_WRITE),
        VALUE("driver.nvm_storage", ABI_DRIVER_NVM_STORAGE),
        VALUE("command.nvm_storage.size", ABI_NVM_STORAGE_SIZE),
        VALUE("command.nvm_storage.read", ABI_NVM_STORAGE_READ),
        VALUE("command.nvm_storage.write", ABI_NVM_STORAGE_WRITE),
        VALUE("driver.pwm", ABI_DRIVER_PWM),
        VALUE("command.pwm.start", ABI_PWM_START),
        VALUE("command.pwm.stop", ABI_PWM_STOP),
        VALUE("driver.eui64", ABI_DRIVER_EUI64),
        VALUE("command.eui64.get", ABI_EUI64_GET),
        VALUE("driver.cycle_count", ABI_DRIVER_CYCLE_COUNT),
        VALUE("command.cycle_count.start", ABI_CYCLE_COUNT_START),
        VALUE("command.cycle_count.read", ABI_CYCLE_COUNT_READ),
        VALUE("command.cycle_count.reset", ABI_CYCLE_COUNT_RESET),
        VALUE("command.cycle_count.stop", ABI_CYCLE_COUNT_STOP),
        VALUE("driver.buzzer", ABI_DRIVER_BUZZER),
        VALUE("command.buzzer.buzz", ABI_BUZZER_BUZZ),
        VALUE("command.buzzer.buzz_now", ABI_BUZZER_BUZZ_NOW),
        VALUE("command.buzzer.stop", ABI_BUZZER_STOP),
        VALUE("driver.screen", ABI_DRIVER_SCREEN),
        VALUE("command.screen.set_power", ABI_SCREEN_SET_POWER),
        VALUE("command.screen.set_inverted", ABI_SCREEN_SET_INVERTED),
        VALUE("command.screen.resolution", ABI_SCREEN_RESOLUTION),
        VALUE("command.screen.format", ABI_SCREEN_FORMAT),
        VALUE("command.screen.set_frame", ABI_SCREEN_SET_FRAME),
        VALUE("command.screen.write", ABI_SCREEN_WRITE),
        VALUE("command.screen.fill", ABI_SCREEN_FILL),
        VALUE("driver.touch", ABI_DRIVER_TOUCH),
        VALUE("command.touch.enable", ABI_TOUCH_ENABLE),
        VALUE("command.touch.disable", ABI_TOUCH_DISABLE),
};

static const struct info_header header __attribute__((section(".sandglass.info.header"), used)) = {
    .magic = {'S', 'G', 'L', 'I'},
    .version = 1,
    .record_bytes = sizeof(struct info_record),
    .record_count = ADDRESS(sandglass_info_count),
};
