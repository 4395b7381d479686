#include "sim/loader/sim_error.h"

#include <stdarg.h>
#include <stdio.h>

bool sim_fail(struct sim_error *error, enum sim_status status, const char *format, ...)
{
    if (error->status == SIM_OK) {
        va_list arguments;
        va_start(arguments, format);
        error->status = status;
        vsnprintf(error->text, sizeof error->text, format, arguments);
        va_end(arguments);
    }
    return false;
}
