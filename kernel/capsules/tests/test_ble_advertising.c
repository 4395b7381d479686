#include "kernel/capsules/ble_advertising.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "kernel/capsules/tests/fake_core.h"

#define ADDRESS      0x123456789ABCu /* its two highest bits are not those of a static one */
#define JITTER_US    10000u
#define PACKET_US    1000u /* what the fake radio takes for three channels */
#define NEVER        UINT64_MAX
#define DELAY_ERROR  61u /* a delay is as much too long, at most */
#define LOG_ENTRIES  8192u
#define ADDRESS_LAST (ABI_BLE_PDU_ADDRESS + 5u)

static struct ble_advertising_driver driver;

/* A radio and a clock. */
static struct fake_air {
    const struct hil_ble_client *client;
    const struct hil_delay_client *delay_client;
    struct dma_buffer *out;
    struct slice bytes;
    uint64_t now_us, sent_us, delay_us; /* when something is over; NEVER: nothing is under way */
    bool listening;
    int32_t dbm;
    uint32_t delays;
    struct {
        uint64_t at_us;
        uint32_t process, length;
        uint8_t pdu[HIL_BLE_PDU_MAX];
    } sent[LOG_ENTRIES];
    uint32_t count;
} air;

static bool air_has_power(void *self, int32_t dbm)
{
    (void)self;
    return dbm % 4 == 0;
}

static int air_advertise(void *self, struct dma_buffer *pdu, uint32_t length, int32_t dbm)
{
    (void)self;
    assert_null(air.out);
    assert_true(air.count < LOG_ENTRIES);
    assert_int_equal(dma_buffer_claim(pdu, 0, length, &air.bytes), K_OK);
    assert_int_equal(air.bytes.bytes[1], length - 2);
    air.out = pdu;
    air.dbm = dbm;
    air.sent_us = air.now_us + PACKET_US;
    air.sent[air.count].at_us = air.now_us;
    air.sent[air.count].length = length;
    air.sent[air.count].process =
        (air.bytes.bytes[ABI_BLE_PDU_ADDRESS] - (ADDRESS & 0xFFu)) & 0xFFu;
    memcpy(air.sent[air.count].pdu, air.bytes.bytes, length);
    air.count++;
    return K_OK;
}

static void air_listen(void *self, bool on)
{
    (void)self;
    assert_true(on != air.listening);
    air.listening = on;
}

static void air_set_client(void *self, const struct hil_ble_client *client)
{
    (void)self;
    air.client = client;
}

static void start_delay(void *self, uint32_t microseconds)
{
    (void)self;
    assert_true(microseconds > 0 && microseconds <= 10000000);
    air.delay_us = air.now_us + microseconds + DELAY_ERROR;
    air.delays++;
}

static uint32_t delay_left(void *self)
{
    (void)self;
    return air.delay_us == NEVER || air.delay_us < air.now_us
               ? 0
               : (uint32_t)(air.delay_us - air.now_us);
}

static void set_delay_client(void *self, const struct hil_delay_client *client)
{
    (void)self;
    air.delay_client = client;
}

static const struct hil_ble_ops air_ops = {air_has_power, air_advertise, air_listen,
                                           air_set_client};
static const struct hil_delay_ops delay_ops = {start_delay, set_delay_client, delay_left};
static const struct hil_ble ble = {&air_ops, NULL};
static const struct hil_delay delay = {&delay_ops, NULL};

/* Lets time pass, with all that happens in it. */
static void pass_us(uint64_t microseconds)
{
    uint64_t end = air.now_us + microseconds;
    for (;;) {
        uint64_t next = air.sent_us < air.delay_us ? air.sent_us : air.delay_us;
        if (next > end) {
            air.now_us = end;
            return;
        }
        air.now_us = next;
        if (next == air.sent_us) {
            air.sent_us = NEVER;
            dma_buffer_release(air.out);
            air.out = NULL;
            hil_ble_client_sent(air.client);
        } else {
            air.delay_us = NEVER;
            hil_delay_client_elapsed(air.delay_client);
        }
    }
}

static int begin(void **state)
{
    (void)state;
    fake_core_reset();
    memset(&air, 0, sizeof(air));
    air.sent_us = air.delay_us = NEVER;
    ble_advertising_init(&driver, &ble, &delay, ADDRESS);
    return 0;
}

static command_return command(uint32_t process, uint32_t number, uint32_t argument0,
                              uint32_t argument1)
{
    return fake_core_command(&ble_advertising_driver_ops, &driver, process, number, argument0,
                             argument1);
}

static command_return advertise(uint32_t process, uint32_t interval_ms)
{
    return command(process, ABI_BLE_START, ABI_BLE_ADV_NONCONN_IND, interval_ms);
}

static void allow_data(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, ble_advertising_driver_ops.grant, ALLOW_READ_ONLY, ABI_BLE_RO_DATA,
                    bytes, length);
}

static void allow_pdu(uint32_t process, void *bytes, uint32_t length)
{
    fake_core_allow(process, ble_advertising_driver_ops.grant, ALLOW_READ_WRITE, ABI_BLE_RW_PDU,
                    bytes, length);
}

