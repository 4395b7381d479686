#include "peripherals/iface/nets.h"

void nets_init(struct nets *nets)
{
    *nets = (struct nets){0};
    lf_clock_init(&nets->lf);
    i2c_init(&nets->i2c);
    usb_port_init(&nets->usb);
    radio_medium_init(&nets->radio);
    analog_drive(&nets->vdd, NETS_VDD_MICROVOLTS);
}
