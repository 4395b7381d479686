/*
 * info.h - a record of the section `.sandglass.info`, for whoever has something to say there: see
 * kernel/core/info.c. Costs no flash.
 */
#ifndef KERNEL_CORE_INFO_H
#define KERNEL_CORE_INFO_H

#include <stdint.h>

struct info_record {
    char name[40];
    uint32_t value;
    uint16_t width;
    uint16_t count;
};
_Static_assert(sizeof(struct info_record) == 48, "kernel/core/info.c says so, and kernel.ld");

/* An array of records, at file scope: INFO_RECORDS(name) = {...}; */
#define INFO_RECORDS(name)                                                                         \
    static const struct info_record name[] __attribute__((section(".sandglass.info.records"), used))
#define INFO_ADDRESS(object)          ((uint32_t)(uintptr_t)(object))
#define INFO_FIELD_BYTES(type, field) sizeof(((type *)0)->field)
#define INFO_FIELD(name, type, field)                                                              \
    {                                                                                              \
        (name), offsetof(type, field), INFO_FIELD_BYTES(type, field), 1                            \
    }

#endif
