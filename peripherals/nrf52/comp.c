#include "peripherals/nrf52/comp.h"

#define ALL_EVENTS          0xFU
#define SHORTS_MASK         0x1FU
#define SHORTS_READY_SAMPLE (1U << 0)
#define SHORTS_READY_STOP   (1U << 1)
#define SHORTS_DOWN_STOP    (1U << 2)
#define SHORTS_UP_STOP      (1U << 3)
#define SHORTS_CROSS_STOP   (1U << 4)
#define REFSEL_RESET        4U
#define REFSEL_VDD          4U
#define REFSEL_AREF         7U
#define MODE_DIFF           (1U << 8)
#define HYST_MICROVOLTS     50000
#define TH_STEPS            64

#define STUCK_HIGH 2

static const struct device_fault comp_faults[] = {
    [COMP_FAULT_STUCK] = {"stuck", "the output is low (1) or high (2) whatever the input", 1,
                          STUCK_HIGH},
    [COMP_FAULT_OFFSET] = {"offset", "the input counts as VALUE mV more than it is", -1000, 1000},
    [COMP_FAULTS] = {0}};

enum anadetect { ANADETECT_CROSS, ANADETECT_UP, ANADETECT_DOWN };

/* Below `down` the output falls, above `up` it rises. */
struct thresholds {
    int64_t down, up;
};

static bool is_differential(const struct comp_state *s)
{
    return s->enable == COMP_ENABLE_COMP && (s->mode & MODE_DIFF) != 0;
}

static bool has_internal_reference(const struct comp_state *s)
{
    return s->enable == COMP_ENABLE_COMP && !is_differential(s) && (s->refsel & 7U) < REFSEL_VDD;
}

/* The input EXTREFSEL, of which LPCOMP has one bit. */
static int32_t external_microvolts(const struct comp *comp)
{
    uint32_t mask = comp->state.enable == COMP_ENABLE_COMP ? 7U : 1U;
    return analog_input_microvolts(&comp->env, comp->state.extrefsel & mask);
}

static int64_t lpcomp_reference(const struct comp *comp)
{
    uint32_t refsel = comp->state.refsel;
    int64_t vdd = comp->env.nets->vdd.microvolts;
    if (refsel == REFSEL_AREF) {
        return external_microvolts(comp);
    }
    return refsel < REFSEL_AREF ? vdd * (refsel + 1) / 8 : vdd * (2 * (refsel - 8) + 1) / 16;
}

/* A reserved value counts as VDD. */
static int64_t comp_reference(const struct comp *comp)
{
    static const int32_t internal[3] = {1200000, 1800000, 2400000};
    uint32_t refsel = comp->state.refsel & 7U;
    if (refsel == REFSEL_AREF) {
        return external_microvolts(comp);
    }
    return refsel < 3 ? internal[refsel] : comp->env.nets->vdd.microvolts;
}

static struct thresholds around(int64_t reference, bool hysteresis)
{
    int64_t half = hysteresis ? HYST_MICROVOLTS / 2 : 0;
    return (struct thresholds){.down = reference - half, .up = reference + half};
}

static struct thresholds find_thresholds(const struct comp *comp)
{
    const struct comp_state *s = &comp->state;
    if (s->enable == COMP_ENABLE_LPCOMP) {
        return around(lpcomp_reference(comp), s->hyst != 0);
    }
    if (is_differential(s)) {
        return around(external_microvolts(comp), s->hyst != 0);
    }
    int64_t reference = comp_reference(comp);
    return (struct thresholds){
        .down = reference * ((s->th & 0x3FU) + 1) / TH_STEPS,
        .up = reference * ((s->th >> 8 & 0x3FU) + 1) / TH_STEPS,
    };
}

