#include "peripherals/nrf52/clock_power.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"

#define BPROT_PAGES                128U
#define APPROTECT_MASK             0xFFU
#define SUPPLY_MIN_MV              1700 /* less is a fault: the chip stops */
#define SUPPLY_MAX_MV              5500
#define FORCEPROTECT_RESET         0xFFFFFFFFU
#define BPROT_DISABLEINDEBUG_RESET 1U

static const struct device_fault faults[] = {
    [CLOCK_FAULT_HFXO_DEAD] = {"hfxo-dead", "the 64 MHz crystal does not start while this lasts", 1,
                               1},
    [CLOCK_FAULT_LFXO_DEAD] = {"lfxo-dead", "the 32,768 Hz crystal does not start while this lasts",
                               1, 1},
    [CLOCK_FAULT_LF_SKEW] = {"lf-skew", "the 32,768 Hz clock is VALUE ppm too fast",
                             -LF_CLOCK_PPM_MAX, LF_CLOCK_PPM_MAX},
    [CLOCK_POWER_FAULT_POWER_CUT] = {"power-cut",
                                     "the supply fails at once, and is back after VALUE ms", 1,
                                     60000},
    [CLOCK_POWER_FAULT_SUPPLY_MV] = {"supply-mv",
                                     "the supply has VALUE mV; below 1700 the chip stops", 1, 5500},
    [CLOCK_POWER_FAULTS] = {0}};

static uint32_t window_events(const struct clock_power *device)
{
    return clock_control_events(&device->env) | power_events(&device->env);
}

static bool is_absent(const struct clock_power *device, uint32_t offset)
{
    return nrf_is_nrf52840(&device->env) && offset >= BPROT_CONFIG0 && offset <= BPROT_CONFIG3;
}

static bool protection_get(const struct clock_power *device, uint32_t offset, uint32_t *value)
{
    const struct clock_power_state *state = &device->state;
    if (is_absent(device, offset)) {
        return false;
    }
    switch (offset) {
    case APPROTECT_FORCEPROTECT:
        *value = state->approtect_forceprotect;
        return true;
    case APPROTECT_DISABLE:
        *value = state->approtect_disable;
        return true;
    case BPROT_CONFIG0:
    case BPROT_CONFIG1:
        *value = state->bprot_config[(offset - BPROT_CONFIG0) / 4U];
        return true;
    case BPROT_CONFIG2:
    case BPROT_CONFIG3:
        *value = state->bprot_config[2U + (offset - BPROT_CONFIG2) / 4U];
        return true;
    case BPROT_DISABLEINDEBUG:
        *value = state->bprot_disableindebug;
        return true;
    default:
        return false;
    }
}

/* Bits can be set only, until the next reset. */
static void protect_blocks(struct clock_power *device, uint32_t index, uint32_t value)
{
    device->state.bprot_config[index] |= value;
}

/* For the flash controller: a bit of CONFIG0-3 is a page. */
static bool is_protected(const void *protector, uint32_t address, uint32_t size_bytes)
{
    const struct clock_power *device = protector;
    const struct nvm *nvm = device->env.nvm;
    uint64_t end = (uint64_t)address + size_bytes;
    for (uint32_t page = 0; page < BPROT_PAGES; page++) {
        uint64_t start = nvm->flash_base + (uint64_t)page * nvm->page_bytes;
        if ((device->state.bprot_config[page / 32U] >> page % 32U & 1U) != 0 &&
            address < start + nvm->page_bytes && start < end) {
            return true;
        }
    }
    return false;
}

static bool protection_write(struct clock_power *device, uint32_t offset, uint32_t value)
{
    struct clock_power_state *state = &device->state;
    if (is_absent(device, offset)) {
        return false;
    }
    switch (offset) {
    case APPROTECT_FORCEPROTECT:
        if (state->approtect_forceprotect == FORCEPROTECT_RESET) {
            state->approtect_forceprotect = value & APPROTECT_MASK;
        }
        return true;
    case APPROTECT_DISABLE:
        state->approtect_disable = value & APPROTECT_MASK;
        return true;
    case BPROT_CONFIG0:
    case BPROT_CONFIG1:
        protect_blocks(device, (offset - BPROT_CONFIG0) / 4U, value);
        return true;
    case BPROT_CONFIG2:
    case BPROT_CONFIG3:
        protect_blocks(device, 2U + (offset - BPROT_CONFIG2) / 4U, value);
        return true;
    case BPROT_DISABLEINDEBUG:
        state->bprot_disableindebug = value & 1U;
        return true;
    default:
        return false;
    }
}

static void clock_power_update(void *self)
{
    struct clock_power *device = self;
    power_update(&device->power);
    clock_control_update(&device->clock);
    nrf_events_update_irq(&device->env, &device->state.events);
}

static bool clock_power_get(const struct clock_power *device, uint32_t offset, uint32_t *value)
{
    return nrf_events_get(&device->state.events, window_events(device), offset, value) ||
           clock_control_get(&device->clock, offset, value) ||
           power_get(&device->power, offset, value) || protection_get(device, offset, value);
}

static uint32_t clock_power_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return clock_power_get(self, offset, &value) ? value : 0;
}