/* Checks the intervals of a process's advertisements; returns their number. Each may wait for
 * those of the others. */
static uint32_t check_intervals(uint32_t process, uint32_t interval_us, uint32_t others)
{
    uint32_t count = 0;
    uint64_t last_us = 0;
    for (uint32_t i = 0; i < air.count; i++) {
        if (air.sent[i].process == process) {
            uint64_t gap_us = air.sent[i].at_us - last_us;
            assert_true(count == 0 || gap_us + PACKET_US * others >= interval_us);
            uint64_t late_us = 2 * DELAY_ERROR + (others + 1) * PACKET_US;
            assert_true(gap_us <= interval_us + JITTER_US + late_us);
            last_us = air.sent[i].at_us;
            count++;
        }
    }
    return count;
}

static void test_a_pdu(void **state)
{
    (void)state;
    static uint8_t data[] = "\x06\x09hello and so on, longer than what goes";
    expect_success(command(0, ABI_BLE_START, ABI_BLE_ADV_SCAN_IND, 100));
    allow_data(0, data, 7);
    pass_us(120000);
    assert_int_equal(air.count, 1);
    static const uint8_t wanted[] = {0x46, 13,   0xBC, 0x9A, 0x78, 0x56, 0x34, 0xD2,
                                     0x06, 0x09, 'h',  'e',  'l',  'l',  'o'};
    assert_int_equal(air.sent[0].length, sizeof(wanted));
    assert_memory_equal(air.sent[0].pdu, wanted, sizeof(wanted));
    /* As the buffer is when it is sent; too much of it is cut; none is none. */
    allow_data(0, data, sizeof(data));
    pass_us(110000);
    assert_int_equal(air.sent[1].length, HIL_BLE_PDU_MAX);
    assert_memory_equal(air.sent[1].pdu + 8, data, 31);
    allow_data(0, NULL, 0);
    pass_us(110000);
    assert_int_equal(air.sent[2].length, 8);
    /* Others have another address. */
    expect_success(advertise(3, 20));
    pass_us(30000);
    assert_int_equal(air.sent[air.count - 1].pdu[ABI_BLE_PDU_ADDRESS], 0xBF);
    assert_int_equal(air.sent[air.count - 1].pdu[ADDRESS_LAST], 0xD2);
    assert_int_equal(air.sent[air.count - 1].pdu[0], 0x42);
}

static void test_states(void **state)
{
    (void)state;
    expect_failure(command(0, ABI_BLE_STOP, 0, 0), K_EBUSY);
    for (uint32_t type = 0; type < 20; type++) {
        if (type == 0 || type == 2 || type == 6) {
            expect_success(command(0, ABI_BLE_START, type, 50));
            expect_failure(command(0, ABI_BLE_START, type, 50), K_EBUSY);
            expect_failure(command(0, ABI_BLE_START, 1, 50), K_EBUSY);
            expect_failure(command(0, ABI_BLE_SCAN, 0, 0), K_EBUSY);
            expect_failure(command(0, ABI_BLE_POWER, 0, 0), K_EBUSY);
            expect_success(command(0, ABI_BLE_STOP, 0, 0));
        } else {
            expect_failure(command(0, ABI_BLE_START, type, 50), K_EINVAL);
        }
    }
    pass_us(1000000);
    assert_int_equal(air.count, 0);
    expect_success(command(0, ABI_BLE_SCAN, 0, 0));
    assert_true(air.listening);
    expect_failure(advertise(0, 50), K_EBUSY);
    expect_success(command(1, ABI_BLE_SCAN, 0, 0));
    expect_success(command(0, ABI_BLE_STOP, 0, 0));
    assert_true(air.listening);
    expect_success(command(1, ABI_BLE_STOP, 0, 0));
    assert_false(air.listening);
    expect_failure(command(0, 3, 0, 0), K_ENOSUPPORT);
    expect_failure(command(0, 4, 0, 0), K_ENOSUPPORT);
    fake_core_exhaust(2);
    expect_failure(advertise(2, 50), K_ENOMEM);
    expect_failure(command(2, ABI_BLE_SCAN, 0, 0), K_ENOMEM);
    expect_failure(command(2, ABI_BLE_STOP, 0, 0), K_ENOMEM);
}

static void test_power(void **state)
{
    (void)state;
    for (uint32_t byte = 0; byte < 256; byte++) {
        int32_t dbm = (int8_t)byte;
        int wanted = dbm < -20 || dbm > 10 ? K_EINVAL : dbm % 4 == 0 ? K_OK : K_ENOSUPPORT;
        command_return answer = command(0, ABI_BLE_POWER, byte | 0xABC00, 0);
        if (wanted == K_OK) {
            expect_success(answer);
        } else {
            expect_failure(answer, wanted);
        }
    }
    expect_success(command(0, ABI_BLE_POWER, (uint32_t)-12, 0));
    expect_success(advertise(0, 20));
    expect_success(advertise(1, 20));
    for (uint32_t i = 0; i < 2; i++) {
        while (air.count == i) {
            pass_us(1);
        }
        assert_int_equal(air.dbm, air.sent[i].process == 0 ? -12 : 0);
    }
}

