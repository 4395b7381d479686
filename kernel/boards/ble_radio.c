#include "kernel/boards/ble_radio.h"

#include "kernel/boards/base.h"

struct ble_radio ble_radio;

static const struct hil_ble ble = {&nrf52_ble_ops, &ble_radio.ble};
static const struct hil_delay delay = {&nrf52_rtc_delay_ops, &ble_radio.delay};

void ble_radio_init(void)
{
    ble_radio.delay.all = &base.delays;
    nrf52_radio_init(&ble_radio.radio, &base.delays);
    nrf52_ble_init(&ble_radio.ble, &ble_radio.radio);
    ble_advertising_init(&ble_radio.driver, &ble, &delay, nrf52_device_address());
}