static enum bus_result clock_power_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct clock_power *device = self;
    uint32_t word = 0;
    bool known = clock_power_get(device, access.offset & ~3U, &word);
    return nrf_finish_read(&device->env, access, known, word, value);
}

static enum bus_result clock_power_write(void *self, struct bus_access access, uint32_t value)
{
    struct clock_power *device = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&device->env, access, value);
    if (!nrf_events_write(&device->state.events, window_events(device), offset, word) &&
        !clock_control_write(&device->clock, offset, word) &&
        !power_write(&device->power, offset, word) && !protection_write(device, offset, word)) {
        nrf_report_unknown_write(&device->env, offset);
    }
    clock_power_update(device);
    return BUS_OK;
}

static void cut_power(struct clock_power *device)
{
    const struct chip_port *chip = &device->env.chip;
    int32_t ms = device->state.faults[CLOCK_POWER_FAULT_POWER_CUT];
    device->state.faults[CLOCK_POWER_FAULT_POWER_CUT] = 0;
    if (ms > 0 && chip->cut_power != NULL) {
        chip->cut_power(chip->context, (uint64_t)ms * 1000U,
                        nrf_random_next(&device->state.random));
    }
}

static bool clock_power_input(void *self, const struct device_input *input)
{
    struct clock_power *device = self;
    if (strcmp(input->what, "sleep") == 0) {
        power_note_sleep(&device->power, input->value != 0);
        return true;
    }
    if (strcmp(input->what, "supply") == 0) {
        power_set_supply(&device->power, device->state.faults[CLOCK_POWER_FAULT_SUPPLY_MV] != 0,
                         input->value);
        return true;
    }
    const int32_t *supply_mv = &device->state.faults[CLOCK_POWER_FAULT_SUPPLY_MV];
    int32_t supply_mv_before = *supply_mv;
    if (!device_fault_take(faults, input, device->state.faults)) {
        return false;
    }
    cut_power(device);
    power_follow_supply_fault(&device->power, supply_mv_before, *supply_mv);
    clock_control_faults_changed(&device->clock);
    return true;
}

static void clock_power_reset(void *self, uint32_t reasons)
{
    struct clock_power *device = self;
    device->state.events = (struct nrf_events){0};
    memset(device->state.bprot_config, 0, sizeof device->state.bprot_config);
    device->state.bprot_disableindebug = BPROT_DISABLEINDEBUG_RESET;
    device->state.approtect_forceprotect = FORCEPROTECT_RESET;
    device->state.approtect_disable = 0;
    clock_control_reset(&device->clock);
    power_reset(&device->power, reasons);
}

static const char *clock_power_init(void *self, const struct device_env *env)
{
    struct clock_power *device = self;
    device->env = *env;
    device->state.random = env->seed;
    if (env->nvm != NULL && !nrf_is_nrf52840(env)) {
        env->nvm->is_protected = is_protected;
        env->nvm->protector = device;
    }
    clock_control_init(&device->clock, &device->env, &device->state.events, &device->state.clock,
                       device->state.faults);
    power_init(&device->power, &device->env, &device->state.events, &device->state.power);
    return NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct clock_power_state *s = state;
    (void)self;
    return lf_state_is_sane(&s->clock.lf, now_cycles) &&
           device_bool_is_sane(&s->clock.hfclk_requested) &&
           device_bool_is_sane(&s->clock.hfclk_running) && s->clock.lf_phase <= CLOCK_LF_RUNNING &&
           device_bool_is_sane(&s->clock.calibrating) &&
           device_bool_is_sane(&s->clock.timer_running) &&
           device_bool_is_sane(&s->power.constant_latency) && device_bool_is_sane(&s->power.vbus) &&
           device_bool_is_sane(&s->power.usb_ready) && device_bool_is_sane(&s->power.below_pof) &&
           device_bool_is_sane(&s->power.unpowered) && device_faults_are_sane(faults, s->faults);
}

static int32_t clock_power_value(const void *self, size_t index)
{
    const struct clock_power *device = self;
    (void)index;
    return device->env.nets->vdd.microvolts / 1000;
}

static const struct device_quantity millivolts = {"mV", 0, DEVICE_QUANTITY_STAYS, SUPPLY_MIN_MV,
                                                  3600};
static const struct device_input_kind inputs[] = {
    {"supply", SUPPLY_MIN_MV, SUPPLY_MAX_MV, &millivolts}, {0}};
static const size_t event_offsets[] = {offsetof(struct clock_power, clock.hf_started),
                                       offsetof(struct clock_power, clock.lf_step),
                                       offsetof(struct clock_power, clock.calibrated),
                                       offsetof(struct clock_power, clock.timer_expired),
                                       offsetof(struct clock_power, power.usb_ready)};

const struct device_class nrf52_clock_power_class = {
    .name = "nrf52-clock-power",
    .size_bytes = sizeof(struct clock_power),
    .state_offset = offsetof(struct clock_power, state),
    .state_bytes = sizeof(struct clock_power_state),
    .state_version = 3,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = clock_power_init,
    .reset = clock_power_reset,
    .update = clock_power_update,
    .read = clock_power_read,
    .write = clock_power_write,
    .peek = clock_power_peek,
    .input = clock_power_input,
    .inputs = inputs,
    .input_value = clock_power_value,
    .faults = faults,
};
