#include "peripherals/nrf52/temp.h"

#include <string.h>

#define EVENTS                NRF_EVENT_BIT(TEMP_EVENTS_DATARDY)
#define ROOM_CENTIDEGREES     2500
#define CENTIDEGREES_PER_STEP 25

/* One of the rows of calibration constants. */
struct temp_row {
    uint32_t first;
    uint32_t count;
    uint32_t index; /* of the first in temp_state.constants */
    uint32_t mask;
};

static const struct temp_row rows[] = {
    {TEMP_A0, 6, 0, 0xFFF}, {TEMP_B0, 6, 6, 0x3FFF}, {TEMP_T0, 5, 12, 0xFF}};

static const uint32_t reset_52832[TEMP_CONSTANTS] = {
    0x320,  0x343, 0x35D,  0x400, 0x47F, 0x37B, 0x3FCC, 0x3F98, 0x3F98,
    0x0012, 0x06A, 0x3DD0, 0x0E2, 0x000, 0x014, 0x019,  0x050,
};
static const uint32_t reset_52840[TEMP_CONSTANTS] = {
    0x326,  0x348, 0x3AA, 0x40E, 0x4BD, 0x5A3, 0x3FEF, 0x3FBE, 0x3FBE,
    0x0012, 0x124, 0x27C, 0x0E2, 0x000, 0x019, 0x03C,  0x050,
};

static const struct device_fault temp_faults[] = {
    [TEMP_FAULT_STUCK] = {"stuck", "every measurement gives VALUE hundredths of a degree Celsius",
                          -27315, 100000},
    [TEMP_FAULTS] = {0}};

/* The row of a calibration constant, NULL: the offset is none. */
static const struct temp_row *find_row(uint32_t offset)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (offset >= rows[i].first && (offset - rows[i].first) / 4U < rows[i].count) {
            return &rows[i];
        }
    }
    return NULL;
}

/* To the nearest step. The input may be any number. */
static int32_t steps(int64_t centidegrees)
{
    int64_t half = CENTIDEGREES_PER_STEP / 2;
    return (int32_t)((centidegrees + (centidegrees < 0 ? -half : half)) / CENTIDEGREES_PER_STEP);
}

static void measured(void *owner, uint64_t late_cycles)
{
    struct temp *temp = owner;
    (void)late_cycles;
    int32_t stuck = temp->state.faults[TEMP_FAULT_STUCK];
    temp->state.temp = (uint32_t)steps(stuck != 0 ? stuck : temp->state.centidegrees);
    nrf_event_raise(&temp->env, &temp->state.events, TEMP_EVENTS_DATARDY);
}

static void start(struct temp *temp)
{
    if (!temp->measured.queued) {
        clock_schedule(temp->env.clock, &temp->measured,
                       clock_now(temp->env.clock) +
                           clock_us_to_cycles(temp->env.clock, TEMP_MEASURE_US));
    }
}

static void temp_update(void *self)
{
    struct temp *temp = self;
    nrf_events_update_irq(&temp->env, &temp->state.events);
}

static bool temp_get(const struct temp *temp, uint32_t offset, uint32_t *value)
{
    const struct temp_row *row = find_row(offset);
    if (nrf_events_get(&temp->state.events, EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case TEMP_TASKS_START:
    case TEMP_TASKS_STOP:
        *value = 0;
        return true;
    case TEMP_TEMP:
        *value = temp->state.temp;
        return true;
    default:
        if (row == NULL) {
            return false;
        }
        *value = temp->state.constants[row->index + (offset - row->first) / 4U];
        return true;
    }
}

static uint32_t temp_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return temp_get(self, offset, &value) ? value : 0;
}

static enum bus_result temp_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct temp *temp = self;
    uint32_t word = 0;
    bool known = temp_get(temp, access.offset & ~3U, &word);
    return nrf_finish_read(&temp->env, access, known, word, value);
}

static void write_register(struct temp *temp, uint32_t offset, uint32_t value)
{
    const struct temp_row *row = find_row(offset);
    switch (offset) {
    case TEMP_TASKS_START:
        if (nrf_is_trigger(value)) {
            start(temp);
        }
        break;
    case TEMP_TASKS_STOP:
        if (nrf_is_trigger(value)) {
            clock_cancel(temp->env.clock, &temp->measured);
        }
        break;
    default:
        if (row == NULL) {
            nrf_report_unknown_write(&temp->env, offset);
            break;
        }
        temp->state.constants[row->index + (offset - row->first) / 4U] = value & row->mask;
        break;
    }
}

static enum bus_result temp_write(void *self, struct bus_access access, uint32_t value)
{
    struct temp *temp = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&temp->env, access, value);
    if (!nrf_events_write(&temp->state.events, EVENTS, offset, word)) {
        write_register(temp, offset, word);
    }
    temp_update(temp);
    return BUS_OK;
}

static bool temp_input(void *self, const struct device_input *input)
{
    struct temp *temp = self;
    if (strcmp(input->what, "temperature") != 0) {
        return device_fault_take(temp_faults, input, temp->state.faults);
    }
    temp->state.centidegrees = input->value;
    return true;
}

static void temp_reset(void *self, uint32_t reasons)
{
    struct temp *temp = self;
    (void)reasons;
    clock_cancel(temp->env.clock, &temp->measured);
    temp->state.events = (struct nrf_events){0};
    temp->state.temp = 0;
    memcpy(temp->state.constants, nrf_is_nrf52840(&temp->env) ? reset_52840 : reset_52832,
           sizeof temp->state.constants);
}

static const char *temp_init(void *self, const struct device_env *env)
{
    struct temp *temp = self;
    temp->env = *env;
    temp->state.centidegrees = ROOM_CENTIDEGREES;
    event_init(&temp->measured, measured, temp);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct temp_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_faults_are_sane(temp_faults, s->faults);
}

static int32_t temp_value(const void *self, size_t index)
{
    const struct temp *temp = self;
    (void)index;
    return temp->state.centidegrees;
}

static const struct device_quantity celsius = {"°C", 2, DEVICE_QUANTITY_STAYS, -2000, 6000};
static const struct device_input_kind temp_inputs[] = {{"temperature", -4000, 8500, &celsius}, {0}};
static const size_t event_offsets[] = {offsetof(struct temp, measured)};

const struct device_class nrf52_temp_class = {
    .name = "nrf52-temp",
    .size_bytes = sizeof(struct temp),
    .state_offset = offsetof(struct temp, state),
    .state_bytes = sizeof(struct temp_state),
    .state_version = 2,
    .state_is_sane = state_is_sane,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .init = temp_init,
    .reset = temp_reset,
    .update = temp_update,
    .read = temp_read,
    .write = temp_write,
    .peek = temp_peek,
    .input = temp_input,
    .inputs = temp_inputs,
    .input_value = temp_value,
    .faults = temp_faults,
};