/* What the comparator puts out next: between the thresholds it stays as it is. */
static bool compare(const struct comp *comp)
{
    struct thresholds thresholds = find_thresholds(comp);
    const int32_t *faults = comp->state.faults.values;
    int64_t input = analog_input_microvolts(&comp->env, comp->state.psel) +
                    (int64_t)faults[COMP_FAULT_OFFSET] * 1000;
    if (faults[COMP_FAULT_STUCK] != 0) {
        return faults[COMP_FAULT_STUCK] == STUCK_HIGH;
    }
    if (input > thresholds.up) {
        return true;
    }
    return input >= thresholds.down && comp->state.above;
}

static uint64_t delay_cycles(const struct comp *comp)
{
    static const uint32_t by_speed[4] = {600, 200, 100, 100};
    const struct comp_state *s = &comp->state;
    uint64_t ns = s->enable == COMP_ENABLE_LPCOMP ? LPCOMP_DELAY_NS : by_speed[s->mode & 3U];
    return ns * (comp->env.clock->cpu_hz / 1000000U) / 1000U;
}

static void stop(struct comp *comp)
{
    clock_cancel(comp->env.clock, &comp->ready);
    clock_cancel(comp->env.clock, &comp->settled);
    comp->state.phase = COMP_OFF;
    comp->state.above = false;
}

static void sample(struct comp *comp)
{
    comp->state.result = comp->state.above;
}

static bool is_detected(const struct comp_state *s, bool above)
{
    return s->enable == COMP_ENABLE_LPCOMP &&
           (s->anadetect == ANADETECT_CROSS ||
            s->anadetect == (above ? ANADETECT_UP : ANADETECT_DOWN));
}

/* Event registers, shortcuts, then the world. */
static void cross(struct comp *comp)
{
    struct comp_state *s = &comp->state;
    uint32_t edge = s->above ? COMP_EVENTS_UP : COMP_EVENTS_DOWN;
    uint32_t stops = SHORTS_CROSS_STOP | (s->above ? SHORTS_UP_STOP : SHORTS_DOWN_STOP);
    nrf_event_set(&s->events, edge);
    nrf_event_set(&s->events, COMP_EVENTS_CROSS);
    if ((s->shorts & stops) != 0) {
        stop(comp);
    }
    nrf_event_raise(&comp->env, &s->events, edge);
    nrf_event_raise(&comp->env, &s->events, COMP_EVENTS_CROSS);
}

static void settled_fired(void *owner, uint64_t late_cycles)
{
    struct comp *comp = owner;
    (void)late_cycles;
    bool above = compare(comp);
    if (above != comp->state.above) {
        comp->state.above = above;
        cross(comp);
    }
}

static void ready_fired(void *owner, uint64_t late_cycles)
{
    struct comp *comp = owner;
    struct comp_state *s = &comp->state;
    (void)late_cycles;
    s->phase = COMP_RUNNING;
    s->above = compare(comp);
    nrf_event_set(&s->events, COMP_EVENTS_READY);
    if ((s->shorts & SHORTS_READY_SAMPLE) != 0) {
        sample(comp);
    }
    if ((s->shorts & SHORTS_READY_STOP) != 0) {
        stop(comp);
    }
    nrf_event_raise(&comp->env, &s->events, COMP_EVENTS_READY);
}

/* In System OFF no event of the clock fires. What is overdue has happened before the change that is
 * looked at now. */
static void catch_up(struct comp *comp)
{
    uint64_t now = clock_now(comp->env.clock);
    if (comp->ready.queued && comp->ready.due_cycles < now) {
        clock_cancel(comp->env.clock, &comp->ready);
        ready_fired(comp, 0);
    }
    if (comp->settled.queued && comp->settled.due_cycles < now) {
        clock_cancel(comp->env.clock, &comp->settled);
        comp->state.above = !comp->state.above;
        cross(comp);
    }
}

