#include "peripherals/nrf52/ppi.h"

#include "peripherals/nrf52/nrf_common.h"

enum ppi_register {
    PPI_TASKS_CHG_0_EN = 0x000, /* then DIS, for each of 6 groups */
    PPI_CHEN = 0x500,
    PPI_CHENSET = 0x504,
    PPI_CHENCLR = 0x508,
    PPI_CH_0_EEP = 0x510, /* then TEP, for each of 20 channels */
    PPI_CHG_0 = 0x800,
    PPI_FORK_0_TEP = 0x910,
};

#define TASKS_END    (PPI_TASKS_CHG_0_EN + 8U * PPI_GROUPS)
#define CH_END       (PPI_CH_0_EEP + 8U * PPI_PROGRAMMABLE_CHANNELS)
#define CHG_END      (PPI_CHG_0 + 4U * PPI_GROUPS)
#define FORK_END     (PPI_FORK_0_TEP + 4U * PPI_CHANNELS)
#define PPI_CLOCK_HZ 16000000U

/* Channels 20 to 31: event and task. */
static const struct {
    uint32_t eep, tep;
} fixed[PPI_CHANNELS - PPI_PROGRAMMABLE_CHANNELS] = {
    {0x40008140, 0x40001000}, /* TIMER0 COMPARE[0] -> RADIO TXEN */
    {0x40008140, 0x40001004}, /* TIMER0 COMPARE[0] -> RADIO RXEN */
    {0x40008144, 0x40001010}, /* TIMER0 COMPARE[1] -> RADIO DISABLE */
    {0x40001128, 0x4000F000}, /* RADIO BCMATCH -> AAR START */
    {0x40001100, 0x4000F000}, /* RADIO READY -> CCM KSGEN */
    {0x40001104, 0x4000F004}, /* RADIO ADDRESS -> CCM CRYPT */
    {0x40001104, 0x40008044}, /* RADIO ADDRESS -> TIMER0 CAPTURE[1] */
    {0x4000110C, 0x40008048}, /* RADIO END -> TIMER0 CAPTURE[2] */
    {0x4000B140, 0x40001000}, /* RTC0 COMPARE[0] -> RADIO TXEN */
    {0x4000B140, 0x40001004}, /* RTC0 COMPARE[0] -> RADIO RXEN */
    {0x4000B140, 0x4000800C}, /* RTC0 COMPARE[0] -> TIMER0 CLEAR */
    {0x4000B140, 0x40008000}, /* RTC0 COMPARE[0] -> TIMER0 START */
};

static const struct device_fault ppi_faults[] = {
    [PPI_FAULT_CHANNEL_DEAD] = {"channel-dead", "channel VALUE - 1 triggers nothing", 1,
                                (int32_t)PPI_CHANNELS},
    [PPI_FAULT_EVENT_LOST] = {"event-lost",
                              "the VALUE-th event of an enabled channel from now is lost, once", 1,
                              INT32_MAX},
    [PPI_FAULTS] = {0}};

static uint32_t eep_of(const struct ppi *ppi, uint32_t channel)
{
    return channel < PPI_PROGRAMMABLE_CHANNELS ? ppi->state.eep[channel]
                                               : fixed[channel - PPI_PROGRAMMABLE_CHANNELS].eep;
}

static uint32_t tep_of(const struct ppi *ppi, uint32_t channel)
{
    return channel < PPI_PROGRAMMABLE_CHANNELS ? ppi->state.tep[channel]
                                               : fixed[channel - PPI_PROGRAMMABLE_CHANNELS].tep;
}

static void trigger(const struct ppi *ppi, uint32_t task_address)
{
    if (task_address != 0) {
        task_port_trigger(&ppi->env.tasks, task_address);
    }
}

static uint64_t period_cycles(const struct ppi *ppi)
{
    return ppi->env.clock->cpu_hz / PPI_CLOCK_HZ;
}

/* The channels that may still run in this period of 16 MHz. */
static uint32_t runnable(struct ppi *ppi)
{
    struct ppi_state *s = &ppi->state;
    uint64_t period = clock_now(ppi->env.clock) / period_cycles(ppi);
    if (s->ran_period != period) {
        s->ran_period = period;
        s->ran = 0;
    }
    return s->pending & ~s->ran;
}

