#include "kernel/capsules/ble_advertising.h"

#include "kernel/capsule/grant.h"

CAPSULE(ble_advertising, .needs = {BLE, DELAY, GRANT});

enum ble_mode { BLE_IDLE, BLE_ADVERTISING, BLE_SCANNING };

struct ble_process {
    uint32_t interval_us;
    uint32_t left_us; /* counted from the start of the delay under way; 0: it is due */
    uint8_t mode;     /* enum ble_mode */
    uint8_t pdu_type;
    int8_t dbm;
};
GRANT(ble_grant, struct ble_process, ABI_BLE_UPCALLS, ABI_BLE_ROS, ABI_BLE_RWS);

#define US_PER_MS     1000u
#define JITTER_US     10000u    /* that each interval is longer, at most */
#define LOOK_EVERY_US 10000000u /* whether who scans still lives; as long as a delay can be */

/* Bluetooth core specification, volume 6, part B: the flag of a random address (2.3), and the two
 * highest bits of one that is static (1.3.2.1). */
#define HEADER_TXADD        0x40u
#define ADDRESS_HIGH_STATIC 0xC000u
#define ADDRESS_BYTES       6u

static uint32_t passed_us(const struct ble_advertising_driver *driver)
{
    uint32_t left_us = hil_delay_left(driver->delay);
    return left_us < driver->delay_us ? driver->delay_us - left_us : 0;
}

/* Counts what has passed, and begins a delay until the next process is due. */
static void count_on(struct ble_advertising_driver *driver, uint32_t passed)
{
    uint32_t next_us = LOOK_EVERY_US;
    bool is_needed = driver->listening;
    grant_each (ble_grant, id, p) {
        (void)id;
        p->left_us = p->left_us > passed ? p->left_us - passed : 0;
        /* Those that are due wait for the radio. */
        if (p->mode == BLE_ADVERTISING && p->left_us > 0) {
            is_needed = true;
            next_us = p->left_us < next_us ? p->left_us : next_us;
        }
    }
    driver->delay_us = 0;
    if (is_needed) {
        hil_delay_start(driver->delay, next_us);
        driver->delay_us = hil_delay_left(driver->delay); /* a bit more than was asked for */
    }
}

/* A delay that ends soon enough is left alone: however often apps start and stop, what the others
 * have waited counts. */
static void have_delay_end(struct ble_advertising_driver *driver, uint32_t within_us)
{
    if (driver->delay_us == 0 || within_us < driver->delay_us) {
        count_on(driver, passed_us(driver));
    }
}

/* Listens while any process scans. */
static void update_listening(struct ble_advertising_driver *driver)
{
    bool wanted = false;
    grant_each (ble_grant, id, p) {
        (void)id;
        wanted = wanted || p->mode == BLE_SCANNING;
    }
    if (wanted != driver->listening) {
        driver->listening = wanted;
        hil_ble_listen(driver->ble, wanted);
    }
}

/* From now to the next advertisement, counted as left_us is. The specification wants it random, so
 * that two that have collided do not go on with that. */
static uint32_t next_left_us(struct ble_advertising_driver *driver, uint32_t interval_us)
{
    driver->random ^= driver->random << 13; /* xorshift: Marsaglia, 2003 */
    driver->random ^= driver->random >> 17;
    driver->random ^= driver->random << 5;
    return passed_us(driver) + interval_us + driver->random % JITTER_US;
}