/* Something that the comparator compares has changed. */
static void look(struct comp *comp)
{
    struct comp_state *s = &comp->state;
    catch_up(comp);
    if (s->phase != COMP_RUNNING || compare(comp) == s->above) {
        clock_cancel(comp->env.clock, &comp->settled);
        return;
    }
    if (!comp->settled.queued) {
        clock_schedule(comp->env.clock, &comp->settled,
                       clock_now(comp->env.clock) + delay_cycles(comp));
    }
    if (is_detected(s, !s->above) && comp->env.chip.wake != NULL) {
        comp->env.chip.wake(comp->env.chip.context, RESET_LPCOMP);
    }
}

static void start(struct comp *comp)
{
    struct comp_state *s = &comp->state;
    uint64_t us = s->enable == COMP_ENABLE_LPCOMP ? LPCOMP_START_US : COMP_START_US;
    if (s->phase != COMP_OFF) {
        return;
    }
    us += has_internal_reference(s) ? COMP_REFERENCE_START_US : 0;
    s->phase = COMP_STARTING;
    clock_schedule(comp->env.clock, &comp->ready,
                   clock_now(comp->env.clock) + clock_us_to_cycles(comp->env.clock, us));
}

static void run_task(struct comp *comp, uint32_t offset)
{
    if (comp->state.enable != COMP_ENABLE_LPCOMP && comp->state.enable != COMP_ENABLE_COMP) {
        device_guest_error(&comp->env, offset,
                           "a task while ENABLE selects no comparator is ignored");
        return;
    }
    switch (offset) {
    case COMP_TASKS_START:
        start(comp);
        break;
    case COMP_TASKS_STOP:
        stop(comp);
        break;
    default: /* SAMPLE */
        sample(comp);
        break;
    }
}

static void voltage_changed(void *owner, uint32_t index, int32_t microvolts)
{
    (void)index;
    (void)microvolts;
    look(owner);
}

static void level_changed(void *owner, uint32_t index, enum wire_level level)
{
    (void)index;
    (void)level;
    look(owner);
}

static void comp_update(void *self)
{
    struct comp *comp = self;
    nrf_events_update_irq(&comp->env, &comp->state.events);
}

/* A register that can be read and, but for RESULT, written; NULL: the offset is none. */
static uint32_t *plain_register(const struct comp *comp, struct comp_state *s, uint32_t offset,
                                uint32_t *mask)
{
    const struct {
        uint32_t offset, mask;
        uint32_t *value;
    } registers[] = {
        {COMP_SHORTS, SHORTS_MASK, &s->shorts},
        {NRF_INTEN, ALL_EVENTS, &s->events.inten},
        {COMP_PSEL, 7U, &s->psel},
        {COMP_REFSEL, 0xFU, &s->refsel},
        {COMP_EXTREFSEL, 7U, &s->extrefsel},
        {LPCOMP_ANADETECT, 3U, &s->anadetect},
        {COMP_TH, 0x3F3FU, &s->th},
        {COMP_MODE, 0x103U, &s->mode},
        {COMP_HYST, 1U, &s->hyst},
        {COMP_ISOURCE, 3U, &s->isource},
    };
    size_t count = sizeof registers / sizeof registers[0] - nrf_is_nrf52840(&comp->env);
    for (size_t i = 0; i < count; i++) { /* the last, ISOURCE, is nRF52832's */
        if (registers[i].offset == offset) {
            *mask = registers[i].mask;
            return registers[i].value;
        }
    }
    return NULL;
}

static bool comp_get(const struct comp *comp, uint32_t offset, uint32_t *value)
{
    struct comp_state copy = comp->state;
    uint32_t mask;
    const uint32_t *plain = plain_register(comp, &copy, offset, &mask);
    if (plain != NULL) {
        *value = *plain;
        return true;
    }
    if (nrf_events_get(&copy.events, ALL_EVENTS, offset, value)) {
        return true;
    }
    switch (offset) {
    case COMP_TASKS_START:
    case COMP_TASKS_STOP:
    case COMP_TASKS_SAMPLE:
        *value = 0;
        return true;
    case COMP_RESULT:
        *value = copy.result;
        return true;
    case COMP_ENABLE:
        *value = copy.enable;
        return true;
    default:
        return false;
    }
}

