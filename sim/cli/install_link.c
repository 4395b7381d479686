#include "sim/cli/install_link.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define HEAD_BYTES   5U
#define CHECK_BYTES  4U
#define FIRST        0x01U
#define SECOND       0x53U
#define TYPE_HELLO   'H'
#define VERSION      1U
#define TRY_MS       1500
#define GREETINGS    8
#define GREETING_MS  1000
#define CONNECT_TCP  "tcp:"
#define WAKE_CONSOLE "\x03install\r" /* control-C drops what somebody has typed */

static uint32_t crc32_of(const uint8_t *bytes, size_t count)
{
    uint32_t crc = 0xFFFFFFFFU;
    for (size_t i = 0; i < count; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ ((crc & 1U) != 0 ? 0xEDB88320U : 0U);
        }
    }
    return ~crc;
}

size_t install_frame_write(const struct install_frame *frame,
                           uint8_t bytes[5 + INSTALL_PAYLOAD_MAX + 4])
{
    size_t end = HEAD_BYTES + frame->length;
    bytes[0] = FIRST;
    bytes[1] = SECOND;
    bytes[2] = frame->type;
    bytes[3] = frame->sequence;
    bytes[4] = frame->length;
    memcpy(bytes + HEAD_BYTES, frame->payload, frame->length);
    uint32_t crc = crc32_of(bytes + 2, end - 2);
    for (size_t i = 0; i < CHECK_BYTES; i++) {
        bytes[end + i] = (uint8_t)(crc >> (8 * i));
    }
    return end + CHECK_BYTES;
}

static bool is_complete(const struct install_parser *parser)
{
    return parser->count >= HEAD_BYTES &&
           parser->count == HEAD_BYTES + parser->bytes[4] + CHECK_BYTES;
}

bool install_parser_put(struct install_parser *parser, uint8_t byte, struct install_frame *frame)
{
    uint8_t *bytes = parser->bytes;
    if ((parser->count == 0 && byte != FIRST) || (parser->count == 1 && byte != SECOND)) {
        parser->count = byte == FIRST;
        bytes[0] = byte;
        return false;
    }
    bytes[parser->count++] = byte;
    if (!is_complete(parser)) {
        return false;
    }
    size_t end = HEAD_BYTES + bytes[4];
    uint32_t crc = crc32_of(bytes + 2, end - 2);
    bool good = true;
    for (size_t i = 0; i < CHECK_BYTES; i++) {
        good = good && bytes[end + i] == (uint8_t)(crc >> (8 * i));
    }
    parser->count = 0;
    if (good) {
        *frame = (struct install_frame){.type = bytes[2], .sequence = bytes[3], .length = bytes[4]};
        memcpy(frame->payload, bytes + HEAD_BYTES, frame->length);
    }
    return good;
}

/* --- The connection --- */

static bool open_tcp(struct install_link *link, const char *where, struct sim_error *error)
{
    char host[256] = "127.0.0.1";
    const char *port = where + strlen(CONNECT_TCP);
    const char *colon = strrchr(port, ':');
    struct addrinfo *addresses = NULL;
    const struct addrinfo hints = {.ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM};
    if (colon != NULL) {
        snprintf(host, sizeof host, "%.*s", (int)(colon - port), port);
        port = colon + 1;
    }
    int found = getaddrinfo(host, port, &hints, &addresses);
    if (found != 0) {
        return sim_fail(error, SIM_WRONG_USE, "--uart %s: %s", where, gai_strerror(found));
    }
    int trouble = 0;
    for (const struct addrinfo *at = addresses; at != NULL && link->fd < 0; at = at->ai_next) {
        link->fd = socket(at->ai_family, at->ai_socktype | SOCK_CLOEXEC, at->ai_protocol);
        if (link->fd >= 0 && connect(link->fd, at->ai_addr, at->ai_addrlen) != 0) {
            trouble = errno;
            close(link->fd);
            link->fd = -1;
        }
    }
    freeaddrinfo(addresses);
    return link->fd >= 0 || sim_fail(error, SIM_WRONG_USE, "--uart %s: cannot connect: %s", where,
                                     strerror(trouble));
}

