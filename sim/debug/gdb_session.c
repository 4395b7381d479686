#include "sim/debug/gdb_session.h"

#include <string.h>

#include "sim/debug/gdb_registers.h"

#define SIGNAL_INT  2
#define SIGNAL_TRAP 5
#define SIGNAL_SEGV 11

/* The most memory that one 'm' packet returns: two digits a byte must fit. */
#define MEMORY_BYTES (GDB_PACKET_BYTES / 2U)

void gdb_session_init(struct gdb_session *session, const struct gdb_target *target,
                      void (*send)(void *context, const uint8_t *bytes, size_t length),
                      void *context)
{
    *session = (struct gdb_session){.target = *target, .send = send, .context = context};
    session->reason.stop = GDB_STOP_TRAP;
    gdb_reader_init(&session->reader);
}

static void send_reply(struct gdb_session *session)
{
    if (session->reply.overflow) {
        gdb_reply_clear(&session->reply);
        gdb_reply_text(&session->reply, "E01");
    }
    session->frame_length = gdb_frame(&session->reply, session->frame);
    session->send(session->context, session->frame, session->frame_length);
}

static bool starts_with(const char *text, const char *prefix)
{
    return strncmp(text, prefix, strlen(prefix)) == 0;
}

static void answer(struct gdb_session *session, const char *text)
{
    gdb_reply_text(&session->reply, text);
}

static void answer_ok_or_error(struct gdb_session *session, bool ok)
{
    answer(session, ok ? "OK" : "E01");
}

static void put_register(struct gdb_reply *reply, const struct cpu_regs *regs, uint32_t number)
{
    uint64_t value = gdb_register_get(regs, number);
    gdb_reply_u32(reply, (uint32_t)value);
    if (gdb_register_bytes(number) == 8) {
        gdb_reply_u32(reply, (uint32_t)(value >> 32));
    }
}

static uint64_t little_endian(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;
    for (size_t i = count; i > 0; i--) {
        value = value << 8 | bytes[i - 1];
    }
    return value;
}

static void read_registers(struct gdb_session *session)
{
    struct cpu_regs regs;
    session->target.get_regs(session->target.context, &regs);
    for (uint32_t number = 0; number < GDB_REGISTER_COUNT; number++) {
        put_register(&session->reply, &regs, number);
    }
}

static void write_registers(struct gdb_session *session, const char *text)
{
    uint8_t bytes[GDB_REGISTER_COUNT * 8];
    size_t total = 0;
    for (uint32_t number = 0; number < GDB_REGISTER_COUNT; number++) {
        total += gdb_register_bytes(number);
    }
    if (!gdb_parse_hex_bytes(text, bytes, total)) {
        answer(session, "E01");
        return;
    }
    struct cpu_regs regs;
    session->target.get_regs(session->target.context, &regs);
    size_t at = 0;
    for (uint32_t number = 0; number < GDB_REGISTER_COUNT; number++) {
        size_t width = gdb_register_bytes(number);
        gdb_register_set(&regs, number, little_endian(bytes + at, width));
        at += width;
    }
    session->target.set_regs(session->target.context, &regs);
    answer(session, "OK");
}

static void read_register(struct gdb_session *session, const char *text)
{
    uint64_t number;
    if (!gdb_parse_hex(&text, &number) || *text != '\0' || number >= GDB_REGISTER_COUNT) {
        answer(session, "E01");
        return;
    }
    struct cpu_regs regs;
    session->target.get_regs(session->target.context, &regs);
    put_register(&session->reply, &regs, (uint32_t)number);
}

static void write_register(struct gdb_session *session, const char *text)
{
    uint64_t number;
    uint8_t bytes[8];
    if (!gdb_parse_hex(&text, &number) || *text != '=' || number >= GDB_REGISTER_COUNT ||
        !gdb_parse_hex_bytes(text + 1, bytes, gdb_register_bytes((uint32_t)number))) {
        answer(session, "E01");
        return;
    }
    struct cpu_regs regs;
    session->target.get_regs(session->target.context, &regs);
    gdb_register_set(&regs, (uint32_t)number,
                     little_endian(bytes, gdb_register_bytes((uint32_t)number)));
    session->target.set_regs(session->target.context, &regs);
    answer(session, "OK");
}

