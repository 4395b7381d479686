#include "peripherals/iface/device.h"

#include <string.h>

static bool is_allowed(const struct device_fault *fault, int32_t value)
{
    return value == 0 || (value >= fault->value_min && value <= fault->value_max);
}

const struct device_quantity device_action = {"", 0, DEVICE_QUANTITY_ONCE, 0, 0};

bool device_fault_take(const struct device_fault *faults, const struct device_input *input,
                       int32_t *values)
{
    for (size_t i = 0; faults[i].name != NULL; i++) {
        if (strcmp(faults[i].name, input->what) == 0) {
            bool allowed = is_allowed(&faults[i], input->value);
            values[i] = allowed ? input->value : values[i];
            return allowed;
        }
    }
    return false;
}

bool device_fault_strikes(int32_t *value)
{
    if (*value == 0) {
        return false;
    }
    (*value)--;
    return *value == 0;
}

bool device_faults_are_sane(const struct device_fault *faults, const int32_t *values)
{
    for (size_t i = 0; faults[i].name != NULL; i++) {
        if (!is_allowed(&faults[i], values[i])) {
            return false;
        }
    }
    return true;
}