static bool open_device(struct install_link *link, const char *where, struct sim_error *error)
{
    struct termios mode;
    link->fd = open(where, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (link->fd < 0) {
        return sim_fail(error, SIM_WRONG_USE, "--uart %s: %s", where, strerror(errno));
    }
    if (tcgetattr(link->fd, &mode) != 0) {
        install_link_close(link);
        return sim_fail(error, SIM_WRONG_USE,
                        "--uart %s is no serial device: give one, or tcp:[HOST:]PORT", where);
    }
    cfmakeraw(&mode);
    cfsetispeed(&mode, B115200);
    cfsetospeed(&mode, B115200);
    mode.c_cflag = (mode.c_cflag & ~(tcflag_t)(CSTOPB | PARENB | CRTSCTS)) | CLOCAL | CREAD;
    tcsetattr(link->fd, TCSANOW, &mode);
    return true;
}

bool install_link_open(struct install_link *link, const char *where, bool verbose,
                       struct sim_error *error)
{
    *link = (struct install_link){.fd = -1, .verbose = verbose};
    return strncmp(where, CONNECT_TCP, strlen(CONNECT_TCP)) == 0 ? open_tcp(link, where, error)
                                                                 : open_device(link, where, error);
}

void install_link_close(struct install_link *link)
{
    if (link->fd >= 0) {
        close(link->fd);
    }
    link->fd = -1;
}

static int64_t now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool wait_for(struct install_link *link, short events, int64_t until)
{
    int64_t left = until - now_ms();
    struct pollfd poller = {.fd = link->fd, .events = events};
    return left > 0 && poll(&poller, 1, (int)left) > 0;
}

static bool lost(struct sim_error *error, int trouble)
{
    return sim_fail(error, SIM_GUEST_FAILED, "the connection to the board is gone: %s",
                    trouble != 0 ? strerror(trouble) : "it was closed");
}

static bool send_all(struct install_link *link, const void *data, size_t count,
                     struct sim_error *error)
{
    const uint8_t *bytes = data;
    while (count > 0) {
        if (!wait_for(link, POLLOUT, now_ms() + 5000)) {
            return sim_fail(error, SIM_GUEST_FAILED, "the board takes no more bytes");
        }
        ssize_t sent = write(link->fd, bytes, count);
        if (sent < 0 && errno != EAGAIN && errno != EINTR) {
            return lost(error, errno);
        }
        bytes += sent > 0 ? sent : 0;
        count -= sent > 0 ? (size_t)sent : 0;
    }
    return true;
}

/* The next frame, until that time. False without an error: none came. */
static bool receive(struct install_link *link, int64_t until, struct install_frame *frame,
                    struct sim_error *error)
{
    while (wait_for(link, POLLIN, until)) {
        uint8_t byte;
        ssize_t count = read(link->fd, &byte, 1);
        if (count == 0 || (count < 0 && errno != EAGAIN && errno != EINTR)) {
            return lost(error, count == 0 ? 0 : errno);
        }
        if (count < 0) {
            continue;
        }
        if (install_parser_put(&link->parser, byte, frame)) {
            return true;
        }
        if (link->verbose && link->parser.count == 0) {
            fputc(byte == '\n' || (byte >= ' ' && byte < 0x7F) ? byte : '.', stderr);
        }
    }
    return false;
}

static bool send_frame(struct install_link *link, const struct install_frame *frame,
                       struct sim_error *error)
{
    uint8_t bytes[5 + INSTALL_PAYLOAD_MAX + 4];
    return send_all(link, bytes, install_frame_write(frame, bytes), error);
}

bool install_link_greet(struct install_link *link, uint8_t *piece_bytes, struct sim_error *error)
{
    const struct install_frame hello = {.type = TYPE_HELLO, .sequence = 0};
    struct install_frame answer;
    for (int i = 0; i < GREETINGS && error->status == SIM_OK; i++) {
        int64_t until = now_ms() + GREETING_MS;
        /* The line wakes it; the frame is for one that somebody has left awake. */
        if (!send_all(link, WAKE_CONSOLE, strlen(WAKE_CONSOLE), error) ||
            !send_frame(link, &hello, error)) {
            return false;
        }
        while (receive(link, until, &answer, error)) {
            if (answer.type != TYPE_HELLO || answer.length < 4) {
                continue;
            }
            *piece_bytes = answer.payload[2];
            return (answer.payload[1] == VERSION && *piece_bytes >= 8 && *piece_bytes <= 248) ||
                   sim_fail(error, SIM_GUEST_FAILED,
                            "the board speaks version %u of the protocol, not %u",
                            answer.payload[1], VERSION);
        }
    }
    return sim_fail(error, SIM_GUEST_FAILED,
                    "no answer: does a Sandglass kernel run there, and does nobody else have its "
                    "console open?");
}

bool install_link_ask(struct install_link *link, const struct install_frame *command, int seconds,
                      struct install_frame *answer, struct sim_error *error)
{
    struct install_frame frame = *command;
    int64_t end = now_ms() + seconds * 1000;
    link->sequence = (uint8_t)(link->sequence % 255 + 1);
    frame.sequence = link->sequence;
    while (now_ms() < end) {
        int64_t until = now_ms() + TRY_MS < end ? now_ms() + TRY_MS : end;
        if (!send_frame(link, &frame, error)) {
            return false;
        }
        while (receive(link, until, answer, error)) {
            if (answer->type == frame.type && answer->sequence == frame.sequence &&
                answer->length > 0) {
                return true;
            }
        }
        if (error->status != SIM_OK) {
            return false;
        }
    }
    return sim_fail(error, SIM_GUEST_FAILED, "the board has not answered for %d seconds", seconds);
}
