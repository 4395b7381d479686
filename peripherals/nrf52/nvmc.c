#include "peripherals/nrf52/nvmc.h"

#include <string.h>

#include "peripherals/nrf52/nrf_random.h"

enum nvmc_mode { MODE_READ, MODE_WRITE, MODE_ERASE, MODE_MASK = 3 };

#define ICACHECNF_CACHEEN     (1U << 0)
#define ICACHECNF_CACHEPROFEN (1U << 8)
#define PARTIAL_RESET_MS      10U
#define PARTIAL_MASK          0x7FU
#define ERASED                0xFFU

static bool is_busy(const struct nvmc *nvmc)
{
    return clock_now(nvmc->env.clock) < nvmc->state.busy_until_cycles;
}

/* The operation that has been done takes so long; it starts as soon as the last one is over. */
static void end_operation(struct nvmc *nvmc, uint64_t us)
{
    uint64_t now = clock_now(nvmc->env.clock);
    uint64_t start = is_busy(nvmc) ? nvmc->state.busy_until_cycles : now;
    uint64_t cycles = clock_us_to_cycles(nvmc->env.clock, us);
    nvmc->state.busy_until_cycles = start + cycles;
    if (nvmc_operation_end(&nvmc->state.operation, nvmc->env.nvm)) {
        clock_schedule(nvmc->env.clock, &nvmc->power_cut, start + cycles / 2);
    }
    if (nvmc->env.chip.stall != NULL) {
        nvmc->env.chip.stall(nvmc->env.chip.context, nvmc->state.busy_until_cycles - now);
    }
}

static void power_cut_fired(void *owner, uint64_t late_cycles)
{
    struct nvmc *nvmc = owner;
    const struct chip_port *chip = &nvmc->env.chip;
    (void)late_cycles;
    if (chip->cut_power != NULL) {
        chip->cut_power(chip->context, NVMC_POWER_OFF_US,
                        nrf_random_next(&nvmc->state.operation.random));
    }
}

static void begin_operation(struct nvmc *nvmc, enum nvmc_kind kind, uint32_t address,
                            uint32_t size_bytes)
{
    nvmc_operation_begin(&nvmc->state.operation, nvmc->env.nvm, kind, address, size_bytes);
}

static void tell_changed(const struct nvmc *nvmc, uint32_t address, uint32_t size_bytes)
{
    const struct nvm *nvm = nvmc->env.nvm;
    if (nvm->changed != NULL) {
        nvm->changed(nvm->context, address, size_bytes);
    }
}

static bool may_erase(const struct nvmc *nvmc, uint32_t offset)
{
    if (nvmc->state.config != MODE_ERASE) {
        device_guest_error(&nvmc->env, offset, "erase while CONFIG does not enable it: ignored");
        return false;
    }
    return true;
}

/* The page's index, or false with a report. */
static bool find_page(const struct nvmc *nvmc, uint32_t offset, uint32_t address, uint32_t *page)
{
    const struct nvm *nvm = nvmc->env.nvm;
    if (address - nvm->flash_base >= nvm->flash_bytes) {
        device_guest_error(&nvmc->env, offset, "erase of a page that is not in flash: ignored");
        return false;
    }
    if ((address - nvm->flash_base) % nvm->page_bytes != 0) {
        device_guest_error(&nvmc->env, offset,
                           "erase of an address that is not the start of its page");
    }
    *page = (address - nvm->flash_base) / nvm->page_bytes;
    return true;
}

static void erase_page_bytes(struct nvmc *nvmc, uint32_t page)
{
    const struct nvm *nvm = nvmc->env.nvm;
    uint32_t address = nvm->flash_base + page * nvm->page_bytes;
    begin_operation(nvmc, NVMC_KIND_ERASE, address, nvm->page_bytes);
    memset(nvm->flash + page * nvm->page_bytes, ERASED, nvm->page_bytes);
    tell_changed(nvmc, address, nvm->page_bytes);
}

static void erase_page(struct nvmc *nvmc, uint32_t offset, uint32_t address)
{
    uint32_t page;
    if (!may_erase(nvmc, offset) || !find_page(nvmc, offset, address, &page)) {
        return;
    }
    erase_page_bytes(nvmc, page);
    end_operation(nvmc, NVMC_ERASEPAGE_US);
}

