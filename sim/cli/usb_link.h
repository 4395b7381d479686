/* sim/cli/usb_link.h - a local socket at the simulated USB host, for programs that talk to the
 * device: `sandglass run --usb tcp:PORT|unix:PATH`. Nothing here blocks.
 *
 * Up to USB_LINK_CLIENTS programs at a time. A message is six bytes and then data, numbers little
 * endian:
 *   bytes 0-1  length of the data, at most 264
 *   byte  2    endpoint; 0: control
 *   byte  3    0
 *   bytes 4-5  status, to clients: 0, or a Linux error number (-32: STALL); from clients: 0
 * From a client: data for an OUT endpoint (1-15), or with endpoint 0 a SETUP packet with its data
 * stage. To every client: what came from an IN endpoint (0x81-0x8F), and the end of each transfer
 * that a client asked for or that the host made itself: of an OUT endpoint without data, of control
 * (0x80: with what was read, or 0).
 * A client that breaks these rules, or does not read what comes, is disconnected.
 *
 * What a client sends gets its time when it is taken, and goes through the machine's input queue.
 */
#ifndef SIM_CLI_USB_LINK_H
#define SIM_CLI_USB_LINK_H

#include "sim/loader/sim_error.h"
#include "sim/machine/machine.h"

#define USB_LINK_CLIENTS     8U
#define USB_LINK_HEADER      6U
#define USB_LINK_DATA_MAX    264U
#define USB_LINK_WAITING_MAX 16384U /* bytes that wait for a client to read them */

struct usb_link_client {
    int fd; /* -1: free */
    uint8_t in[USB_LINK_HEADER + USB_LINK_DATA_MAX];
    size_t in_count;
    uint8_t out[USB_LINK_WAITING_MAX];
    size_t out_count;
    bool lost; /* to be closed */
};

struct usb_link {
    int listen_fd;         /* -1: not open */
    const char *unix_path; /* of the socket, to be removed; NULL: tcp */
    struct machine *machine;
    int device; /* the host's, in the machine */
    struct usb_link_client clients[USB_LINK_CLIENTS];
};

/* `where` as --usb has it: well-formed. `device`: the name of the USB host among the board's
 * devices. The link must outlive the machine's runs. */
bool usb_link_open(struct usb_link *link, const char *where, struct machine *machine,
                   const char *device, struct sim_error *error);
void usb_link_close(struct usb_link *link);

/* Takes what clients have sent, hands over what waits for them. */
void usb_link_exchange(struct usb_link *link);

#endif
