/* Bluetooth LE's wrappers, on a sensor node. Another one advertises as "sandglass" all the time. */
#include <string.h>

#include "apps/lib/ble.h"
#include "apps/tests/lib_wrappers/note.h"

#define NAME 9

static struct note note;
static struct ble_pdu pdu, copy, other;
static const uint8_t data[] = {3, NAME, 'm', 'e'};

static bool is_sandglass(const struct ble_pdu *of)
{
    size_t bytes = 0;
    const uint8_t *name = ble_find(of, NAME, &bytes);
    return name != NULL && bytes == 9 && memcmp(name, "sandglass", 9) == 0;
}

static void test_scan(void)
{
    check(ble_stop_scan() == K_EBUSY && ble_stop_advertising() == K_EBUSY,
          "nothing is to be stopped");
    int status = ble_scan_async(&pdu, note_upcall, &note);
    check(status == K_OK && ble_take(&pdu, &copy) == 0, "nothing has come in yet");
    while (note.count == 0) {
        syscall_yield();
    }
    uint32_t bytes = note.arguments[1];
    check(note.arguments[0] == 0 && ble_take(&pdu, &copy) == (int)bytes && is_sandglass(&copy),
          "what comes in is an upcall, and can be taken");
    check(ble_take(&pdu, &copy) == 0, "once");
    uint32_t count = note.count;
    sleep_and_take_ms(500);
    check(note.count >= count + 3 && ble_take(&pdu, &copy) > 0 && is_sandglass(&copy),
          "the next ones come by themselves");
}

/* None of these may touch what is under way. */
static void test_one_at_a_time(void)
{
    struct note nobody = {0};
    check(ble_scan_async(&other, note_upcall, &nobody) == K_EBUSY && ble_scan(&other) == K_EBUSY &&
              ble_start_advertising(ABI_BLE_ADV_NONCONN_IND, data, sizeof(data), 50) == K_EBUSY &&
              ble_set_power(0) == K_EBUSY,
          "while it scans, all else is K_EBUSY");
    (void)ble_take(&pdu, &copy);
    uint32_t count = note.count;
    sleep_and_take_ms(500);
    check(note.count >= count + 3 && ble_take(&pdu, &copy) > 0 && is_sandglass(&copy) &&
              nobody.count == 0 && other.bytes[ABI_BLE_PDU_LENGTH] == 0,
          "and it goes on");
    check(ble_stop_scan() == K_OK && ble_stop_scan() == K_EBUSY, "it can be stopped, once");
    (void)syscall_yield_no_wait();
    count = note.count;
    sleep_and_take_ms(500);
    check(note.count == count, "then nothing comes");
    check(ble_scan(&other) > 0 && is_sandglass(&other), "or one advertisement is waited for");
}

static void test_advertise(void)
{
    check(ble_set_power(0) == K_OK && ble_set_power(11) == K_EINVAL, "the power can be set");
    check(ble_start_advertising(ABI_BLE_ADV_NONCONN_IND, data, sizeof(data), 50) == K_OK &&
              ble_start_advertising(ABI_BLE_ADV_NONCONN_IND, "\2\1\4", 3, 50) == K_EBUSY &&
              ble_scan(&other) == K_EBUSY && ble_scan_async(&other, note_upcall, &note) == K_EBUSY,
          "while it advertises, all else is K_EBUSY");
    printf("advertising\n");
    sleep_and_take_ms(1000);
    check(ble_stop_advertising() == K_OK && ble_stop_advertising() == K_EBUSY,
          "it can be stopped, once");
    printf("silent\n");
    sleep_and_take_ms(500);
}

int main(void)
{
    test_scan();
    test_one_at_a_time();
    test_advertise();
    printf("done\n");
    return 0;
}
