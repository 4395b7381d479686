/* Reports that nobody waits for, on the security key. The host sends one that begins with 42, and
 * one that begins with 7. From "silent" on it asks for none, until "asking". */
#include "apps/lib/ctap_hid.h"
#include "apps/tests/lib_wrappers/note.h"

static struct note received, sent;
static struct ctap_hid_report in, out;

static void test_cancel_send(void)
{
    printf("silent\n");
    sleep_and_take_ms(100);
    sent = (struct note){0};
    check(ctap_hid_cancel_send() == K_EALREADY, "there is no send to cancel");
    out.bytes[0] = 45;
    int left = ctap_hid_send_async(&out, note_upcall, &sent);
    int again = ctap_hid_send_async(&out, note_upcall, &sent);
    sleep_and_take_ms(50);
    check(left == K_OK && again == K_EBUSY && ctap_hid_send(&out) == K_EBUSY && sent.count == 0,
          "one send at a time");
    check(ctap_hid_cancel_send() == K_OK && ctap_hid_cancel_send() == K_EALREADY,
          "which can be cancelled, once");
    out.bytes[0] = 46;
    check(ctap_hid_send_async(&out, note_upcall, &sent) == K_EBUSY,
          "the report stays there for the host, and no other can be sent");
    printf("asking\n");
    sleep_and_take_ms(200);
    check(sent.count == 0, "no upcall follows");
    left = ctap_hid_send_async(&out, note_upcall, &sent);
    sleep_and_take_ms(100);
    check(left == K_OK && is_noted(&sent, 1, ABI_HID_SENT, 0, 0), "then the next one is sent");
}

int main(void)
{
    check(ctap_hid_cancel_receive() == K_EALREADY, "there is nothing to cancel");
    int status = ctap_hid_receive_async(&in, note_upcall, &received);
    check(status == K_OK && ctap_hid_receive(&in) == K_EBUSY, "one receive at a time");
    check(ctap_hid_cancel_receive() == K_OK && received.count == 0, "which can be cancelled");
    status = ctap_hid_receive_async(&in, note_upcall, &received);
    printf("ready\n");
    syscall_yield();
    check(status == K_OK && is_noted(&received, 1, ABI_HID_RECEIVED, 0, 0) && in.bytes[0] == 42,
          "a report that comes in is an upcall");
    status = ctap_hid_receive_async(&in, note_upcall, &received);
    out.bytes[0] = 43;
    int answered = ctap_hid_send(&out);
    out.bytes[0] = 44;
    int left = ctap_hid_send_async(&out, note_upcall, &sent);
    while (received.count < 2 || sent.count < 1) {
        syscall_yield();
    }
    check(status == K_OK && answered == K_OK && left == K_OK && in.bytes[0] == 7 &&
              is_noted(&sent, 1, ABI_HID_SENT, 0, 0),
          "both ways at once");
    test_cancel_send();
    printf("done\n");
    return 0;
}
