#include "sim/cli/usb_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "sim/machine/machine_input.h"
#include "sim/machine/machine_view.h"

/* Of a usbmon record (peripherals/parts/usb_monitor.c). */
#define LINKTYPE_USBMON   220U
#define RECORD_HEADER     64U
#define RECORD_TYPE       8U
#define RECORD_ENDPOINT   10U
#define RECORD_STATUS     28U
#define ENDPOINT_IN       0x80U
#define SETUP_BYTES       8U
#define MESSAGES_PER_LOOK 4 /* of one client; further ones wait, so that inputs are not flooded */

static bool fail_socket(struct usb_link *link, struct sim_error *error, const char *where)
{
    int number = errno;
    usb_link_close(link);
    return sim_fail(error, SIM_WRONG_USE, "--usb: cannot listen on %s: %s", where,
                    strerror(number));
}

static bool open_tcp(struct usb_link *link, const char *where, struct sim_error *error)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)strtoul(where + 4, NULL, 10))};
    socklen_t length = sizeof address;
    int yes = 1;
    link->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->listen_fd < 0) {
        return fail_socket(link, error, where);
    }
    setsockopt(link->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(link->listen_fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(link->listen_fd, SOMAXCONN) != 0 ||
        getsockname(link->listen_fd, (struct sockaddr *)&address, &length) != 0) {
        return fail_socket(link, error, where);
    }
    fprintf(stderr, "sandglass: USB is at 127.0.0.1:%u\n", ntohs(address.sin_port));
    return true;
}

static bool open_unix(struct usb_link *link, const char *where, struct sim_error *error)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    const char *path = where + 5;
    if (strlen(path) >= sizeof address.sun_path) {
        return sim_fail(error, SIM_WRONG_USE, "--usb: the path is longer than %zu bytes: %s",
                        sizeof address.sun_path - 1, path);
    }
    strcpy(address.sun_path, path);
    link->listen_fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->listen_fd < 0 ||
        bind(link->listen_fd, (struct sockaddr *)&address, sizeof address) != 0) {
        return fail_socket(link, error, where);
    }
    link->unix_path = path;
    return listen(link->listen_fd, SOMAXCONN) == 0 || fail_socket(link, error, where);
}

static uint32_t read_u16(const uint8_t *bytes)
{
    return bytes[0] | (uint32_t)bytes[1] << 8;
}

static void write_u16(uint8_t *bytes, uint32_t value)
{
    bytes[0] = (uint8_t)value;
    bytes[1] = (uint8_t)(value >> 8);
}

/* Puts a message on its way to one client. */
static void post(struct usb_link_client *client, const uint8_t *header, const uint8_t *data,
                 uint32_t count)
{
    if (client->out_count + USB_LINK_HEADER + count > sizeof client->out) {
        client->lost = true; /* it does not read */
        return;
    }
    memcpy(client->out + client->out_count, header, USB_LINK_HEADER);
    memcpy(client->out + client->out_count + USB_LINK_HEADER, data, count);
    client->out_count += USB_LINK_HEADER + count;
}

static void on_packet(void *context, const char *device, uint32_t link_type, const uint8_t *bytes,
                      uint32_t count)
{
    struct usb_link *link = context;
    uint8_t header[USB_LINK_HEADER] = {0};
    (void)device;
    if (link_type != LINKTYPE_USBMON || count < RECORD_HEADER || bytes[RECORD_TYPE] != 'C') {
        return;
    }
    uint32_t data_bytes = count - RECORD_HEADER;
    write_u16(header, data_bytes);
    header[2] = bytes[RECORD_ENDPOINT];
    write_u16(header + 4, read_u16(bytes + RECORD_STATUS));
    for (size_t i = 0; i < USB_LINK_CLIENTS; i++) {
        if (link->clients[i].fd >= 0) {
            post(&link->clients[i], header, bytes + RECORD_HEADER, data_bytes);
        }
    }
}

bool usb_link_open(struct usb_link *link, const char *where, struct machine *machine,
                   const char *device, struct sim_error *error)
{
    *link = (struct usb_link){
        .listen_fd = -1, .machine = machine, .device = machine_find_device(machine, device)};
    for (size_t i = 0; i < USB_LINK_CLIENTS; i++) {
        link->clients[i].fd = -1;
    }
    const struct machine_observer observer = {.packet = on_packet, .context = link};
    if (!machine_observe(machine, &observer)) {
        return sim_fail(error, SIM_INTERNAL, "too many observers");
    }
    return strncmp(where, "tcp:", 4) == 0 ? open_tcp(link, where, error)
                                          : open_unix(link, where, error);
}