/* Returns the length. */
static uint32_t fill_pdu(struct ble_advertising_driver *driver, struct process_id id,
                         uint32_t pdu_type)
{
    uint32_t low = driver->address_low + process_id_index(id);
    uint32_t high = driver->address_high;
    uint32_t length = allow_read_dma(&ble_grant, id, ALLOW_READ_ONLY, ABI_BLE_RO_DATA, 0,
                                     dma_part(&driver->pdu, ABI_BLE_PDU_DATA, ABI_BLE_DATA_MAX));
    uint8_t start[ABI_BLE_PDU_DATA] = {
        (uint8_t)(HEADER_TXADD | pdu_type),
        (uint8_t)(ADDRESS_BYTES + length),
        (uint8_t)low,
        (uint8_t)(low >> 8),
        (uint8_t)(low >> 16),
        (uint8_t)(low >> 24),
        (uint8_t)high,
        (uint8_t)(high >> 8),
    };
    (void)dma_buffer_copy_in(&driver->pdu, 0, slice_as_const(SLICE_OF(start)));
    return ABI_BLE_PDU_DATA + length;
}
_Static_assert(ABI_BLE_PDU_LENGTH == 1 && ABI_BLE_PDU_ADDRESS == 2 &&
                   ABI_BLE_PDU_DATA == ABI_BLE_PDU_ADDRESS + ADDRESS_BYTES,
               "a PDU starts with its header, its length and the address");

/* Of those that are due: the processes in a circle, after the last one that has sent. */
static struct process_id next_due(struct process_id last)
{
    struct process_id next = PROCESS_ID_NONE;
    bool passed = false, is_behind = false;
    grant_each (ble_grant, id, p) {
        bool is_due = p->mode == BLE_ADVERTISING && p->left_us == 0;
        if (is_due && (process_id_is_none(next) || passed != is_behind)) {
            next = id;
            is_behind = passed;
        }
        passed = passed || process_id_is_equal(id, last);
    }
    return next;
}

static void send_next(struct ble_advertising_driver *driver)
{
    if (!process_id_is_none(driver->sender)) {
        return;
    }
    struct process_id next = next_due(driver->last_sent);
    uint32_t left_us = 0;
    grant_enter (ble_grant, next, p) {
        left_us = next_left_us(driver, p->interval_us);
        p->left_us = left_us;
        uint32_t length = fill_pdu(driver, next, p->pdu_type);
        if (hil_ble_advertise(driver->ble, &driver->pdu, length, p->dbm) == K_OK) {
            driver->sender = next;
        }
    }
    if (left_us > 0) {
        have_delay_end(driver, left_us);
    }
}

static void ble_elapsed(void *self)
{
    struct ble_advertising_driver *driver = self;
    update_listening(driver);
    count_on(driver, driver->delay_us);
    send_next(driver);
}

static void ble_sent(void *self)
{
    struct ble_advertising_driver *driver = self;
    driver->last_sent = driver->sender;
    driver->sender = PROCESS_ID_NONE;
    send_next(driver);
}

static void ble_received(void *self, struct dma_buffer *pdu, uint32_t length)
{
    (void)self;
    grant_each (ble_grant, id, p) {
        if (p->mode == BLE_SCANNING &&
            allow_length(&ble_grant, id, ALLOW_READ_WRITE, ABI_BLE_RW_PDU) >= length) {
            (void)allow_write_dma(&ble_grant, id, ABI_BLE_RW_PDU, 0, dma_part(pdu, 0, length));
            (void)upcall_schedule(&ble_grant, id, ABI_BLE_UPCALL_RECEIVED, 0, length, 0);
        }
    }
}

static uint32_t capped_us(uint32_t interval_ms)
{
    uint32_t capped = interval_ms < ABI_BLE_INTERVAL_MAX_MS ? interval_ms : ABI_BLE_INTERVAL_MAX_MS;
    return (capped > ABI_BLE_INTERVAL_MIN_MS ? capped : ABI_BLE_INTERVAL_MIN_MS) * US_PER_MS;
}

/* `status`: of what was asked for; a process that does something already is busy, whatever it is.
 */
