#include "apps/lib/keyboard_hid.h"

#include <stddef.h>
#include <string.h>

#include "apps/lib/hid.h"

#define LEFT_SHIFT     0x02u
#define KEY_A          4u
#define KEY_1          30u
#define KEY_0          39u
#define KEY_ENTER      40u
#define KEY_TAB        43u
#define KEY_SPACE      44u
#define FIRST_SIGN     45u /* minus; then in the order of the two strings below, */
#define SIGNS_PLAIN    "-=[]\\\1;'`,./"
#define SIGNS_SHIFTED  "_+{}|\1:\"~<>?" /* where 1 is a key that US keyboards lack */
#define DIGITS_SHIFTED "!@#$%^&*()"

static struct hid_device keyboard =
    HID_DEVICE(ABI_DRIVER_KEYBOARD_HID, ABI_KEYBOARD_HID_REPORT_BYTES);

int keyboard_hid_send(struct keyboard_hid_report *report)
{
    return hid_run(&keyboard, ABI_HID_SENT, &report->modifiers);
}

int keyboard_hid_receive_lamps(void)
{
    struct keyboard_hid_report report = {0};
    int status = hid_run(&keyboard, ABI_HID_RECEIVED, &report.modifiers);
    return status == K_OK ? report.modifiers : status;
}

int keyboard_hid_send_async(struct keyboard_hid_report *report, syscall_upcall upcall,
                            void *userdata)
{
    return hid_leave(&keyboard, ABI_HID_SENT, &report->modifiers, upcall, userdata);
}

int keyboard_hid_cancel_send(void)
{
    return hid_cancel(&keyboard, ABI_HID_SENT);
}

/* Where `sign` stands in `signs`, as a key from `first` on; 0: it does not. */
static uint8_t key_among(const char *signs, char sign, uint32_t first)
{
    const char *at = strchr(signs, sign);
    return at != NULL ? (uint8_t)(first + (uint32_t)(at - signs)) : 0;
}

/* The report of one character; keys[0] is 0 when no key makes it. */
static struct keyboard_hid_report report_of(char sign)
{
    struct keyboard_hid_report report = {0};
    uint8_t *key = &report.keys[0];
    if (sign >= 'a' && sign <= 'z') {
        *key = (uint8_t)(KEY_A + (uint32_t)(sign - 'a'));
    } else if (sign >= 'A' && sign <= 'Z') {
        *key = (uint8_t)(KEY_A + (uint32_t)(sign - 'A'));
        report.modifiers = LEFT_SHIFT;
    } else if (sign >= '1' && sign <= '9') {
        *key = (uint8_t)(KEY_1 + (uint32_t)(sign - '1'));
    } else if (sign == '0') {
        *key = KEY_0;
    } else if (sign == '\n') {
        *key = KEY_ENTER;
    } else if (sign == '\t') {
        *key = KEY_TAB;
    } else if (sign == ' ') {
        *key = KEY_SPACE;
    } else if (sign > ' ') {
        *key = key_among(SIGNS_PLAIN, sign, FIRST_SIGN);
        if (*key == 0) {
            report.modifiers = LEFT_SHIFT;
            *key = key_among(SIGNS_SHIFTED, sign, FIRST_SIGN);
        }
        if (*key == 0) {
            *key = key_among(DIGITS_SHIFTED, sign, KEY_1);
        }
    }
    return report;
}

int keyboard_hid_type(const char *text)
{
    for (const char *at = text; *at != '\0'; at++) {
        if (report_of(*at).keys[0] == 0) {
            return K_EINVAL;
        }
    }
    for (const char *at = text; *at != '\0'; at++) {
        struct keyboard_hid_report pressed = report_of(*at), released = {0};
        int status = keyboard_hid_send(&pressed);
        if (status == K_OK) {
            status = keyboard_hid_send(&released);
        }
        if (status != K_OK) {
            return status;
        }
    }
    return K_OK;
}
