/* A capsule with every mistake that a check at run time stops. It is compiled as capsules are, but
 * not checked as they are: it tries what the checker would refuse, too. */
#include "kernel/boards/trap_test/trapper.h"

#include "kernel/capsule/grant.h"
#include "kernel/capsule/process_control.h"

CAPSULE(trapper, .needs = {DEFERRED, DELAY, GPIO, GRANT, PROCESS_CONTROL, SPI});

struct trapper_process {
    uint32_t commands;
};
GRANT(trapper_grant, struct trapper_process, 1, 0, 1);

#define NOWHERE 0x30000000u /* nothing answers there */

static uint32_t in_scope(struct trapper *trapper, struct process_id id, uint32_t argument)
{
    uint32_t value = 0;
    grant_enter (trapper_grant, id, p) {
        p->commands++;
        value = trapper->table[argument];
    }
    return value;
}

static uint32_t read_nowhere(void)
{
    return *(const volatile uint32_t *)(uintptr_t)NOWHERE;
}

static uint32_t trap(const struct trapper *trapper)
{
    return trapper->table[trapper->mode + 4];
}

static void be_busy(struct trapper *trapper)
{
    hil_delay_start(trapper->devices->delay, 10000);
    (void)hil_spi_transfer(trapper->devices->spi, &trapper->long_buffer, TRAPPER_LONG_BYTES, NULL,
                           0);
    (void)link_ask(trapper->neighbour, LINK_TRANSFER);
}

/* Takes the caller's slice from it: the kernel has to know all the same whose command this is. */
static void act_on_caller(struct process_id id, uint32_t how)
{
    if (how == TRAPPER_STOPPED) {
        (void)process_act(id, ABI_PROCESS_STOP);
        (void)process_act(id, ABI_PROCESS_START);
    } else {
        (void)process_act(id, ABI_PROCESS_TERMINATE);
    }
    if (how == TRAPPER_RESTARTED) {
        (void)process_act(id, ABI_PROCESS_BOOT);
    }
}

static command_return trapper_command(void *self, struct process_id id, uint32_t command,
                                      uint32_t argument, uint32_t unused)
{
    struct trapper *trapper = self;
    (void)unused;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case TRAPPER_INDEX:
        return command_success_u32(trapper->table[argument]);
    case TRAPPER_SHIFT:
        return command_success_u32(1u << argument);
    case TRAPPER_DIVISION:
        return command_success_u32(100u / argument);
    case TRAPPER_NULL:
        return command_success_u32(*trapper->nothing);
    case TRAPPER_HANDLE:
        return command_success_u32(hil_gpio_read(&trapper->no_pin));
    case TRAPPER_NO_HANDLE:
        return command_success_u32(hil_gpio_read(trapper->no_handle));
    case TRAPPER_BUS:
        return command_success_u32(read_nowhere());
    case TRAPPER_SCOPE:
        return command_success_u32(in_scope(trapper, id, argument));
    case TRAPPER_DEFERRED:
    case TRAPPER_UP_AND_DOWN:
        trapper->mode = command;
        deferred_call_request(&trapper->deferred);
        return command_success();
    case TRAPPER_INTERRUPT:
        hil_delay_start(trapper->devices->delay, 1000);
        return command_success();
    case TRAPPER_DOWN_IN_CALL:
        (void)link_ask(trapper->neighbour, LINK_BACK);
        trapper->went_on++;
        return command_success();
    case TRAPPER_BOTH:
        (void)link_ask(trapper->neighbour, LINK_TRAP);
        trapper->went_on++;
        return command_success();
    case TRAPPER_STORM:
        return command_status(
            hil_gpio_enable_interrupt(trapper->devices->storm, HIL_GPIO_EDGE_BOTH));
    case TRAPPER_BUSY:
        be_busy(trapper);
        return command_success_u32(trap(trapper));
    case TRAPPER_STOPPED:
    case TRAPPER_TERMINATED:
    case TRAPPER_RESTARTED:
        act_on_caller(id, command);
        return command_success_u32(trap(trapper));
    case TRAPPER_TRUSTED:
        board_trap();
        return command_success();
    case TRAPPER_WENT_ON:
        return command_success_u32(trapper->went_on);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void trapper_deferred(void *self)
{
    struct trapper *trapper = self;
    if (trapper->mode == TRAPPER_UP_AND_DOWN) {
        link_client_told(trapper->upwards, LINK_BACK);
        trapper->went_on++;
    } else {
        trapper->mode += trap(trapper);
    }
}

static void trapper_elapsed(void *self)
{
    struct trapper *trapper = self;
    trapper->mode += trap(trapper);
}

static void trapper_changed(void *self, uint32_t index)
{
    struct trapper *trapper = self;
    trapper->mode += index + trap(trapper);
}

static void trapper_done(void *self)
{
    struct trapper *trapper = self;
    trapper->went_on++;
}

static int trapper_ask(void *self, uint32_t what)
{
    struct trapper *trapper = self;
    trapper->mode += what;
    return (int)trap(trapper);
}

static void trapper_told(void *self, uint32_t what)
{
    struct trapper *trapper = self;
    trapper->mode += what;
    trapper->mode += trap(trapper);
}

static const struct link_ops trapper_link_ops = {trapper_ask};

struct link trapper_link(struct trapper *trapper)
{
    return (struct link){&trapper_link_ops, trapper, &this_capsule};
}

struct link_client trapper_client(struct trapper *trapper)
{
    return (struct link_client){trapper_told, trapper, &this_capsule};
}

const struct driver_ops trapper_driver_ops = {
    .number = TRAPPER_DRIVER,
    .command = trapper_command,
    .grant = &trapper_grant,
    .owner = &this_capsule,
};

void trapper_init(struct trapper *trapper, const struct link *neighbour,
                  const struct link_client *upwards, const struct trapper_devices *devices)
{
    *trapper = (struct trapper){
        .neighbour = neighbour,
        .upwards = upwards,
        .devices = devices,
        .delay_client = {trapper_elapsed, trapper, &this_capsule},
        .storm_client = {trapper_changed, trapper, &this_capsule},
        .spi_client = {trapper_done, trapper, &this_capsule},
        .long_buffer = DMA_BUFFER_OF(trapper->long_bytes),
        .deferred = {.call = trapper_deferred, .self = trapper, .owner = &this_capsule},
    };
    hil_delay_set_client(devices->delay, &trapper->delay_client);
    hil_gpio_make_input(devices->storm, HIL_GPIO_PULL_NONE);
    hil_gpio_set_client(devices->storm, &trapper->storm_client, 0);
    hil_spi_set_client(devices->spi, &trapper->spi_client);
}
