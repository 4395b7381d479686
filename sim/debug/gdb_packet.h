/* sim/debug/gdb_packet.h - framing of GDB's remote serial protocol: bytes in, packets out, and
 * back. No socket. Reference: "Debugging with GDB", appendix E (overview).
 */
#ifndef SIM_DEBUG_GDB_PACKET_H
#define SIM_DEBUG_GDB_PACKET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The longest payload either way; told to GDB as PacketSize. */
#define GDB_PACKET_BYTES 4096U

enum gdb_input {
    GDB_INPUT_NONE,      /* more bytes are needed */
    GDB_INPUT_PACKET,    /* reader->payload holds a whole packet with the right checksum */
    GDB_INPUT_BROKEN,    /* a packet with a wrong checksum, or too long: answer '-' */
    GDB_INPUT_INTERRUPT, /* Ctrl-C (0x03) outside a packet */
    GDB_INPUT_ACK,
    GDB_INPUT_NACK, /* the peer wants the last packet again */
};

struct gdb_reader {
    uint8_t payload[GDB_PACKET_BYTES + 1]; /* unescaped, NUL behind the last byte */
    size_t length;                         /* of the payload */
    enum { GDB_READ_IDLE, GDB_READ_BODY, GDB_READ_SUM_1, GDB_READ_SUM_2 } state;
    bool escaped, overflow;
    uint8_t sum, wanted_sum;
};

void gdb_reader_init(struct gdb_reader *reader);

/* Takes one byte. After GDB_INPUT_PACKET the payload stays valid until the next call. */
enum gdb_input gdb_reader_feed(struct gdb_reader *reader, uint8_t byte);

/* A reply under construction. What does not fit is dropped and `overflow` set. */
struct gdb_reply {
    char text[GDB_PACKET_BYTES + 1];
    size_t length;
    bool overflow;
};

void gdb_reply_clear(struct gdb_reply *reply);
void gdb_reply_text(struct gdb_reply *reply, const char *text);
void gdb_reply_bytes(struct gdb_reply *reply, const void *bytes, size_t length); /* as they are */
void gdb_reply_hex(struct gdb_reply *reply, const void *bytes,
                   size_t length);                                  /* two digits a byte */
void gdb_reply_hex_number(struct gdb_reply *reply, uint64_t value); /* no leading zeros */
void gdb_reply_u32(struct gdb_reply *reply,
                   uint32_t value); /* 8 hex digits, target (little-endian) byte order */

/* Frames a reply ($...#xx, escaped) into `out`; returns the number of bytes, at most
 * GDB_FRAME_BYTES. */
#define GDB_FRAME_BYTES (2U * GDB_PACKET_BYTES + 4U)
size_t gdb_frame(const struct gdb_reply *reply, uint8_t *out);

/* Parsers that move *text on; false when no digit is there or the value does not fit. */
bool gdb_parse_hex(const char **text, uint64_t *value);
bool gdb_parse_hex_bytes(const char *text, uint8_t *bytes,
                         size_t count); /* exactly `count` bytes, text ends there */

#endif