/* The tasks of all these channels run at once: what one of them does to CHEN comes after all. */
static void run_channels(struct ppi *ppi, uint32_t channels)
{
    ppi->enabled_now = 0;
    ppi->state.pending &= ~channels;
    ppi->state.ran |= channels;
    for (uint32_t i = 0; i < PPI_CHANNELS; i++) {
        if ((channels >> i & 1U) != 0) {
            trigger(ppi, tep_of(ppi, i));
            trigger(ppi, ppi->state.fork_tep[i]);
        }
    }
}

/* Tells of events and tasks that go on by themselves: hardly ever meant. */
static void note_ring(struct ppi *ppi)
{
    ppi->state.busy_periods++;
    if (ppi->state.busy_periods == PPI_RING_PERIODS) {
        device_guest_error(&ppi->env, PPI_CHEN,
                           "events trigger each other without end, one round each 16 MHz period");
    }
}

/* Runs what is pending, and what becomes pending through it. A channel whose event comes again in
 * the period in which it has run waits for the next one. */
static void deliver(struct ppi *ppi)
{
    uint32_t channels = runnable(ppi);
    ppi->delivering = true;
    while (channels != 0) {
        run_channels(ppi, channels);
        channels = runnable(ppi);
    }
    ppi->delivering = false;
    ppi->enabled_now = 0;
    if (ppi->state.pending == 0) {
        ppi->state.busy_periods = 0;
    } else if (!ppi->resume.queued) {
        uint64_t next = (ppi->state.ran_period + 1) * period_cycles(ppi);
        clock_schedule(ppi->env.clock, &ppi->resume, next);
        note_ring(ppi);
    }
}

/* What waited is lost where its channel has been disabled meanwhile. */
static void resume_fired(void *owner, uint64_t late_cycles)
{
    struct ppi *ppi = owner;
    (void)late_cycles;
    ppi->state.pending &= ppi->state.chen;
    deliver(ppi);
}

/* An event reaches the channel, unless a fault is in the way. */
static bool arrives(struct ppi *ppi, uint32_t channel)
{
    int32_t *faults = ppi->state.faults.values;
    return faults[PPI_FAULT_CHANNEL_DEAD] != (int32_t)channel + 1 &&
           !device_fault_strikes(&faults[PPI_FAULT_EVENT_LOST]);
}

static void ppi_event_raised(void *self, uint32_t event_address)
{
    struct ppi *ppi = self;
    for (uint32_t i = 0; i < PPI_CHANNELS; i++) {
        if ((ppi->state.chen >> i & 1U) != 0 && eep_of(ppi, i) == event_address &&
            arrives(ppi, i)) {
            ppi->state.pending |= 1U << i;
        }
    }
    if (ppi->state.pending != 0 && !ppi->delivering) {
        deliver(ppi);
    }
}

/* A register that is one word of an array; NULL when the offset is none of these. */
static uint32_t *array_word(struct ppi_state *s, uint32_t offset)
{
    if (offset >= PPI_CH_0_EEP && offset < CH_END) {
        uint32_t channel = (offset - PPI_CH_0_EEP) / 8;
        return (offset & 4U) == 0 ? &s->eep[channel] : &s->tep[channel];
    }
    if (offset >= PPI_CHG_0 && offset < CHG_END) {
        return &s->chg[(offset - PPI_CHG_0) / 4];
    }
    if (offset >= PPI_FORK_0_TEP && offset < FORK_END) {
        return &s->fork_tep[(offset - PPI_FORK_0_TEP) / 4];
    }
    return NULL;
}

static bool ppi_get(const struct ppi *ppi, uint32_t offset, uint32_t *value)
{
    struct ppi_state copy = ppi->state;
    const uint32_t *word = array_word(&copy, offset);
    if (word != NULL) {
        *value = *word;
        return true;
    }
    if (offset < TASKS_END) {
        *value = 0;
        return true;
    }
    switch (offset) {
    case PPI_CHEN:
    case PPI_CHENSET:
    case PPI_CHENCLR:
        *value = ppi->state.chen;
        return true;
    default:
        return false;
    }
}

