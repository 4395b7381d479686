#include "sim/cli/uart_link.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

static bool same_terminal(int first, int second)
{
    struct stat one, other;
    return isatty(first) && isatty(second) && fstat(first, &one) == 0 &&
           fstat(second, &other) == 0 && one.st_rdev == other.st_rdev;
}

/* The keyboard goes to the guest byte by byte, which echoes it itself; Ctrl-C stays ours. */
static void make_raw(struct uart_link *link)
{
    if (tcgetattr(STDIN_FILENO, &link->saved) != 0) {
        return;
    }
    struct termios raw = link->saved;
    raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
    raw.c_iflag &= ~(tcflag_t)ICRNL;
    raw.c_cc[VMIN] = 0;
    raw.c_cc[VTIME] = 0;
    link->raw = tcsetattr(STDIN_FILENO, TCSANOW, &raw) == 0;
}

static bool open_stdio(struct uart_link *link, bool by_name, bool keyboard)
{
    link->out_fd = STDOUT_FILENO;
    link->on_terminal = same_terminal(STDOUT_FILENO, STDERR_FILENO);
    /* In the background, touching the terminal would stop the program. */
    bool at_keyboard = isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp();
    bool piped = by_name && !isatty(STDIN_FILENO);
    if (keyboard && (piped || (at_keyboard && isatty(STDOUT_FILENO)))) {
        link->in_fd = STDIN_FILENO;
        if (at_keyboard) {
            make_raw(link);
        }
    }
    return true;
}

static bool open_file(struct uart_link *link, const char *path, struct sim_error *error)
{
    link->out_fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    link->close_out = true;
    return link->out_fd >= 0 ||
           sim_fail(error, SIM_WRONG_USE, "cannot write %s: %s", path, strerror(errno));
}

static bool open_pty(struct uart_link *link, struct sim_error *error)
{
    link->out_fd = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (link->out_fd < 0 || grantpt(link->out_fd) != 0 || unlockpt(link->out_fd) != 0) {
        return sim_fail(error, SIM_INTERNAL, "cannot open a pseudo-terminal: %s", strerror(errno));
    }
    /* A fresh one echoes: what the guest prints would come back to it as typed. */
    struct termios mode;
    if (tcgetattr(link->out_fd, &mode) == 0) {
        mode.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
        mode.c_iflag &= ~(tcflag_t)(ICRNL | IXON);
        mode.c_oflag &= ~(tcflag_t)OPOST;
        tcsetattr(link->out_fd, TCSANOW, &mode);
    }
    link->close_out = true;
    link->in_fd = link->out_fd;
    fprintf(stderr, "sandglass: the console is at %s\n", ptsname(link->out_fd));
    return true;
}