static int begin(struct ble_advertising_driver *driver, struct process_id id, enum ble_mode mode,
                 int status, uint32_t pdu_type, uint32_t interval_ms)
{
    uint32_t within_us = LOOK_EVERY_US;
    grant_enter (ble_grant, id, p) {
        if (p->mode != BLE_IDLE) {
            status = K_EBUSY;
        } else if (status == K_OK) {
            p->mode = (uint8_t)mode;
            p->pdu_type = (uint8_t)pdu_type;
            p->interval_us = capped_us(interval_ms);
            if (mode == BLE_ADVERTISING) {
                within_us = next_left_us(driver, p->interval_us);
                p->left_us = within_us;
            }
        }
    }
    status = grant_status(status);
    if (status == K_OK) {
        update_listening(driver);
        have_delay_end(driver, within_us);
    }
    return status;
}

static int start(struct ble_advertising_driver *driver, struct process_id id, uint32_t pdu_type,
                 uint32_t interval_ms)
{
    bool is_type = pdu_type == ABI_BLE_ADV_IND || pdu_type == ABI_BLE_ADV_NONCONN_IND ||
                   pdu_type == ABI_BLE_ADV_SCAN_IND;
    return begin(driver, id, BLE_ADVERTISING, is_type ? K_OK : K_EINVAL, pdu_type, interval_ms);
}

/* What is on the air goes out whole. */
static int stop(struct ble_advertising_driver *driver, struct process_id id)
{
    int status = K_EBUSY;
    grant_enter (ble_grant, id, p) {
        status = p->mode != BLE_IDLE ? K_OK : K_EBUSY;
        p->mode = BLE_IDLE;
    }
    status = grant_status(status);
    if (status == K_OK) {
        update_listening(driver);
    }
    return status;
}

static int set_power(const struct ble_advertising_driver *driver, struct process_id id,
                     uint32_t byte)
{
    int32_t dbm = (int32_t)byte - (byte > INT8_MAX ? UINT8_MAX + 1 : 0);
    int status = K_OK;
    if (dbm < ABI_BLE_POWER_MIN_DBM || dbm > ABI_BLE_POWER_MAX_DBM) {
        status = K_EINVAL;
    } else if (!hil_ble_has_power(driver->ble, dbm)) {
        status = K_ENOSUPPORT;
    }
    grant_enter (ble_grant, id, p) {
        if (p->mode != BLE_IDLE) {
            status = K_EBUSY;
        } else if (status == K_OK) {
            p->dbm = (int8_t)dbm;
        }
    }
    return grant_status(status);
}

static command_return ble_command(void *self, struct process_id id, uint32_t command,
                                  uint32_t argument0, uint32_t argument1)
{
    struct ble_advertising_driver *driver = self;
    switch (command) {
    case ABI_BLE_START:
        return command_status(start(driver, id, argument0, argument1));
    case ABI_BLE_STOP:
        return command_status(stop(driver, id));
    case ABI_BLE_POWER:
        return command_status(set_power(driver, id, argument0 & UINT8_MAX));
    case ABI_BLE_SCAN:
        return command_status(begin(driver, id, BLE_SCANNING, K_OK, 0, 0));
    default:
        return command_error(K_ENOSUPPORT);
    }
}

const struct driver_ops ble_advertising_driver_ops = {
    .number = ABI_DRIVER_BLE,
    .command = ble_command,
    .grant = &ble_grant,
    .owner = &this_capsule,
};

void ble_advertising_init(struct ble_advertising_driver *driver, const struct hil_ble *ble,
                          const struct hil_delay *delay, uint64_t address)
{
    *driver = (struct ble_advertising_driver){
        .ble = ble,
        .delay = delay,
        .ble_client = {ble_sent, ble_received, driver, &this_capsule},
        .delay_client = {ble_elapsed, driver, &this_capsule},
        .random = (uint32_t)(address & UINT32_MAX) | 1u,
        .address_low = (uint32_t)(address & UINT32_MAX),
        .address_high = (uint32_t)(address >> 32 & UINT16_MAX) | ADDRESS_HIGH_STATIC,
        .pdu = DMA_BUFFER_OF(driver->pdu_bytes),
    };
    hil_ble_set_client(ble, &driver->ble_client);
    hil_delay_set_client(delay, &driver->delay_client);
}