/* The page is erased when the parts add up to the time of a whole erase; before that its bits may
 * be anything between. */
static void erase_page_partial(struct nvmc *nvmc, uint32_t offset, uint32_t address)
{
    struct nvmc_state *state = &nvmc->state;
    uint32_t page;
    if (!may_erase(nvmc, offset) || !find_page(nvmc, offset, address, &page)) {
        return;
    }
    if (page != state->partial_page) {
        state->partial_page = page;
        state->partial_done_ms = 0;
    }
    state->partial_done_ms += state->partial_ms;
    erase_page_bytes(nvmc, page);
    if (state->partial_done_ms * 1000U >= NVMC_ERASEPAGE_US) {
        state->partial_done_ms = 0;
    } else {
        nvmc_operation_tear(&state->operation, nvmc->env.nvm);
    }
    end_operation(nvmc, (uint64_t)state->partial_ms * 1000U);
}

static void erase_uicr(struct nvmc *nvmc)
{
    const struct nvm *nvm = nvmc->env.nvm;
    memset(nvm->uicr, ERASED, nvm->uicr_bytes);
    tell_changed(nvmc, nvm->uicr_base, nvm->uicr_bytes);
}

static void erase_all(struct nvmc *nvmc)
{
    const struct nvm *nvm = nvmc->env.nvm;
    begin_operation(nvmc, NVMC_KIND_ERASE_ALL, 0, 0);
    memset(nvm->flash, ERASED, nvm->flash_bytes);
    tell_changed(nvmc, nvm->flash_base, nvm->flash_bytes);
    erase_uicr(nvmc);
    end_operation(nvmc, NVMC_ERASEALL_US);
}

/* Where an absolute address lives, NULL: neither in flash nor in UICR. */
static uint8_t *find_word(const struct nvm *nvm, uint32_t address)
{
    if (address - nvm->flash_base < nvm->flash_bytes) {
        return nvm->flash + (address - nvm->flash_base);
    }
    if (address - nvm->uicr_base < nvm->uicr_bytes) {
        return nvm->uicr + (address - nvm->uicr_base);
    }
    return NULL;
}

static bool forbids_write(const struct nvmc *nvmc, uint32_t address, uint32_t size_bytes)
{
    const struct nvm *nvm = nvmc->env.nvm;
    return acl_forbids_write(&nvmc->state.acl, nvm, address, size_bytes) ||
           (nvm->is_protected != NULL && nvm->is_protected(nvm->protector, address, size_bytes));
}

static enum bus_result nvmc_memory_write(void *self, uint32_t address, uint8_t size_bytes,
                                         uint32_t value)
{
    struct nvmc *nvmc = self;
    uint8_t *place = find_word(nvmc->env.nvm, address);
    uint32_t word;
    if (nvmc->state.config != MODE_WRITE) {
        device_guest_error(&nvmc->env, NVMC_CONFIG,
                           "write to flash or UICR without write enable: ignored");
        return BUS_OK;
    }
    if (place == NULL) {
        device_guest_error(&nvmc->env, NVMC_CONFIG,
                           "write behind the end of flash or UICR: ignored");
        return BUS_OK;
    }
    if (size_bytes != 4 || address % 4U != 0) {
        device_guest_error(&nvmc->env, NVMC_CONFIG,
                           "write to flash or UICR that is not a whole word: a fault");
        return BUS_FAULT;
    }
    if (forbids_write(nvmc, address, 4)) {
        device_guest_error(&nvmc->env, NVMC_CONFIG, "write to flash that is protected: a fault");
        return BUS_FAULT;
    }
    begin_operation(nvmc, NVMC_KIND_WRITE, address, 4);
    memcpy(&word, place, 4);
    word &= value;
    memcpy(place, &word, 4);
    tell_changed(nvmc, address, 4);
    end_operation(nvmc, NVMC_WRITE_US);
    return BUS_OK;
}

static bool is_absent(const struct nvmc *nvmc, uint32_t offset)
{
    switch (offset) {
    case NVMC_ERASEPCR0:
        return nrf_is_nrf52840(&nvmc->env);
    case NVMC_READYNEXT:
    case NVMC_ERASEPAGEPARTIAL:
    case NVMC_ERASEPAGEPARTIALCFG:
        return !nrf_is_nrf52840(&nvmc->env);
    default:
        return offset >= ACL_FIRST && !nrf_is_nrf52840(&nvmc->env);
    }
}

