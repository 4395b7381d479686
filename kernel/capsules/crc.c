#include "kernel/capsules/crc.h"

#include "kernel/capsule/grant.h"

CAPSULE(crc, .needs = {DEFERRED, GRANT});

#define PIECE_BYTES 128u

/* The polynomials with their bits reversed: the lowest bit of a byte goes first. */
static const uint32_t polynomials[] = {
    [ABI_CRC_32] = 0xEDB88320,
    [ABI_CRC_32C] = 0x82F63B78,
    [ABI_CRC_16_CCITT] = 0x8408,
};

struct crc_process {
    uint32_t length; /* 0: nothing is under way */
    uint32_t done;
    uint32_t algorithm;
    uint32_t remainder;
};
GRANT(crc_grant, struct crc_process, ABI_CRC_UPCALLS, ABI_CRC_ROS, 0);

static uint32_t add_byte(uint32_t remainder, uint32_t polynomial, uint8_t byte)
{
    remainder ^= byte;
    for (uint32_t i = 0; i < 8u; i++) {
        remainder = remainder >> 1 ^ ((remainder & 1u) != 0 ? polynomial : 0);
    }
    return remainder;
}

/* The two of 32 bits are inverted; that of 16 bits is given highest power first. */
static uint32_t result_of(uint32_t algorithm, uint32_t remainder)
{
    if (algorithm != ABI_CRC_16_CCITT) {
        return ~remainder;
    }
    uint32_t reversed = 0;
    for (uint32_t i = 0; i < 16u; i++) {
        reversed = reversed << 1 | (remainder >> i & 1u);
    }
    return reversed;
}

static void answer(BORROWED struct crc_process *p, struct process_id id, int status,
                   uint32_t result)
{
    p->length = 0;
    (void)upcall_schedule(&crc_grant, id, ABI_CRC_UPCALL_DONE, (uint32_t)-status, result,
                          status == K_OK ? p->algorithm : 0);
}

/* False when that was all. */
static bool do_piece(BORROWED struct crc_process *p, struct process_id id)
{
    uint8_t bytes[PIECE_BYTES] = {0};
    uint32_t left = p->length - p->done;
    uint32_t count = left < PIECE_BYTES ? left : PIECE_BYTES;
    struct slice piece = slice_part(SLICE_OF(bytes), 0, count);
    if (allow_read(&crc_grant, id, ALLOW_READ_ONLY, ABI_CRC_RO_DATA, p->done, piece) != count) {
        answer(p, id, K_ERESERVE, 0);
        return false;
    }
    uint32_t polynomial = polynomials[p->algorithm];
    for (uint32_t i = 0; i < count; i++) {
        p->remainder = add_byte(p->remainder, polynomial, slice_get(slice_as_const(piece), i));
    }
    p->done += count;
    if (p->done < p->length) {
        return true;
    }
    answer(p, id, K_OK, result_of(p->algorithm, p->remainder));
    return false;
}

static void crc_deferred(void *self)
{
    struct crc_driver *crc = self;
    grant_each (crc_grant, id, p) {
        if (p->length > 0 && do_piece(p, id)) {
            deferred_call_request_later(&crc->deferred);
        }
    }
}

static command_return crc_compute(struct crc_driver *crc, struct process_id id, uint32_t algorithm,
                                  uint32_t length)
{
    if (algorithm > ABI_CRC_16_CCITT) {
        return command_error(K_EINVAL);
    }
    uint32_t room = allow_length(&crc_grant, id, ALLOW_READ_ONLY, ABI_CRC_RO_DATA);
    int status = K_EBUSY;
    grant_enter (crc_grant, id, p) {
        if (p->length == 0) {
            status = length > 0 && length <= room ? K_OK : K_ESIZE;
        }
        if (status == K_OK) {
            *p = (struct crc_process){
                .length = length,
                .algorithm = algorithm,
                .remainder = algorithm == ABI_CRC_16_CCITT ? 0xFFFFu : 0xFFFFFFFFu,
            };
        }
    }
    if (status == K_OK) {
        deferred_call_request_later(&crc->deferred);
    }
    return grant_answer(command_status(status));
}

static command_return crc_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t argument1)
{
    struct crc_driver *crc = self;
    switch (command) {
    case ABI_COMMAND_EXISTS:
        return command_success();
    case ABI_CRC_COMPUTE:
        return crc_compute(crc, id, argument0, argument1);
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops crc_driver_ops = {
    .number = ABI_DRIVER_CRC,
    .command = crc_command,
    .grant = &crc_grant,
    .owner = &this_capsule,
};

void crc_init(struct crc_driver *crc)
{
    *crc = (struct crc_driver){
        .deferred = {.call = crc_deferred, .self = crc, .owner = &this_capsule},
    };
}