static bool open_tcp(struct uart_link *link, const char *port, struct sim_error *error)
{
    struct sockaddr_in address = {.sin_family = AF_INET,
                                  .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                                  .sin_port = htons((uint16_t)strtoul(port, NULL, 10))};
    socklen_t length = sizeof address;
    int yes = 1;
    link->listen_fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (link->listen_fd < 0) {
        return sim_fail(error, SIM_INTERNAL, "cannot make a socket: %s", strerror(errno));
    }
    setsockopt(link->listen_fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (bind(link->listen_fd, (struct sockaddr *)&address, sizeof address) != 0 ||
        listen(link->listen_fd, 1) != 0 ||
        getsockname(link->listen_fd, (struct sockaddr *)&address, &length) != 0) {
        return sim_fail(error, SIM_WRONG_USE, "cannot listen on TCP port %s: %s", port,
                        strerror(errno));
    }
    fprintf(stderr, "sandglass: the console is at 127.0.0.1:%u\n", ntohs(address.sin_port));
    return true;
}

bool uart_link_open(struct uart_link *link, const char *where, bool keyboard,
                    struct sim_error *error)
{
    *link = (struct uart_link){.out_fd = -1, .in_fd = -1, .listen_fd = -1, .at_line_start = true};
    if (where == NULL || strcmp(where, "stdio") == 0) {
        return open_stdio(link, where != NULL, keyboard);
    }
    if (strncmp(where, "file:", 5) == 0) {
        return open_file(link, where + 5, error);
    }
    return strcmp(where, "pty") == 0 ? open_pty(link, error) : open_tcp(link, where + 4, error);
}

void uart_link_close(struct uart_link *link)
{
    uart_link_flush(link);
    if (link->raw) {
        tcsetattr(STDIN_FILENO, TCSANOW, &link->saved);
        link->raw = false;
    }
    if (link->close_out && link->out_fd >= 0) {
        close(link->out_fd);
    }
    if (link->listen_fd >= 0) {
        close(link->listen_fd);
    }
    link->out_fd = -1;
    link->listen_fd = -1;
}

static void put_byte(struct uart_link *link, uint8_t byte)
{
    link->pending[link->pending_count] = byte;
    link->pending_count++;
    if (link->pending_count == sizeof link->pending) {
        uart_link_flush(link);
    }
}

void uart_link_put(struct uart_link *link, uint8_t byte)
{
    if (link->prefix != NULL && link->at_line_start) {
        for (const char *p = link->prefix; *p != '\0'; p++) {
            put_byte(link, (uint8_t)*p);
        }
        put_byte(link, ':');
        put_byte(link, ' ');
    }
    link->at_line_start = byte == '\n';
    put_byte(link, byte);
    if (byte == '\n' && (link->on_terminal || link->prefix != NULL)) {
        uart_link_flush(link);
    }
}

static void accept_client(struct uart_link *link)
{
    if (link->listen_fd >= 0 && link->out_fd < 0) {
        link->out_fd = accept4(link->listen_fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        link->in_fd = link->out_fd;
        link->close_out = link->out_fd >= 0;
    }
}

static void drop_client(struct uart_link *link)
{
    if (link->listen_fd >= 0) {
        close(link->out_fd);
        link->out_fd = -1;
        link->in_fd = -1;
        link->close_out = false;
    }
}

void uart_link_flush(struct uart_link *link)
{
    size_t done = 0;
    accept_client(link);
    while (link->out_fd >= 0 && done < link->pending_count) {
        bool is_socket = link->listen_fd >= 0;
        const uint8_t *from = link->pending + done;
        size_t count = link->pending_count - done;
        ssize_t written = is_socket ? send(link->out_fd, from, count, MSG_NOSIGNAL)
                                    : write(link->out_fd, from, count);
        if (written > 0) {
            done += (size_t)written;
        } else if (written < 0 && errno == EAGAIN) {
            break; /* nobody reads: dropped */
        } else if (written >= 0 || errno != EINTR) {
            drop_client(link);
            break;
        }
    }
    link->pending_count = 0;
}

size_t uart_link_get(struct uart_link *link, char *buffer, size_t size)
{
    accept_client(link);
    struct pollfd ready = {.fd = link->in_fd, .events = POLLIN};
    if (link->in_fd < 0 || poll(&ready, 1, 0) != 1 || (ready.revents & POLLIN) == 0) {
        return 0;
    }
    ssize_t count = read(link->in_fd, buffer, size);
    if (count > 0) {
        return (size_t)count;
    }
    if (count == 0 && link->listen_fd >= 0) {
        drop_client(link);
    } else if (count == 0 && link->in_fd == STDIN_FILENO && !link->raw) {
        link->in_fd = -1; /* end of a piped input */
    }
    return 0;
}

void uart_link_start_line(struct uart_link *link)
{
    if (link->prefix != NULL) {
        return; /* half a line would have another machine's behind it */
    }
    if (link->on_terminal && !link->at_line_start) {
        uart_link_put(link, '\n');
    }
    uart_link_flush(link);
}
