#include <ctype.h>
#include <math.h>

#include "sim/ui/controls.h"

#define STEPS_IN_SPAN 100

static int64_t span_of(const struct view_control *control)
{
    return (int64_t)control->usual_maximum - control->usual_minimum;
}

int32_t control_clamp(const struct view_control *control, int64_t value)
{
    int64_t above = value < control->minimum ? control->minimum : value;
    return (int32_t)(above > control->maximum ? control->maximum : above);
}

/* The largest of 1, 2, 5, 10, ... that is not more than `most`. */
static int64_t round_step(int64_t most)
{
    int64_t step = 1;
    static const int64_t factors[] = {2, 5, 10};
    for (int64_t power = 1; power * 10 <= INT64_C(1000000000000); power *= 10) {
        for (unsigned i = 0; i < 3; i++) {
            step = power * factors[i] <= most ? power * factors[i] : step;
        }
    }
    return step;
}

int32_t control_step(const struct view_control *control)
{
    return (int32_t)round_step(span_of(control) / STEPS_IN_SPAN);
}

float control_position(const struct view_control *control, int32_t value)
{
    int64_t span = span_of(control);
    if (span <= 0) {
        return 0;
    }
    float position = (float)((int64_t)value - control->usual_minimum) / (float)span;
    return fminf(1, fmaxf(0, position));
}

int32_t control_value_at(const struct view_control *control, float position)
{
    float inside = fminf(1, fmaxf(0, position));
    int64_t fine = control_step(control) >= 5 ? control_step(control) / 5 : 1;
    int64_t offset = (int64_t)((double)inside * (double)span_of(control));
    int64_t value = control->usual_minimum + offset;
    if (inside < 1 && inside > 0) {
        int64_t half = value >= 0 ? fine / 2 : -(fine / 2);
        value = (value + half) / fine * fine;
    }
    if (value < control->usual_minimum) {
        value = control->usual_minimum;
    }
    return control_clamp(control, value > control->usual_maximum ? control->usual_maximum : value);
}

bool control_parse(const struct view_control *control, const char *text, int32_t *value)
{
    bool negative = text[0] == '-';
    int64_t number = 0;
    uint32_t decimals = 0;
    bool point = false;
    bool any = false;
    for (const char *at = text + (negative ? 1 : 0); *at != '\0'; at++) {
        if ((*at == '.' || *at == ',') && !point) {
            point = true;
        } else if (!isdigit((unsigned char)*at)) {
            return false;
        } else {
            any = true;
            if ((!point || decimals < control->decimals) && number < INT64_C(100000000000)) {
                number = number * 10 + (*at - '0');
                decimals += point;
            }
        }
    }
    for (; decimals < control->decimals; decimals++) {
        number *= 10;
    }
    *value = control_clamp(control, negative ? -number : number);
    return any;
}
