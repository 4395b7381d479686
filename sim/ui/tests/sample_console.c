#include <string.h>

#include "sim/ui/tests/sample_frame.h"

void sample_console(struct view_frame *frame)
{
    static const char text[] =
        "Initialization complete. Entering main loop\r\n"
        "\x1b[32mapps\x1b[0m: 3 processes in 12,288 bytes of RAM\r\n"
        "blink: LED 0 on\r\n"
        "buttons: waiting for a press\r\n"
        "\x1b[33mwarning\x1b[0m: sensor 1 answers late (14 ms)\r\n"
        "temperature: 21.50 \xc2\xb0"
        "C, supply 3,012 mV\r\n"
        "\x1b[1;31mfault\x1b[0m: process fuzz wrote to 0x20001f00, restart 2\r\n"
        "blink: LED 0 off\r\n"
        "$ list\r\n"
        " PID  Name      State     Restarts\r\n"
        "   0  blink     Yielded          0\r\n"
        "   1  buttons   Running          0\r\n"
        "   2  fuzz      Yielded          2\r\n"
        "$ ";
    frame->console.device = "uart0";
    frame->console.count = sizeof text - 1;
    memcpy(frame->console.bytes, text, frame->console.count);
}
