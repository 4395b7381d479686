#include "peripherals/nrf52/power.h"

#define RESETREAS_MASK               0x001F000FU
#define GPREGRET_MASK                0xFFU
#define POFCON_POF                   1U
#define POFCON_THRESHOLD(pofcon)     (((pofcon) >> 1) & 0xFU)
#define POFCON_THRESHOLDVDDH(pofcon) (((pofcon) >> 8) & 0xFU)
#define POF_V17                      4U /* THRESHOLD: 1.7 V, and 0.1 V for each further one */
#define POF_HYSTERESIS_MICROVOLTS    50000
#define UICR_REGOUT0                 0x304U
#define POFCON_MASK_52832            0x1FU
#define POFCON_MASK_52840            0xF1FU
#define RAMON_RESET                  0x00000003U
#define RAMON_MASK                   0x00030003U
#define RAM_POWER_RESET              0x0000FFFFU
#define RAM_BLOCK_STRIDE             0x10U

enum ram_block_register {
    RAM_BLOCK_POWER = 0x0,
    RAM_BLOCK_POWERSET = 0x4,
    RAM_BLOCK_POWERCLR = 0x8
};

static uint32_t ram_block_count(const struct power *power)
{
    return nrf_is_nrf52840(power->env) ? 9U : 8U;
}

static uint32_t ram_sections(uint32_t block)
{
    return block < 8U ? 0x3U : 0x3FU; /* two of 4 kB; the last block of nRF52840: six of 32 kB */
}

uint32_t power_events(const struct device_env *env)
{
    uint32_t events = NRF_EVENT_BIT(POWER_EVENTS_POFWARN) | NRF_EVENT_BIT(POWER_EVENTS_SLEEPENTER) |
                      NRF_EVENT_BIT(POWER_EVENTS_SLEEPEXIT);
    if (nrf_is_nrf52840(env)) {
        events |= NRF_EVENT_BIT(POWER_EVENTS_USBDETECTED) | NRF_EVENT_BIT(POWER_EVENTS_USBREMOVED) |
                  NRF_EVENT_BIT(POWER_EVENTS_USBPWRRDY);
    }
    return events;
}

static bool ram_get(const struct power *power, uint32_t offset, uint32_t *value)
{
    uint32_t block = (offset - POWER_RAM) / RAM_BLOCK_STRIDE;
    if (offset < POWER_RAM || block >= ram_block_count(power) ||
        offset % RAM_BLOCK_STRIDE > RAM_BLOCK_POWERCLR) {
        return false;
    }
    *value = power->state->ram_power[block];
    return true;
}

static bool ram_write(struct power *power, uint32_t offset, uint32_t value)
{
    uint32_t now;
    if (!ram_get(power, offset, &now)) {
        return false;
    }
    uint32_t block = (offset - POWER_RAM) / RAM_BLOCK_STRIDE;
    switch (offset % RAM_BLOCK_STRIDE) {
    case RAM_BLOCK_POWER:
        now = value;
        break;
    case RAM_BLOCK_POWERSET:
        now |= value;
        break;
    default: /* RAM_BLOCK_POWERCLR: ram_get accepts these three only */
        now &= ~value;
        break;
    }
    if ((~now & power->state->ram_power[block] & ram_sections(block)) != 0) {
        diag_unimplemented(power->env->diag, power->env->name, offset,
                           "RAM that is switched off keeps its content");
    }
    power->state->ram_power[block] = now;
    return true;
}

static bool is_absent(const struct power *power, uint32_t offset)
{
    switch (offset) {
    case POWER_RAMON:
    case POWER_RAMONB:
        return nrf_is_nrf52840(power->env);
    case POWER_USBREGSTATUS:
    case POWER_MAINREGSTATUS:
    case POWER_DCDCEN0:
        return !nrf_is_nrf52840(power->env);
    default:
        return false;
    }
}

bool power_get(const struct power *power, uint32_t offset, uint32_t *value)
{
    const struct power_state *state = power->state;
    if (is_absent(power, offset)) {
        return false;
    }
    switch (offset) {
    case POWER_TASKS_CONSTLAT:
    case POWER_TASKS_LOWPWR:
    case POWER_SYSTEMOFF:
    case POWER_RAMSTATUS:
        *value = 0;
        return true;
    case POWER_USBREGSTATUS:
        *value = (uint32_t)state->vbus | (uint32_t)state->usb_ready << 1;
        return true;
    case POWER_MAINREGSTATUS:
        *value = power->high_voltage_mode;
        return true;
    case POWER_RESETREAS:
        *value = state->resetreas;
        return true;
    case POWER_POFCON:
        *value = state->pofcon;
        return true;
    case POWER_GPREGRET:
        *value = state->gpregret[0];
        return true;
    case POWER_GPREGRET2:
        *value = state->gpregret[1];
        return true;
    case POWER_RAMON:
        *value = state->ramon;
        return true;
    case POWER_RAMONB:
        *value = state->ramonb;
        return true;
    case POWER_DCDCEN:
        *value = state->dcdcen;
        return true;
    case POWER_DCDCEN0:
        *value = state->dcdcen0;
        return true;
    default:
        return ram_get(power, offset, value);
    }
}

