/* Reports that nobody waits for, on the security key. The host sends one that begins with 42, and
 * one that begins with 7. */
#include "apps/lib/ctap_hid.h"
#include "apps/tests/lib_wrappers/note.h"

static struct note received, sent;
static struct ctap_hid_report in, out;

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
    printf("done\n");
    return 0;
}
