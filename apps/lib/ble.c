#include "apps/lib/ble.h"

#include <string.h>

#define DRIVER ABI_DRIVER_BLE

/* What was begun: its buffer is with the kernel, and is not to be exchanged by a call that the
 * kernel would refuse. */
static enum { IDLE, ADVERTISING, SCANNING } doing;

static void stop_lending_data(void)
{
    (void)syscall_allow_read_only(DRIVER, ABI_BLE_RO_DATA, NULL, 0);
}

int ble_start_advertising(enum abi_ble_pdu type, const void *data, size_t bytes,
                          uint32_t interval_ms)
{
    if (doing != IDLE) {
        return K_EBUSY;
    }
    int status = syscall_allow_read_only(DRIVER, ABI_BLE_RO_DATA, data, bytes);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_BLE_START, (uint32_t)type, interval_ms);
    }
    if (status == K_OK) {
        doing = ADVERTISING;
    } else {
        stop_lending_data();
    }
    return status;
}

int ble_stop_advertising(void)
{
    if (doing != ADVERTISING) {
        return K_EBUSY;
    }
    doing = IDLE;
    int status = syscall_command(DRIVER, ABI_BLE_STOP, 0, 0);
    stop_lending_data();
    return status;
}

int ble_set_power(int32_t dbm)
{
    return syscall_command(DRIVER, ABI_BLE_POWER, (uint32_t)dbm, 0);
}

static int lend(struct ble_pdu *pdu)
{
    return syscall_allow_read_write(DRIVER, ABI_BLE_RW_PDU, pdu->bytes, sizeof(pdu->bytes));
}

static void stop_lending(void)
{
    (void)syscall_allow_read_write(DRIVER, ABI_BLE_RW_PDU, NULL, 0);
}

/* 0: nothing has come in. */
static int length_of(const struct ble_pdu *pdu)
{
    int length = pdu->bytes[ABI_BLE_PDU_LENGTH];
    return length > 0 ? length + (int)ABI_BLE_PDU_ADDRESS : 0;
}

static int begin(struct ble_pdu *pdu)
{
    memset(pdu, 0, sizeof(*pdu));
    int status = lend(pdu);
    if (status == K_OK) {
        status = syscall_command(DRIVER, ABI_BLE_SCAN, 0, 0);
    }
    if (status == K_OK) {
        doing = SCANNING;
    } else {
        stop_lending();
    }
    return status;
}

/* An upcall that came too late for its wait may be left over: the buffer says what there is. */
int ble_scan(struct ble_pdu *pdu)
{
    int status = doing == IDLE ? begin(pdu) : K_EBUSY;
    if (status != K_OK) {
        return status;
    }
    do {
        (void)syscall_yield_wait_for(DRIVER, ABI_BLE_UPCALL_RECEIVED);
    } while (*(volatile uint8_t *)&pdu->bytes[ABI_BLE_PDU_LENGTH] == 0);
    (void)ble_stop_scan();
    return length_of(pdu);
}

int ble_scan_async(struct ble_pdu *pdu, syscall_upcall upcall, void *userdata)
{
    if (doing != IDLE) {
        return K_EBUSY;
    }
    int status = syscall_subscribe(DRIVER, ABI_BLE_UPCALL_RECEIVED, upcall, userdata);
    return status == K_OK ? begin(pdu) : status;
}

/* Taken back, the buffer does not change under the hand that copies. */
int ble_take(struct ble_pdu *pdu, struct ble_pdu *copy)
{
    stop_lending();
    *copy = *pdu;
    memset(pdu, 0, sizeof(*pdu));
    int status = lend(pdu);
    return status == K_OK ? length_of(copy) : status;
}

int ble_stop_scan(void)
{
    if (doing != SCANNING) {
        return K_EBUSY;
    }
    doing = IDLE;
    int status = syscall_command(DRIVER, ABI_BLE_STOP, 0, 0);
    stop_lending();
    return status;
}

const uint8_t *ble_find(const struct ble_pdu *pdu, uint8_t type, size_t *bytes)
{
    size_t end = (size_t)length_of(pdu);
    end = end < sizeof(pdu->bytes) ? end : sizeof(pdu->bytes);
    /* Each piece: length of what follows, type, contents. */
    for (size_t at = ABI_BLE_PDU_DATA; at + 1 < end; at += 1u + pdu->bytes[at]) {
        size_t length = pdu->bytes[at];
        if (length == 0 || length > end - at - 1) {
            return NULL;
        }
        if (pdu->bytes[at + 1] == type) {
            *bytes = length - 1;
            return &pdu->bytes[at + 2];
        }
    }
    return NULL;
}