/* Parses "ADDRESS,LENGTH" and moves *text behind it. */
static bool parse_range(const char **text, uint32_t *address, uint32_t *length)
{
    uint64_t first, second;
    if (!gdb_parse_hex(text, &first) || **text != ',') {
        return false;
    }
    (*text)++;
    if (!gdb_parse_hex(text, &second) || first > UINT32_MAX || second > UINT32_MAX) {
        return false;
    }
    *address = (uint32_t)first;
    *length = (uint32_t)second;
    return true;
}

static void read_memory(struct gdb_session *session, const char *text)
{
    uint32_t address, length;
    uint8_t bytes[MEMORY_BYTES];
    if (!parse_range(&text, &address, &length) || *text != '\0') {
        answer(session, "E01");
        return;
    }
    length = length > MEMORY_BYTES ? MEMORY_BYTES : length; /* a short answer is allowed */
    /* GDB reads ahead over the end of memory and takes what there is. */
    while (length > 0 &&
           !session->target.read_memory(session->target.context, address, bytes, length)) {
        length /= 2;
    }
    if (length == 0) {
        answer(session, "E14");
        return;
    }
    gdb_reply_hex(&session->reply, bytes, length);
}

static void write_memory(struct gdb_session *session, const char *text, bool binary)
{
    uint32_t address, length;
    uint8_t bytes[GDB_PACKET_BYTES];
    const char *end = (const char *)session->reader.payload + session->reader.length;
    if (!parse_range(&text, &address, &length) || *text != ':' || length > sizeof(bytes)) {
        answer(session, "E01");
        return;
    }
    text++;
    if (binary) {
        if ((size_t)(end - text) != length) {
            answer(session, "E01");
            return;
        }
        memcpy(bytes, text, length);
    } else if (!gdb_parse_hex_bytes(text, bytes, length)) {
        answer(session, "E01");
        return;
    }
    answer_ok_or_error(session,
                       length == 0 || session->target.write_memory(session->target.context, address,
                                                                   bytes, length));
}

static void change_point(struct gdb_session *session, const char *text, bool add)
{
    static const enum gdb_point points[] = {GDB_POINT_BREAK, GDB_POINT_BREAK, GDB_POINT_WATCH_WRITE,
                                            GDB_POINT_WATCH_READ, GDB_POINT_WATCH_ACCESS};
    uint64_t type;
    uint32_t address, length;
    if (!gdb_parse_hex(&text, &type) || *text != ',') {
        answer(session, "E01");
        return;
    }
    text++;
    if (type >= sizeof(points) / sizeof(points[0])) {
        return; /* an empty answer: not supported */
    }
    if (!parse_range(&text, &address, &length)) {
        answer(session, "E01");
        return;
    }
    enum gdb_point point = points[type];
    answer_ok_or_error(
        session,
        add ? session->target.point_add(session->target.context, point, address, length)
            : session->target.point_remove(session->target.context, point, address, length));
}

/* A part of a document: "OFFSET,LENGTH" -> 'm' (more) or 'l' (last) and the bytes. */
static void transfer(struct gdb_session *session, const char *document, const char *text)
{
    uint32_t offset, length;
    if (document == NULL) {
        return;
    }
    if (!parse_range(&text, &offset, &length)) {
        answer(session, "E01");
        return;
    }
    size_t total = strlen(document);
    size_t at = offset < total ? offset : total;
    size_t count = total - at < length ? total - at : length;
    /* Escaping can double a byte: stay well inside the packet. */
    count = count < MEMORY_BYTES ? count : MEMORY_BYTES;
    answer(session, at + count < total ? "m" : "l");
    gdb_reply_bytes(&session->reply, document + at, count);
}

