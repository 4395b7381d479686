#include "peripherals/nrf52/power.h"

#define RESETREAS_MASK    0x001F000FU
#define GPREGRET_MASK     0xFFU
#define POFCON_POF        1U
#define POFCON_MASK_52832 0x1FU
#define POFCON_MASK_52840 0xF1FU
#define RAMON_RESET       0x00000003U
#define RAMON_MASK        0x00030003U
#define RAM_POWER_RESET   0x0000FFFFU
#define RAM_BLOCK_STRIDE  0x10U

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
    case POWER_USBREGSTATUS:
    case POWER_MAINREGSTATUS: /* normal voltage mode */
        *value = 0;
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
    *power->state = (struct power_state){.ramon = RAMON_RESET, .ramonb = RAMON_RESET};
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
}
