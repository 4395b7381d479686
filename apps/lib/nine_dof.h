/* Acceleration. A board that lies flat and still measures 1000 mg on its z axis. */
#ifndef APPS_LIB_NINE_DOF_H
#define APPS_LIB_NINE_DOF_H

#include <stdint.h>

#include "apps/lib/syscall.h"

struct nine_dof_acceleration {
    int32_t x_mg, y_mg, z_mg; /* thousandths of the earth's gravity */
};

/* Measures and waits. K_EFAIL: the sensor did not answer (the kernel says three zeros then, which a
 * falling board might measure, too). */
int nine_dof_read_acceleration(struct nine_dof_acceleration *acceleration);
/* Without waiting: the upcall gets (x, y, z) as int32_t. */
int nine_dof_read_acceleration_async(syscall_upcall upcall, void *userdata);

#endif