static void monitor(struct gdb_session *session, const char *text)
{
    char command[64];
    size_t length = strlen(text) / 2;
    const char *said = "commands: reset (the chip), help\n";
    if (length < sizeof(command) && gdb_parse_hex_bytes(text, (uint8_t *)command, length)) {
        command[length] = '\0';
        if (strcmp(command, "reset") == 0 || strcmp(command, "reset halt") == 0) {
            session->target.reset(session->target.context);
            said = "the chip was reset\n";
        }
    }
    gdb_reply_hex(&session->reply, said, strlen(said));
}

static void query(struct gdb_session *session, const char *text)
{
    static const char features[] = "qXfer:features:read:target.xml:";
    static const char memory_map[] = "qXfer:memory-map:read::";
    if (starts_with(text, "qSupported")) {
        answer(session, "PacketSize=");
        gdb_reply_hex_number(&session->reply, GDB_PACKET_BYTES);
        answer(session, ";qXfer:features:read+;QStartNoAckMode+;vContSupported+;swbreak+;hwbreak+");
        if (session->target.memory_map != NULL) {
            answer(session, ";qXfer:memory-map:read+");
        }
    } else if (starts_with(text, features)) {
        transfer(session, gdb_target_xml, text + strlen(features));
    } else if (starts_with(text, memory_map)) {
        transfer(session, session->target.memory_map, text + strlen(memory_map));
    } else if (starts_with(text, "qRcmd,")) {
        monitor(session, text + strlen("qRcmd,"));
    } else if (strcmp(text, "qfThreadInfo") == 0) {
        answer(session, "m1");
    } else if (strcmp(text, "qsThreadInfo") == 0) {
        answer(session, "l");
    } else if (strcmp(text, "qC") == 0) {
        answer(session, "QC1");
    } else if (starts_with(text, "qAttached")) {
        answer(session, "1");
    }
}

static void stop_reply(struct gdb_session *session)
{
    static const char *const watch_names[] = {[GDB_POINT_WATCH_WRITE] = "watch:",
                                              [GDB_POINT_WATCH_READ] = "rwatch:",
                                              [GDB_POINT_WATCH_ACCESS] = "awatch:"};
    const struct gdb_stop_reason *reason = &session->reason;
    uint8_t number = SIGNAL_TRAP;
    if (reason->stop == GDB_STOP_EXITED) {
        answer(session, "W");
        gdb_reply_hex(&session->reply, &reason->exit_status, 1);
        return;
    }
    if (reason->stop == GDB_STOP_INTERRUPT) {
        number = SIGNAL_INT;
    } else if (reason->stop == GDB_STOP_FAULT) {
        number = SIGNAL_SEGV;
    }
    answer(session, "T");
    gdb_reply_hex(&session->reply, &number, 1);
    if (reason->stop == GDB_STOP_WATCHPOINT && reason->point != GDB_POINT_BREAK) {
        answer(session, watch_names[reason->point]);
        gdb_reply_hex_number(&session->reply, reason->address);
        answer(session, ";");
    } else if (reason->stop == GDB_STOP_BREAKPOINT) {
        answer(session, "hwbreak:;");
    }
    answer(session, "thread:1;");
}

/* The first action of "vCont;ACTION[:thread]...": there is one thread. */
static enum gdb_resume resume_action(struct gdb_session *session, char action)
{
    switch (action) {
    case 'c':
    case 'C':
        session->running = true;
        return GDB_RESUME_CONTINUE;
    case 's':
    case 'S':
        session->running = true;
        return GDB_RESUME_STEP;
    default:
        answer(session, "E01");
        send_reply(session);
        return GDB_RESUME_NONE;
    }
}

/* 'c' and 's' may name an address to go on from; 'C' and 'S' a signal before it, which means
 * nothing here. */