static void test_intervals(void **state)
{
    (void)state;
    expect_success(advertise(0, 0)); /* at least 20 ms */
    expect_success(advertise(1, 100));
    expect_success(advertise(2, 15000)); /* longer than a delay can be */
    expect_success(advertise(3, 21));
    pass_us(60000000);
    assert_true(check_intervals(0, 20000, 3) > 2000);
    assert_true(check_intervals(1, 100000, 3) > 500);
    assert_int_equal(check_intervals(2, 15000000, 3), 3);
    assert_true(check_intervals(3, 21000, 3) > 1900);
    begin(NULL);
    expect_success(advertise(0, 0xFFFFFFFF));
    pass_us(4001000000u);
    assert_int_equal(check_intervals(0, 4000000000u, 0), 1);
}

/* However often one starts and stops, the others go on as before. */
static void test_a_storm(void **state)
{
    (void)state;
    expect_success(advertise(0, 100));
    expect_success(advertise(1, 5000));
    for (uint32_t i = 0; i < 300000; i++) {
        expect_success(i % 3 == 0 ? command(2, ABI_BLE_SCAN, 0, 0) : advertise(2, 20));
        expect_success(command(2, ABI_BLE_STOP, 0, 0));
        pass_us(100);
    }
    assert_true(check_intervals(0, 100000, 1) >= 270);
    assert_true(check_intervals(1, 5000000, 1) >= 5);
    assert_int_equal(check_intervals(2, 20000, 1), 0);
    assert_true(air.delays < 300000 / 50);
}

static void test_an_end(void **state)
{
    (void)state;
    expect_success(advertise(0, 20));
    expect_success(advertise(1, 20));
    while (air.count == 0) {
        pass_us(10);
    }
    uint32_t first = air.sent[0].process;
    fake_core_end(first); /* while its own is on the air */
    pass_us(1000000);
    for (uint32_t i = 1; i < air.count; i++) {
        assert_int_equal(air.sent[i].process, 1 - first);
    }
    assert_true(air.count > 30);
    fake_core_end(1 - first);
    uint32_t count = air.count;
    pass_us(1000000);
    assert_int_equal(air.count, count);
    assert_int_equal(air.delay_us, NEVER);
    fake_core_restart(0);
    expect_success(command(0, ABI_BLE_SCAN, 0, 0));
    assert_true(air.listening);
    fake_core_end(0);
    pass_us(10001000);
    assert_false(air.listening);
    pass_us(10001000);
    assert_int_equal(air.delay_us, NEVER);
}

static void air_brings(const void *bytes, uint32_t length)
{
    uint8_t array[HIL_BLE_PDU_MAX];
    memcpy(array, bytes, length);
    struct dma_buffer pdu = DMA_BUFFER_OF(array);
    hil_ble_client_received(air.client, &pdu, length);
}

static void test_scanning(void **state)
{
    (void)state;
    static uint8_t whole[HIL_BLE_PDU_MAX], exact[10], short_one[9], idle[HIL_BLE_PDU_MAX];
    allow_pdu(0, whole, sizeof(whole));
    allow_pdu(1, exact, sizeof(exact));
    allow_pdu(2, short_one, sizeof(short_one));
    allow_pdu(3, idle, sizeof(idle));
    for (uint32_t i = 0; i < 3; i++) {
        expect_success(command(i, ABI_BLE_SCAN, 0, 0));
    }
    expect_success(advertise(3, 100));
    air_brings("\x02\x08"
               "ABCDEFGH",
               10);
    expect_upcall(0, ABI_BLE_UPCALL_RECEIVED, 0, 10, 0);
    expect_upcall(1, ABI_BLE_UPCALL_RECEIVED, 0, 10, 0);
    for (uint32_t i = 0; i < 4; i++) {
        expect_no_upcall(i);
    }
    assert_memory_equal(whole,
                        "\x02\x08"
                        "ABCDEFGH\0",
                        11);
    assert_memory_equal(exact,
                        "\x02\x08"
                        "ABCDEFGH",
                        10);
    assert_int_equal(short_one[0], 0);
    assert_int_equal(idle[0], 0);
    allow_pdu(0, NULL, 0);
    expect_success(command(1, ABI_BLE_STOP, 0, 0));
    air_brings("\x06\x06"
               "abcdef",
               8);
    expect_no_upcall(0);
    expect_no_upcall(1);
    expect_upcall(2, ABI_BLE_UPCALL_RECEIVED, 0, 8, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(test_a_pdu, begin),    cmocka_unit_test_setup(test_states, begin),
        cmocka_unit_test_setup(test_power, begin),    cmocka_unit_test_setup(test_intervals, begin),
        cmocka_unit_test_setup(test_a_storm, begin),  cmocka_unit_test_setup(test_an_end, begin),
        cmocka_unit_test_setup(test_scanning, begin),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
