/* peripherals/parts/cst816s.h - CST816S capacitive touch controller on I2C (Hynitron).
 *
 * Reference: register description of the vendor (V1.3) and the public Zephyr binding and driver.
 * Devicetree: `hynitron,cst816s`; reg (0x15); `irq-gpios` or `int-gpios`, `rst-gpios` or
 * `reset-gpios`, each optional; `screen-width`, `screen-height` (240 without them, at most 4096).
 * Inputs: "touch" with value x + 4096 * y: the finger goes down there, or
 * moves there; "untouch"; "gesture" with a code for GestureID, for gestures that the model's own
 * rules (slides, tap, double tap, long press) do not make of the touches.
 * Faults: those of i2c_part.h; "no-answer": neither I2C nor the interrupt pin live.
 *
 * The finger is scanned every NorScanPer * 10 ms. After AutoSleepTime seconds without a touch the
 * controller sleeps and does not answer before the next touch (DisAutoSleep: never); SleepMode 3 is
 * left by the reset pin only. The interrupt pin pulses low for IrqPulseWidth * 0.1 ms.
 * Not modelled: the second point, weights, low-power calibration, continuous slides, and
 * AutoReset.
 */
#ifndef PERIPHERALS_PARTS_CST816S_H
#define PERIPHERALS_PARTS_CST816S_H

#include "peripherals/parts/i2c_part.h"

#define CST816S_SETTINGS 20U /* registers 0xEC..0xFF */

/* In part.faults, after those of every I2C part. */
enum cst816s_fault {
    CST816S_FAULT_NO_ANSWER = I2C_FAULT_COUNT,
};

struct cst816s {
    struct device_env env;
    struct i2c_part part;
    struct props_gpio irq, reset; /* pin NULL: not wired */
    struct wire_listener reset_listener;
    struct cst816s_state {
        struct i2c_part_state part;
        uint8_t pointer;
        uint8_t settings[CST816S_SETTINGS];
        bool touched, asleep_for_good, pulsing, held_in_reset;
        bool moved, long_pressed;
        uint8_t gesture, event; /* event: 0 down, 1 up, 2 contact */
        uint32_t x, y, first_x, first_y;
        uint64_t ready_cycles;   /* after a reset it answers from then on */
        uint64_t touched_cycles; /* when the finger last went down, moved or left, or the reset */
        uint64_t down_cycles, tap_cycles; /* the last touch, and the last tap; 0: none */
    } state;
    struct event scan;      /* while touched */
    struct event pulse_end; /* of the interrupt pin */
};

extern const struct device_class part_cst816s_class;

#endif