/* What REGOUT0 makes of VDDH. */
static int32_t regout0_microvolts(const struct power *power)
{
    static const int32_t millivolts[8] = {1800, 2100, 2400, 2700, 3000, 3300, 1800, 1800};
    const struct nvm *nvm = power->env->nvm;
    uint32_t regout0 = nvm->uicr_bytes > UICR_REGOUT0 ? nvm->uicr[UICR_REGOUT0] & 7U : 7U;
    return millivolts[regout0] * 1000;
}

/* Whether the comparator says that the supply is too low; `margin`: microvolts above the
 * thresholds. */
static bool is_below_threshold(const struct power *power, int32_t margin)
{
    uint32_t pofcon = power->state->pofcon;
    uint32_t step = POFCON_THRESHOLD(pofcon) > POF_V17 ? POFCON_THRESHOLD(pofcon) - POF_V17 : 0;
    int32_t supply = power->env->nets->vdd.microvolts;
    int32_t vdd = supply;
    if (power->high_voltage_mode) {
        int32_t vddh_threshold = 2700000 + (int32_t)POFCON_THRESHOLDVDDH(pofcon) * 100000;
        int32_t regulated = regout0_microvolts(power);
        if (supply < vddh_threshold + margin) {
            return true;
        }
        vdd = supply < regulated ? supply : regulated;
    }
    return vdd < 1700000 + (int32_t)step * 100000 + margin;
}

static void tell_supply(const struct power *power)
{
    const struct chip_port *chip = &power->env->chip;
    if (power->state->unpowered && chip->cut_power != NULL) {
        chip->cut_power(chip->context, CHIP_STAYS_OFF, power->env->seed);
    } else if (!power->state->unpowered && chip->restore_power != NULL) {
        chip->restore_power(chip->context);
    }
}

/* The power-fail comparator and the brown-out detector look at the supply. */
static void watch_supply(struct power *power)
{
    struct power_state *state = power->state;
    bool unpowered = power->env->nets->vdd.microvolts < POWER_BROWN_OUT_MICROVOLTS;
    bool before = state->below_pof;
    state->below_pof = (state->pofcon & POFCON_POF) != 0 &&
                       is_below_threshold(power, before ? POF_HYSTERESIS_MICROVOLTS : 0);
    if (unpowered != state->unpowered) {
        state->unpowered = unpowered;
        tell_supply(power);
    }
    if (state->below_pof && !before && !unpowered) {
        nrf_event_raise(power->env, power->events, POWER_EVENTS_POFWARN);
    }
}

static void vdd_changed(void *owner, uint32_t index, int32_t microvolts)
{
    (void)index;
    (void)microvolts;
    watch_supply(owner);
}

void power_follow_supply_fault(struct power *power, int32_t before_mv, int32_t millivolts)
{
    struct power_state *state = power->state;
    struct analog_node *vdd = &power->env->nets->vdd;
    if (before_mv == 0) {
        state->own_microvolts = vdd->microvolts;
    }
    if (before_mv != millivolts) {
        analog_drive(vdd, millivolts == 0 ? state->own_microvolts : millivolts * 1000);
    }
}

void power_set_supply(struct power *power, bool faulty, int32_t millivolts)
{
    if (faulty) {
        power->state->own_microvolts = millivolts * 1000;
    } else {
        analog_drive(&power->env->nets->vdd, millivolts * 1000);
    }
}

static void usb_ready_fired(void *owner, uint64_t late_cycles)
{
    struct power *power = owner;
    (void)late_cycles;
    power->state->usb_ready = true;
    nrf_event_raise(power->env, power->events, POWER_EVENTS_USBPWRRDY);
}

static void start_usb_regulator(struct power *power)
{
    clock_schedule(power->env->clock, &power->usb_ready,
                   clock_now(power->env->clock) +
                       clock_us_to_cycles(power->env->clock, POWER_USB_READY_US));
}