static bool nvmc_get(const struct nvmc *nvmc, uint32_t offset, uint32_t *value)
{
    const struct nvmc_state *state = &nvmc->state;
    if (is_absent(nvmc, offset)) {
        return false;
    }
    switch (offset) {
    case NVMC_READY:
    case NVMC_READYNEXT:
        *value = !is_busy(nvmc);
        return true;
    case NVMC_CONFIG:
        *value = state->config;
        return true;
    case NVMC_ERASEPAGE:
    case NVMC_ERASEALL:
    case NVMC_ERASEPCR0:
    case NVMC_ERASEUICR:
    case NVMC_ERASEPAGEPARTIAL:
    case NVMC_IHIT:
    case NVMC_IMISS:
        *value = 0;
        return true;
    case NVMC_ERASEPAGEPARTIALCFG:
        *value = state->partial_ms;
        return true;
    case NVMC_ICACHECNF:
        *value = state->icachecnf;
        return true;
    default:
        return acl_get(&state->acl, offset, value);
    }
}

static uint32_t nvmc_peek(const void *self, uint32_t offset)
{
    uint32_t value = 0;
    return nvmc_get(self, offset, &value) ? value : 0;
}

static enum bus_result nvmc_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct nvmc *nvmc = self;
    uint32_t word = 0;
    bool known = nvmc_get(nvmc, access.offset & ~3U, &word);
    return nrf_finish_read(&nvmc->env, access, known, word, value);
}

static void write_config(struct nvmc *nvmc, uint32_t value)
{
    if ((value & MODE_MASK) == MODE_MASK) {
        device_guest_error(&nvmc->env, NVMC_CONFIG, "CONFIG 3 is reserved: read-only");
        value = MODE_READ;
    }
    nvmc->state.config = value & MODE_MASK;
}

static void write_icachecnf(struct nvmc *nvmc, uint32_t value)
{
    nvmc->state.icachecnf = value & (ICACHECNF_CACHEEN | ICACHECNF_CACHEPROFEN);
    if (nvmc->env.chip.flash_cache != NULL) {
        nvmc->env.chip.flash_cache(nvmc->env.chip.context, (value & ICACHECNF_CACHEEN) != 0);
    }
    if ((value & ICACHECNF_CACHEPROFEN) != 0) {
        diag_unimplemented(nvmc->env.diag, nvmc->env.name, NVMC_ICACHECNF,
                           "profile of the instruction cache: IHIT and IMISS stay 0");
    }
}

static bool write_register(struct nvmc *nvmc, uint32_t offset, uint32_t value)
{
    if (is_absent(nvmc, offset)) {
        return false;
    }
    switch (offset) {
    case NVMC_CONFIG:
        write_config(nvmc, value);
        return true;
    case NVMC_ERASEPAGE:
    case NVMC_ERASEPCR0:
        erase_page(nvmc, offset, value);
        return true;
    case NVMC_ERASEPAGEPARTIAL:
        erase_page_partial(nvmc, offset, value);
        return true;
    case NVMC_ERASEPAGEPARTIALCFG:
        nvmc->state.partial_ms = value & PARTIAL_MASK;
        return true;
    case NVMC_ERASEALL:
        if ((value & 1U) != 0 && may_erase(nvmc, offset)) {
            erase_all(nvmc);
        }
        return true;
    case NVMC_ERASEUICR:
        if ((value & 1U) != 0 && may_erase(nvmc, offset)) {
            begin_operation(nvmc, NVMC_KIND_ERASE, nvmc->env.nvm->uicr_base,
                            nvmc->env.nvm->uicr_bytes);
            erase_uicr(nvmc);
            end_operation(nvmc, NVMC_ERASEPAGE_US);
        }
        return true;
    case NVMC_ICACHECNF:
        write_icachecnf(nvmc, value);
        return true;
    case NVMC_IHIT: /* a write clears the counter, which is 0 */
    case NVMC_IMISS:
        return true;
    default:
        return acl_write(&nvmc->state.acl, &nvmc->env, offset, value);
    }
}