static uint32_t comp_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return comp_get(self, offset, &value) ? value : 0;
}

static enum bus_result comp_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct comp *comp = self;
    uint32_t word = 0;
    bool known = comp_get(comp, access.offset & ~3U, &word);
    return nrf_finish_read(&comp->env, access, known, word, value);
}

static void write_enable(struct comp *comp, uint32_t value)
{
    if (value == comp->state.enable) {
        return;
    }
    if (value == 3) {
        device_guest_error(&comp->env, COMP_ENABLE, "a value of ENABLE that selects nothing");
    }
    stop(comp);
    comp->state.enable = value;
}

static void write_register(struct comp *comp, uint32_t offset, uint32_t value)
{
    uint32_t mask;
    uint32_t *plain = plain_register(comp, &comp->state, offset, &mask);
    if (plain != NULL) {
        *plain = value & mask;
        look(comp);
        return;
    }
    switch (offset) {
    case COMP_TASKS_START:
    case COMP_TASKS_STOP:
    case COMP_TASKS_SAMPLE:
        if (nrf_is_trigger(value)) {
            run_task(comp, offset);
        }
        break;
    case COMP_ENABLE:
        write_enable(comp, value & 3U);
        break;
    default:
        nrf_report_unknown_write(&comp->env, offset);
        break;
    }
}

static enum bus_result comp_write(void *self, struct bus_access access, uint32_t value)
{
    struct comp *comp = self;
    uint32_t word = nrf_begin_write(&comp->env, access, value);
    uint32_t offset = access.offset & ~3U;
    if (!nrf_events_write(&comp->state.events, ALL_EVENTS, offset, word)) {
        write_register(comp, offset, word);
    }
    comp_update(comp);
    return BUS_OK;
}

static void comp_reset(void *self, uint32_t reasons)
{
    struct comp *comp = self;
    (void)reasons;
    stop(comp);
    comp->state = (struct comp_state){.refsel = REFSEL_RESET, .faults = comp->state.faults};
}

static bool comp_input(void *self, const struct device_input *input)
{
    struct comp *comp = self;
    if (!device_fault_take(comp_faults, input, comp->state.faults.values)) {
        return false;
    }
    look(comp);
    return true;
}

static const char *comp_init(void *self, const struct device_env *env)
{
    struct comp *comp = self;
    comp->env = *env;
    for (uint32_t i = 0; i < ANALOG_INPUTS; i++) {
        struct pin *pin = analog_input_pin(env, i);
        struct comp_listener *input = &comp->inputs[i];
        if (pin != NULL) {
            analog_listen(&pin->analog, &input->voltage, voltage_changed, comp, i);
            wire_listen(&pin->out, &input->out, level_changed, comp, i);
            wire_listen(&pin->pad, &input->pad, level_changed, comp, i);
        }
    }
    analog_listen(&env->nets->vdd, &comp->vdd, voltage_changed, comp, ANALOG_INPUTS);
    event_init(&comp->ready, ready_fired, comp);
    event_init(&comp->settled, settled_fired, comp);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct comp_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_bool_is_sane(&s->above) && s->phase <= COMP_RUNNING && s->psel < ANALOG_INPUTS &&
           s->enable <= 3 && s->refsel <= 0xF &&
           device_faults_are_sane(comp_faults, s->faults.values);
}

static const size_t event_offsets[] = {offsetof(struct comp, ready),
                                       offsetof(struct comp, settled)};

const struct device_class nrf52_comp_class = {
    .name = "nrf52-comp",
    .size_bytes = sizeof(struct comp),
    .state_offset = offsetof(struct comp, state),
    .state_bytes = sizeof(struct comp_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = comp_init,
    .reset = comp_reset,
    .update = comp_update,
    .read = comp_read,
    .write = comp_write,
    .peek = comp_peek,
    .input = comp_input,
    .faults = comp_faults,
};