static void vbus_changed(void *owner, uint32_t index, enum wire_level level)
{
    struct power *power = owner;
    const struct chip_port *chip = &power->env->chip;
    bool vbus = level == WIRE_HIGH;
    (void)index;
    if (vbus == power->state->vbus) {
        return;
    }
    power->state->vbus = vbus;
    if (!vbus) {
        power->state->usb_ready = false;
        clock_cancel(power->env->clock, &power->usb_ready);
        nrf_event_raise(power->env, power->events, POWER_EVENTS_USBREMOVED);
        return;
    }
    start_usb_regulator(power);
    nrf_event_raise(power->env, power->events, POWER_EVENTS_USBDETECTED);
    if (chip->wake != NULL) {
        chip->wake(chip->context, RESET_VBUS);
    }
}

void power_update(struct power *power)
{
    watch_supply(power);
}

static void write_ramon(struct power *power, uint32_t *ramon, uint32_t offset, uint32_t value)
{
    *ramon = value & RAMON_MASK;
    if ((value & RAMON_RESET) != RAMON_RESET) {
        diag_unimplemented(power->env->diag, power->env->name, offset,
                           "RAM that is switched off keeps its content");
    }
}

bool power_write(struct power *power, uint32_t offset, uint32_t value)
{
    struct power_state *state = power->state;
    bool nrf52840 = nrf_is_nrf52840(power->env);
    if (is_absent(power, offset)) {
        return false;
    }
    switch (offset) {
    case POWER_TASKS_CONSTLAT:
    case POWER_TASKS_LOWPWR:
        if (nrf_is_trigger(value)) {
            state->constant_latency = offset == POWER_TASKS_CONSTLAT;
        }
        return true;
    case POWER_SYSTEMOFF:
        if ((value & 1U) != 0) {
            power->env->chip.request_system_off(power->env->chip.context);
        }
        return true;
    case POWER_RESETREAS:
        state->resetreas &= ~value;
        return true;
    case POWER_POFCON:
        state->pofcon = value & (nrf52840 ? POFCON_MASK_52840 : POFCON_MASK_52832);
        watch_supply(power);
        return true;
    case POWER_GPREGRET:
        state->gpregret[0] = value & GPREGRET_MASK;
        return true;
    case POWER_GPREGRET2:
        state->gpregret[1] = value & GPREGRET_MASK;
        return true;
    case POWER_RAMON:
        write_ramon(power, &state->ramon, offset, value);
        return true;
    case POWER_RAMONB:
        write_ramon(power, &state->ramonb, offset, value);
        return true;
    case POWER_DCDCEN:
        state->dcdcen = value & 1U;
        return true;
    case POWER_DCDCEN0:
        state->dcdcen0 = value & 1U;
        return true;
    default:
        return ram_write(power, offset, value);
    }
}

void power_note_sleep(struct power *power, bool asleep)
{
    nrf_event_raise(power->env, power->events,
                    asleep ? POWER_EVENTS_SLEEPENTER : POWER_EVENTS_SLEEPEXIT);
}

void power_reset(struct power *power, uint32_t reasons)
{
    const struct power_state before = *power->state;
    *power->state = (struct power_state){.ramon = RAMON_RESET,
                                         .ramonb = RAMON_RESET,
                                         .vbus = before.vbus,
                                         .unpowered = before.unpowered,
                                         .own_microvolts = before.own_microvolts};
    clock_cancel(power->env->clock, &power->usb_ready);
    if (before.vbus) { /* the detector starts anew */
        nrf_event_set(power->events, POWER_EVENTS_USBDETECTED);
        start_usb_regulator(power);
    }
    for (uint32_t i = 0; i < POWER_RAM_BLOCKS_MAX; i++) {
        power->state->ram_power[i] = RAM_POWER_RESET;
    }
    if (reasons == RESET_POWER_ON) {
        return;
    }
    power->state->resetreas = (before.resetreas | reasons) & RESETREAS_MASK;
    if ((reasons & (RESET_PIN | RESET_DOG)) == 0) {
        power->state->gpregret[0] = before.gpregret[0];
        power->state->gpregret[1] = before.gpregret[1];
    }
}

void power_init(struct power *power, const struct device_env *env, struct nrf_events *events,
                struct power_state *state)
{
    power->env = env;
    power->events = events;
    power->state = state;
    power->high_voltage_mode =
        nrf_is_nrf52840(env) && props_flag(&env->props, "sandglass,high-voltage-mode");
    event_init(&power->usb_ready, usb_ready_fired, power);
    analog_listen(&env->nets->vdd, &power->vdd_changed, vdd_changed, power, 0);
    if (nrf_is_nrf52840(env)) {
        wire_listen(&env->nets->usb.vbus, &power->vbus_changed, vbus_changed, power, 0);
    }
}
