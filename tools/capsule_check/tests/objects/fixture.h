/* What the text says that all objects of this folder are held against. */
#ifndef TOOLS_CAPSULE_CHECK_TESTS_OBJECTS_FIXTURE_H
#define TOOLS_CAPSULE_CHECK_TESTS_OBJECTS_FIXTURE_H

#include "kernel/capsule/driver.h"
#include "kernel/capsule/grant.h"
#include "kernel/capsule/process_control.h"
#include "kernel/hil/led.h"

struct fixture {
    const struct hil_led *led;
    uint32_t count;
};

void fixture_init(struct fixture *fixture, uint32_t number);

#endif
