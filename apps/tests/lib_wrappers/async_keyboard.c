/* A keyboard's reports that nobody waits for, on the nRF52840-DK. From "silent" on the host asks
 * for none, until "asking". */
#include "apps/lib/keyboard_hid.h"
#include "apps/tests/lib_wrappers/note.h"

#define KEY_A 4
#define KEY_B 5

static struct note sent;

int main(void)
{
    struct keyboard_hid_report a = {.keys = {KEY_A}}, b = {.keys = {KEY_B}}, none = {0};
    sleep_and_take_ms(500);
    int status = keyboard_hid_send_async(&a, note_upcall, &sent);
    int again = keyboard_hid_send_async(&b, note_upcall, &sent);
    int waiting = keyboard_hid_send(&b);
    syscall_yield();
    check(status == K_OK && is_noted(&sent, 1, ABI_HID_SENT, 0, 0),
          "a key that nobody waits for ends in an upcall");
    check(again == K_EBUSY && waiting == K_EBUSY, "until then there is no other");
    check(keyboard_hid_send(&none) == K_OK && sent.count == 1, "afterwards there is, waited for");
    printf("silent\n");
    sleep_and_take_ms(100);
    status = keyboard_hid_send_async(&b, note_upcall, &sent);
    sleep_and_take_ms(50);
    check(status == K_OK && sent.count == 1 && keyboard_hid_cancel_send() == K_OK &&
              keyboard_hid_cancel_send() == K_EALREADY,
          "one that the host does not take can be cancelled, once");
    printf("asking\n");
    sleep_and_take_ms(200);
    check(sent.count == 1, "no upcall follows");
    status = keyboard_hid_send_async(&none, NULL, NULL);
    sleep_and_take_ms(100);
    check(status == K_OK && keyboard_hid_send(&none) == K_OK, "an upcall is not needed");
    printf("done\n");
    return 0;
}