static void close_client(struct usb_link_client *client)
{
    if (client->fd >= 0) {
        close(client->fd);
        client->fd = -1;
    }
}

void usb_link_close(struct usb_link *link)
{
    if (link->machine == NULL) {
        return; /* never opened */
    }
    for (size_t i = 0; i < USB_LINK_CLIENTS; i++) {
        close_client(&link->clients[i]);
    }
    if (link->listen_fd >= 0) {
        close(link->listen_fd);
        link->listen_fd = -1;
    }
    if (link->unix_path != NULL) {
        unlink(link->unix_path);
        link->unix_path = NULL;
    }
}

static void accept_clients(struct usb_link *link)
{
    for (size_t i = 0; i < USB_LINK_CLIENTS; i++) {
        struct usb_link_client *client = &link->clients[i];
        if (client->fd < 0) {
            client->fd = accept4(link->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
            client->in_count = 0;
            client->out_count = 0;
            client->lost = false;
            if (client->fd < 0) {
                return;
            }
        }
    }
}

static bool is_well_formed(const uint8_t *message, uint32_t count)
{
    uint8_t endpoint = message[2];
    return count <= USB_LINK_DATA_MAX && endpoint < 16 && message[3] == 0 &&
           read_u16(message + 4) == 0 && (endpoint != 0 || count >= SETUP_BYTES);
}

static bool add_input(struct usb_link *link, const char *what, uint32_t value)
{
    uint64_t now = clock_now(machine_clock(link->machine));
    return machine_add_input(link->machine, link->device, now, what, (int32_t)value);
}

/* Onto the machine's queue. False: it is full; what is left of this message there does no harm,
 * since the next one begins with "clear". */
static bool queue_message(struct usb_link *link, const uint8_t *message, uint32_t count)
{
    const uint8_t *data = message + USB_LINK_HEADER;
    uint8_t endpoint = message[2];
    if (!add_input(link, "clear", 0)) {
        return false;
    }
    for (uint32_t i = 0; i < count; i += 4) {
        uint8_t word[4] = {0};
        memcpy(word, data + i, count - i < 4 ? count - i : 4);
        if (!add_input(link, "data", read_u16(word) | read_u16(word + 2) << 16)) {
            return false;
        }
    }
    return endpoint == 0 ? add_input(link, "control", count)
                         : add_input(link, "out", count << 8 | endpoint);
}

/* The first message of what has come; false: there is none yet. */
static bool take_message(struct usb_link *link, struct usb_link_client *client)
{
    if (client->in_count < USB_LINK_HEADER) {
        return false;
    }
    uint32_t count = read_u16(client->in);
    if (!is_well_formed(client->in, count)) {
        client->lost = true;
        return false;
    }
    size_t whole = USB_LINK_HEADER + count;
    if (client->in_count < whole) {
        return false;
    }
    client->lost = !queue_message(link, client->in, count);
    client->in_count -= whole;
    memmove(client->in, client->in + whole, client->in_count);
    return !client->lost;
}

static void receive(struct usb_link *link, struct usb_link_client *client)
{
    for (int i = 0; i < MESSAGES_PER_LOOK; i++) {
        ssize_t count = recv(client->fd, client->in + client->in_count,
                             sizeof client->in - client->in_count, 0);
        if (count > 0) {
            client->in_count += (size_t)count;
        } else if (sizeof client->in != client->in_count &&
                   (count == 0 || (errno != EAGAIN && errno != EINTR))) {
            client->lost = true;
            return;
        }
        if (!take_message(link, client)) {
            return;
        }
    }
}

static void transmit(struct usb_link_client *client)
{
    while (client->out_count > 0) {
        ssize_t count = send(client->fd, client->out, client->out_count, MSG_NOSIGNAL);
        if (count <= 0) {
            client->lost = client->lost || (count < 0 && errno != EAGAIN && errno != EINTR);
            return;
        }
        client->out_count -= (size_t)count;
        memmove(client->out, client->out + count, client->out_count);
    }
}

void usb_link_exchange(struct usb_link *link)
{
    if (link->machine == NULL || link->listen_fd < 0) {
        return;
    }
    accept_clients(link);
    for (size_t i = 0; i < USB_LINK_CLIENTS; i++) {
        struct usb_link_client *client = &link->clients[i];
        if (client->fd >= 0) {
            receive(link, client);
            transmit(client);
            if (client->lost) {
                close_client(client);
            }
        }
    }
}
