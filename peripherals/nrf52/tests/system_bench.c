#include "peripherals/nrf52/tests/system_bench.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static void request_reset(void *context, enum reset_reason reason)
{
    struct system_bench *system = context;
    system->reset_reasons |= (uint32_t)reason;
    system->reset_requests++;
}

static void request_system_off(void *context)
{
    ((struct system_bench *)context)->system_offs++;
}

static void cut_power(void *context, uint64_t off_us, uint64_t seed)
{
    struct system_bench *system = context;
    (void)seed;
    system->power_cuts++;
    system->power_off_us = off_us;
    system->unpowered = true;
}

static void restore_power(void *context)
{
    ((struct system_bench *)context)->unpowered = false;
}

static void wake(void *context, enum reset_reason reason)
{
    ((struct system_bench *)context)->wake_reasons |= (uint32_t)reason;
}

static void stall(void *context, uint64_t cycles)
{
    ((struct system_bench *)context)->stalled_cycles += cycles;
}

static void flash_cache(void *context, bool on)
{
    ((struct system_bench *)context)->flash_cache = on;
}

static void observing_changed(void *context)
{
    ((struct system_bench *)context)->observing_changes++;
}

static void nmi(void *context)
{
    ((struct system_bench *)context)->nmis++;
}

static void changed(void *context, uint32_t address, uint32_t size_bytes)
{
    struct system_bench *system = context;
    system->changed_address = address;
    system->changed_bytes = size_bytes;
    system->changes++;
}

struct system_bench *system_bench_new(const struct device_class *device_class, uint32_t base,
                                      uint32_t flash_bytes)
{
    struct system_bench *system = calloc(1, sizeof *system);
    assert(system != NULL);
    uint8_t *flash = malloc(flash_bytes);
    assert(flash != NULL);
    memset(flash, 0xFF, flash_bytes);
    memset(system->uicr, 0xFF, sizeof system->uicr);
    system->nvm = (struct nvm){
        .flash = flash,
        .flash_bytes = flash_bytes,
        .page_bytes = SYSTEM_PAGE_BYTES,
        .uicr = system->uicr,
        .uicr_base = SYSTEM_UICR_BASE,
        .uicr_bytes = SYSTEM_UICR_BYTES,
        .changed = changed,
        .context = system,
    };
    struct bench *bench = bench_new();
    system->bench = bench;
    (void)bench_start(bench, device_class, base);
    /* The bench knows no flash and no chip: whatever it said, set the device up again with both. */
    bench->env.nvm = &system->nvm;
    bench->env.chip = (struct chip_port){
        .request_reset = request_reset,
        .request_system_off = request_system_off,
        .cut_power = cut_power,
        .restore_power = restore_power,
        .wake = wake,
        .stall = stall,
        .flash_cache = flash_cache,
        .observing_changed = observing_changed,
        .nmi = nmi,
        .context = system,
    };
    memset(bench->device, 0, device_class->size_bytes);
    bench_clear_nets(bench);
    if (device_class->init(bench->device, &bench->env) != NULL) {
        abort(); /* the test asks for a device that its chip cannot have */
    }
    bench_reset(bench, RESET_POWER_ON);
    return system;
}

void system_bench_free(struct system_bench *system)
{
    bench_free(system->bench);
    free(system->nvm.flash);
    free(system);
}
