/* peripherals/parts/bma42x_features.h - the feature engine of BMA42x: its configuration, the page
 * of settings, steps and gestures (bma42x.h says how far). What raises an interrupt is returned as
 * bits of INT_STATUS_0; pins are bma42x.c's. */
#ifndef PERIPHERALS_PARTS_BMA42X_FEATURES_H
#define PERIPHERALS_PARTS_BMA42X_FEATURES_H

#include "peripherals/parts/bma42x.h"

/* The register INTERNAL_STATUS. */
uint8_t bma42x_internal_status(const struct bma42x *bma);

/* Writes to INIT_CTRL, and byte `burst` of an access to FEATURES_IN, which begins at the address
 * that 0x5B and 0x5C hold. */
void bma42x_write_init_ctrl(struct bma42x *bma, uint8_t value);
void bma42x_write_feature(struct bma42x *bma, uint32_t burst, uint8_t value);
uint8_t bma42x_read_feature(const struct bma42x *bma, uint32_t burst);

/* So many steps are walked: the interrupts that come of it. */
uint8_t bma42x_walk(struct bma42x *bma, int32_t count);

/* The input `what` as a gesture. False: it is none. */
bool bma42x_make_gesture(const struct bma42x *bma, const char *what, uint8_t *interrupts);

#endif
