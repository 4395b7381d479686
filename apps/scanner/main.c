/* Prints every advertisement of Bluetooth LE that comes in: address, name, data of a manufacturer.
 */
#include <stdio.h>

#include "apps/lib/ble.h"

#define TYPE_NAME         0x09
#define TYPE_MANUFACTURER 0xFF
#define ADDRESS_BYTES     6

static void print_address(const struct ble_pdu *pdu)
{
    for (size_t left = ADDRESS_BYTES; left > 0; left--) {
        printf("%02x%s", pdu->bytes[ABI_BLE_PDU_ADDRESS + left - 1], left > 1 ? ":" : "");
    }
}

static void print_pdu(const struct ble_pdu *pdu)
{
    size_t bytes = 0;
    printf("scanner: ");
    print_address(pdu);
    const uint8_t *name = ble_find(pdu, TYPE_NAME, &bytes);
    if (name != NULL) {
        printf(" '%.*s'", (int)bytes, (const char *)name);
    }
    const uint8_t *data = ble_find(pdu, TYPE_MANUFACTURER, &bytes);
    for (size_t i = 0; data != NULL && i < bytes; i++) {
        printf(" %02x", data[i]);
    }
    printf("\n");
}

int main(void)
{
    static struct ble_pdu pdu;
    printf("scanner: listening\n");
    while (ble_scan(&pdu) > 0) {
        print_pdu(&pdu);
    }
    printf("scanner: no radio\n");
    return 1;
}
