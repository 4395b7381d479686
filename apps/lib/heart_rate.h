/* The optical heart-rate sensor: a light into the skin, and how much of it comes back. */
#ifndef APPS_LIB_HEART_RATE_H
#define APPS_LIB_HEART_RATE_H

#include <stdint.h>

#include "apps/lib/syscall.h"

struct heart_rate_sample {
    uint32_t reflected; /* falls a little with each beat */
    uint32_t ambient;   /* light from elsewhere */
};

/* The light; it takes current. */
int heart_rate_on(void);
int heart_rate_off(void);
/* Fetches the latest sample and waits for it. The sensor takes one every 12.5 ms. */
int heart_rate_read(struct heart_rate_sample *sample);
/* Without waiting: the upcall gets (status, reflected, ambient). */
int heart_rate_read_async(syscall_upcall upcall, void *userdata);

#endif
