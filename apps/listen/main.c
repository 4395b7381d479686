/* Prints every frame of IEEE 802.15.4 that comes in on channel 15, without its header. */
#include <ctype.h>
#include <stdio.h>

#include "apps/lib/radio.h"

#define CHANNEL      15
#define HEADER_BYTES 9 /* of a data frame with short addresses in one network */

static struct radio_ring ring;

static void print_frame(unsigned char *frame, int length, uint32_t quality)
{
    char text[ABI_IEEE802154_FRAME_MAX + 1];
    size_t count = 0;
    for (int i = HEADER_BYTES; i < length && count < ABI_IEEE802154_FRAME_MAX; i++) {
        text[count] = isprint(frame[i]) ? (char)frame[i] : '.';
        count++;
    }
    text[count] = '\0';
    printf("listen: %d bytes, quality %lu: %s\n", length, (unsigned long)quality, text);
}

int main(void)
{
    if (radio_listen(&ring) < 0 || radio_set_channel(CHANNEL) < 0 || radio_turn_on() < 0) {
        printf("listen: no radio\n");
        return 1;
    }
    for (;;) {
        unsigned char frame[ABI_IEEE802154_FRAME_MAX];
        uint32_t quality = 0;
        int length = radio_receive(&ring, frame, sizeof(frame), &quality);
        print_frame(frame, length, quality);
    }
}