/* Whether a write to this register would erase what is protected. */
static bool erases_protected(const struct nvmc *nvmc, uint32_t offset, uint32_t value)
{
    const struct nvm *nvm = nvmc->env.nvm;
    if (nvmc->state.config != MODE_ERASE || is_absent(nvmc, offset)) {
        return false;
    }
    switch (offset) {
    case NVMC_ERASEPAGE:
    case NVMC_ERASEPCR0:
    case NVMC_ERASEPAGEPARTIAL:
        return forbids_write(nvmc, value & ~(nvm->page_bytes - 1U), nvm->page_bytes);
    case NVMC_ERASEALL:
        return (value & 1U) != 0 && forbids_write(nvmc, nvm->flash_base, nvm->flash_bytes);
    default:
        return false;
    }
}

static enum bus_result nvmc_write(void *self, struct bus_access access, uint32_t value)
{
    struct nvmc *nvmc = self;
    uint32_t offset = access.offset & ~3U;
    uint32_t word = nrf_begin_write(&nvmc->env, access, value);
    if (erases_protected(nvmc, offset, word)) {
        device_guest_error(&nvmc->env, offset, "erase of flash that is protected: a fault");
        return BUS_FAULT;
    }
    if (!write_register(nvmc, offset, word)) {
        nrf_report_unknown_write(&nvmc->env, offset);
    }
    return BUS_OK;
}

static bool nvmc_forbids_read(const void *self, uint32_t address, uint32_t size_bytes)
{
    const struct nvmc *nvmc = self;
    return acl_forbids_read(&nvmc->state.acl, nvmc->env.nvm, address, size_bytes);
}

static void nvmc_reset(void *self, uint32_t reasons)
{
    struct nvmc *nvmc = self;
    struct nvmc_operation *operation = &nvmc->state.operation;
    (void)reasons;
    clock_cancel(nvmc->env.clock, &nvmc->power_cut);
    if (is_busy(nvmc)) {
        nvmc_operation_tear(operation, nvmc->env.nvm);
    }
    /* What the outside world has said comes last. */
    memset(&nvmc->state, 0, offsetof(struct nvmc_state, operation));
    nvmc->state.partial_ms = PARTIAL_RESET_MS;
    if (nvmc->env.chip.observing_changed != NULL) {
        nvmc->env.chip.observing_changed(nvmc->env.chip.context);
    }
}

static bool nvmc_input(void *self, const struct device_input *input)
{
    struct nvmc *nvmc = self;
    return device_fault_take(nvmc_faults, input, nvmc->state.operation.faults);
}

static const char *nvmc_init(void *self, const struct device_env *env)
{
    struct nvmc *nvmc = self;
    nvmc->env = *env;
    nvmc->state.operation.random = env->seed;
    event_init(&nvmc->power_cut, power_cut_fired, nvmc);
    return env->nvm == NULL ? "the flash controller needs a chip with flash" : NULL;
}

static bool state_is_sane(const void *self, const void *state, uint64_t now_cycles)
{
    const struct nvmc *nvmc = self;
    const struct nvmc_state *s = state;
    return nvmc_operation_is_sane(&s->operation, nvmc->env.nvm) &&
           (s->busy_until_cycles <= now_cycles || /* a second is longer than any operation */
            s->busy_until_cycles - now_cycles <= nvmc->env.clock->cpu_hz);
}

static const size_t event_offsets[] = {offsetof(struct nvmc, power_cut)};

const struct device_class nrf52_nvmc_class = {
    .name = "nrf52-nvmc",
    .size_bytes = sizeof(struct nvmc),
    .state_offset = offsetof(struct nvmc, state),
    .state_bytes = sizeof(struct nvmc_state),
    .state_version = 2,
    .event_offsets = event_offsets,
    .event_count = sizeof event_offsets / sizeof event_offsets[0],
    .state_is_sane = state_is_sane,
    .init = nvmc_init,
    .reset = nvmc_reset,
    .read = nvmc_read,
    .write = nvmc_write,
    .peek = nvmc_peek,
    .memory_write = nvmc_memory_write,
    .forbids_read = nvmc_forbids_read,
    .input = nvmc_input,
    .faults = nvmc_faults,
    .fault_max = nvmc_fault_max,
};
