/*
 * manifest.h - the line at the top of every capsule's source, which names it and what it needs:
 *
 *   CAPSULE(alarm, .needs = {ALARM, GRANT});
 *   CAPSULE(text);
 *
 * The name is the file's. A need is a trusted header, or a library among the capsules, of which the
 * capsule uses functions or variables; GRANT is also needed by one that declares a grant. Other
 * headers of kernel/capsule, kernel/hil and kernel/abi are everybody's. capsule_check refuses a
 * capsule that uses what it does not name or names what it does not use, and the board's link one
 * that needs what kernel/boards/capsules.manifest or the board's own file does not grant.
 */
#ifndef KERNEL_CAPSULE_MANIFEST_H
#define KERNEL_CAPSULE_MANIFEST_H

#include <stdint.h>

#include "kernel/hil/guard.h"

/* NEED(its name, the header). capsule_check reads the same list. */
#define CAPSULE_NEEDS(NEED)                                                                        \
    NEED(ACCELEROMETER, "kernel/hil/accelerometer.h")                                              \
    NEED(ADC, "kernel/hil/adc.h")                                                                  \
    NEED(AES, "kernel/hil/aes.h")                                                                  \
    NEED(ALARM, "kernel/hil/alarm.h")                                                              \
    NEED(BLE, "kernel/hil/ble.h")                                                                  \
    NEED(BUTTON, "kernel/hil/button.h")                                                            \
    NEED(COMPARATOR, "kernel/hil/comparator.h")                                                    \
    NEED(CREDENTIAL, "kernel/hil/credential.h")                                                    \
    NEED(CYCLE_COUNTER, "kernel/hil/cycle_counter.h")                                              \
    NEED(DELAY, "kernel/hil/delay.h")                                                              \
    NEED(ENTROPY, "kernel/hil/entropy.h")                                                          \
    NEED(FLASH, "kernel/hil/flash.h")                                                              \
    NEED(GPIO, "kernel/hil/gpio.h")                                                                \
    NEED(I2C, "kernel/hil/i2c.h")                                                                  \
    NEED(LED, "kernel/hil/led.h")                                                                  \
    NEED(PULSE, "kernel/hil/pulse.h")                                                              \
    NEED(PWM, "kernel/hil/pwm.h")                                                                  \
    NEED(RADIO, "kernel/hil/radio.h")                                                              \
    NEED(SCREEN, "kernel/hil/screen.h")                                                            \
    NEED(SENSOR, "kernel/hil/sensor.h")                                                            \
    NEED(SPI, "kernel/hil/spi.h")                                                                  \
    NEED(TOUCH_PANEL, "kernel/hil/touch_panel.h")                                                  \
    NEED(UART, "kernel/hil/uart.h")                                                                \
    NEED(USB, "kernel/hil/usb.h")                                                                  \
    NEED(APP_CONTROL, "kernel/capsule/app_control.h")                                              \
    NEED(DEBUG, "kernel/capsule/debug.h")                                                          \
    NEED(DEFERRED, "kernel/capsule/deferred.h")                                                    \
    NEED(GRANT, "kernel/capsule/grant.h")                                                          \
    NEED(PROCESS_CONTROL, "kernel/capsule/process_control.h")                                      \
    NEED(PROCESS_REPORT, "kernel/capsule/process_report.h")                                        \
    NEED(STORAGE, "kernel/capsule/storage.h")                                                      \
    NEED(TEXT, "kernel/capsule/text.h")                                                            \
    NEED(AES_CCM, "kernel/capsules/aes_ccm.h")                                                     \
    NEED(AES_INVERSE, "kernel/capsules/aes_inverse.h")                                             \
    NEED(AES_JOB, "kernel/capsules/aes_job.h")                                                     \
    NEED(HID_DESCRIPTORS, "kernel/capsules/hid_descriptors.h")                                     \
    NEED(DIGEST, "kernel/capsules/digest.h")                                                       \
    NEED(LINE_EDIT, "kernel/capsules/line_edit.h")                                                 \
    NEED(NVM_POOL, "kernel/capsules/nvm_pool.h")                                                   \
    NEED(P256, "kernel/capsules/p256.h")                                                           \
    NEED(SENSOR_DRIVER, "kernel/capsules/sensor.h")                                                \
    NEED(SHA256, "kernel/capsules/sha256.h")

#define CAPSULE_NEED_ENUMERATOR(name, header) name,
enum capsule_need {
    CAPSULE_NEEDS_END, /* in the list of a capsule: no more */
    CAPSULE_NEEDS(CAPSULE_NEED_ENUMERATOR) CAPSULE_NEED_COUNT
};

/* What the image says of itself for each capsule, in the section .capsule.manifest, which is not
 * loaded: records of this size side by side. */
#define CAPSULE_NAME_BYTES  28
#define CAPSULE_NEEDS_BYTES 20
struct capsule_manifest {
    char name[CAPSULE_NAME_BYTES];      /* ends in 0 */
    uint8_t needs[CAPSULE_NEEDS_BYTES]; /* enum capsule_need; ends in CAPSULE_NEEDS_END */
};
_Static_assert(sizeof(struct capsule_manifest) == CAPSULE_NAME_BYTES + CAPSULE_NEEDS_BYTES,
               "records lie side by side");

/* Once per capsule, at file scope. Besides, `this_capsule` is what the kernel knows it by: the
 * owner of its clients, handles, deferred calls and drivers. A library has none of them and is not
 * kept.
 */
#define CAPSULE(capsule_name, ...)                                                                 \
    static const struct capsule this_capsule                                                       \
        __attribute__((section("capsules"), unused)) = {sizeof(#capsule_name), {#capsule_name}};   \
    _Static_assert(sizeof(#capsule_name) >= 3, "its name is too short");                           \
    static const struct capsule_manifest capsule_name##_manifest                                   \
        __attribute__((section(".capsule.manifest"), used)) = {.name = #capsule_name, __VA_ARGS__}

#endif
