/* The trapper's neighbour: it is called by it, calls it, and has to live on. */
#include "kernel/boards/trap_test/trapper.h"
#include "kernel/capsule/grant.h"

CAPSULE(neighbour, .needs = {DEFERRED, GRANT, SPI});

struct neighbour_process {
    uint32_t asked;
};
GRANT(neighbour_grant, struct neighbour_process, 1, 0, 0);

/* From within its own grant, which it leaves again itself. */
static int ask(struct neighbour *neighbour, struct process_id id)
{
    int status = K_EFAIL;
    grant_enter (neighbour_grant, id, p) {
        p->asked++;
        status = link_ask(neighbour->trapper, LINK_BACK);
        neighbour->went_on++;
    }
    return status;
}

static command_return neighbour_command(void *self, struct process_id id, uint32_t command,
                                        uint32_t unused0, uint32_t unused1)
{
    struct neighbour *neighbour = self;
    (void)unused0;
    (void)unused1;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case NEIGHBOUR_ASK:
        return command_status(ask(neighbour, id));
    case NEIGHBOUR_TELL:
        deferred_call_request(&neighbour->deferred);
        return command_success();
    case NEIGHBOUR_WENT_ON:
        return command_success_u32(neighbour->went_on);
    case NEIGHBOUR_DONE:
        return command_success_u32(neighbour->done);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

static void neighbour_deferred(void *self)
{
    struct neighbour *neighbour = self;
    link_client_told(neighbour->upwards, LINK_BACK);
    neighbour->went_on++;
}

static int neighbour_asked(void *self, uint32_t what)
{
    struct neighbour *neighbour = self;
    if (what == LINK_TRANSFER) {
        return hil_spi_transfer(neighbour->spi, &neighbour->buffer, sizeof(neighbour->bytes), NULL,
                                0);
    }
    int status = link_ask(neighbour->trapper, LINK_BACK);
    neighbour->went_on++;
    if (what == LINK_TRAP) {
        neighbour->went_on += neighbour->bytes[neighbour->went_on + sizeof(neighbour->bytes)];
    }
    return status;
}

static void neighbour_transferred(void *self)
{
    struct neighbour *neighbour = self;
    neighbour->done++;
}

static void neighbour_told(void *self, uint32_t what)
{
    (void)neighbour_asked(self, what);
}

static const struct link_ops neighbour_link_ops = {neighbour_asked};

struct link neighbour_link(struct neighbour *neighbour)
{
    return (struct link){&neighbour_link_ops, neighbour, &this_capsule};
}

struct link_client neighbour_client(struct neighbour *neighbour)
{
    return (struct link_client){neighbour_told, neighbour, &this_capsule};
}

const struct driver_ops neighbour_driver_ops = {
    .number = NEIGHBOUR_DRIVER,
    .command = neighbour_command,
    .grant = &neighbour_grant,
    .owner = &this_capsule,
};

void neighbour_init(struct neighbour *neighbour, const struct link *trapper,
                    const struct link_client *upwards, const struct hil_spi *spi)
{
    *neighbour = (struct neighbour){
        .trapper = trapper,
        .upwards = upwards,
        .spi = spi,
        .spi_client = {neighbour_transferred, neighbour, &this_capsule},
        .buffer = DMA_BUFFER_OF(neighbour->bytes),
        .deferred = {.call = neighbour_deferred, .self = neighbour, .owner = &this_capsule},
    };
    hil_spi_set_client(spi, &neighbour->spi_client);
}