static uint32_t ppi_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return ppi_get(self, offset, &value) ? value : 0;
}

static enum bus_result ppi_read(void *self, struct bus_access access, uint32_t *value)
{
    struct ppi *ppi = self;
    uint32_t word = 0;
    bool known = ppi_get(ppi, access.offset & ~3U, &word);
    return nrf_finish_read(&ppi->env, access, known, word, value);
}

static void run_task(struct ppi *ppi, uint32_t offset)
{
    uint32_t group = ppi->state.chg[(offset - PPI_TASKS_CHG_0_EN) / 8];
    uint32_t kept = ppi->enabled_now; /* of EN and DIS at once, EN wins */
    if ((offset & 4U) == 0) {
        ppi->state.chen |= group;
        ppi->enabled_now |= ppi->delivering ? group : 0;
    } else {
        ppi->state.chen &= ~(group & ~kept);
    }
}

static enum bus_result ppi_write(void *self, struct bus_access access, uint32_t value)
{
    struct ppi *ppi = self;
    uint32_t word = nrf_begin_write(&ppi->env, access, value);
    uint32_t offset = access.offset & ~3U;
    uint32_t *array = array_word(&ppi->state, offset);
    if (array != NULL) {
        *array = word;
        return BUS_OK;
    }
    if (offset < TASKS_END) {
        if (nrf_is_trigger(word)) {
            run_task(ppi, offset);
        }
        return BUS_OK;
    }
    switch (offset) {
    case PPI_CHEN:
        ppi->state.chen = word;
        break;
    case PPI_CHENSET:
        ppi->state.chen |= word;
        break;
    case PPI_CHENCLR:
        ppi->state.chen &= ~word;
        break;
    default:
        nrf_report_unknown_write(&ppi->env, offset);
        break;
    }
    return BUS_OK;
}

static void ppi_reset(void *self, uint32_t reasons)
{
    struct ppi *ppi = self;
    (void)reasons;
    clock_cancel(ppi->env.clock, &ppi->resume);
    ppi->state = (struct ppi_state){.faults = ppi->state.faults};
}

static bool ppi_input(void *self, const struct device_input *input)
{
    struct ppi *ppi = self;
    return device_fault_take(ppi_faults, input, ppi->state.faults.values);
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct ppi_state *s = state;
    (void)self;
    (void)now_cycles;
    return device_faults_are_sane(ppi_faults, s->faults.values);
}

static const char *ppi_init(void *self, const struct device_env *env)
{
    struct ppi *ppi = self;
    ppi->env = *env;
    event_init(&ppi->resume, resume_fired, ppi);
    return NULL;
}

static size_t ppi_wired_tasks(const void *self, uint32_t event_address, uint32_t *tasks, size_t max)
{
    const struct ppi *ppi = self;
    size_t count = 0;
    for (uint32_t i = 0; i < PPI_CHANNELS; i++) {
        const uint32_t wired[2] = {tep_of(ppi, i), ppi->state.fork_tep[i]};
        bool on = (ppi->state.chen >> i & 1U) != 0 && eep_of(ppi, i) == event_address;
        for (size_t k = 0; on && k < 2 && count < max; k++) {
            if (wired[k] != 0) {
                tasks[count++] = wired[k];
            }
        }
    }
    return count;
}

static const size_t event_offsets[] = {offsetof(struct ppi, resume)};

const struct device_class nrf52_ppi_class = {
    .name = "nrf52-ppi",
    .size_bytes = sizeof(struct ppi),
    .state_offset = offsetof(struct ppi, state),
    .state_bytes = sizeof(struct ppi_state),
    .state_version = 3,
    .state_is_sane = state_is_sane,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .init = ppi_init,
    .reset = ppi_reset,
    .read = ppi_read,
    .write = ppi_write,
    .peek = ppi_peek,
    .event_raised = ppi_event_raised,
    .wired_tasks = ppi_wired_tasks,
    .input = ppi_input,
    .faults = ppi_faults,
};