static void resume_address(struct gdb_session *session, const char *text)
{
    uint64_t address;
    if (gdb_parse_hex(&text, &address)) {
        struct cpu_regs regs;
        session->target.get_regs(session->target.context, &regs);
        regs.pc = (uint32_t)address & ~1U;
        session->target.set_regs(session->target.context, &regs);
    }
}

/* Packets after which the target may run; the others are in handle_static. */
static enum gdb_resume handle_packet(struct gdb_session *session, bool *handled)
{
    const char *text = (const char *)session->reader.payload;
    *handled = true;
    switch (text[0]) {
    case 'c':
    case 's':
        resume_address(session, text + 1);
        return resume_action(session, text[0]);
    case 'C':
    case 'S':
        return resume_action(session, text[0]);
    case 'D':
        answer(session, "OK");
        send_reply(session);
        return GDB_RESUME_DETACH;
    case 'k':
        return GDB_RESUME_KILL;
    case 'v':
        if (starts_with(text, "vCont;")) {
            return resume_action(session, text[6]);
        }
        if (starts_with(text, "vKill")) {
            answer(session, "OK");
            send_reply(session);
            return GDB_RESUME_KILL;
        }
        break;
    default:
        break;
    }
    *handled = false;
    return GDB_RESUME_NONE;
}

/* Packets that are answered at once. What is unknown gets the empty answer, as the protocol wants.
 */
static void handle_static(struct gdb_session *session)
{
    const char *text = (const char *)session->reader.payload;
    switch (text[0]) {
    case '?':
        stop_reply(session);
        break;
    case 'g':
        read_registers(session);
        break;
    case 'G':
        write_registers(session, text + 1);
        break;
    case 'p':
        read_register(session, text + 1);
        break;
    case 'P':
        write_register(session, text + 1);
        break;
    case 'm':
        read_memory(session, text + 1);
        break;
    case 'M':
        write_memory(session, text + 1, false);
        break;
    case 'X':
        write_memory(session, text + 1, true);
        break;
    case 'Z':
        change_point(session, text + 1, true);
        break;
    case 'z':
        change_point(session, text + 1, false);
        break;
    case 'H':
    case 'T':
        answer(session, "OK"); /* one thread, alive */
        break;
    case 'q':
        query(session, text);
        break;
    case 'Q':
        if (strcmp(text, "QStartNoAckMode") == 0) {
            session->no_ack = true;
            answer(session, "OK");
        }
        break;
    case 'v':
        answer(session, strcmp(text, "vCont?") == 0 ? "vCont;c;C;s;S" : "");
        break;
    default:
        break;
    }
    send_reply(session);
}

static void acknowledge(struct gdb_session *session, char sign)
{
    if (!session->no_ack) {
        session->send(session->context, (const uint8_t *)&sign, 1);
    }
}

enum gdb_resume gdb_session_receive(struct gdb_session *session, const uint8_t *bytes,
                                    size_t length, size_t *used)
{
    for (*used = 0; *used < length;) {
        enum gdb_input input = gdb_reader_feed(&session->reader, bytes[(*used)++]);
        if (input == GDB_INPUT_INTERRUPT && session->running) {
            return GDB_RESUME_INTERRUPT;
        }
        if (input == GDB_INPUT_NACK) {
            session->send(session->context, session->frame, session->frame_length);
        } else if (input == GDB_INPUT_BROKEN) {
            acknowledge(session, '-');
        } else if (input == GDB_INPUT_PACKET) {
            bool handled;
            acknowledge(session, '+');
            gdb_reply_clear(&session->reply);
            enum gdb_resume resume = handle_packet(session, &handled);
            if (resume != GDB_RESUME_NONE) {
                return resume;
            }
            if (!handled) {
                handle_static(session);
            }
        }
    }
    return GDB_RESUME_NONE;
}

void gdb_session_stopped(struct gdb_session *session, const struct gdb_stop_reason *reason)
{
    session->running = false;
    session->reason = *reason;
    gdb_reply_clear(&session->reply);
    stop_reply(session);
    send_reply(session);
}
