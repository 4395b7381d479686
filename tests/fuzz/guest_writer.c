#include "tests/fuzz/guest_writer.h"

#include <string.h>

#include "tests/fuzz/fuzz_board.h"

#define CALL_BLOCK 0x20000300U

struct writer {
    struct fuzz_bytes *bytes;
    uint16_t code[GUEST_CODE_HALF];
    size_t count;
};

static void emit(struct writer *writer, uint32_t half)
{
    writer->code[writer->count++] = (uint16_t)half;
}

static void emit_wide(struct writer *writer, uint32_t word)
{
    emit(writer, word >> 16);
    emit(writer, word);
}

/* MOVW and MOVT (T3, T1): i:imm3:imm8 and imm4. */
static void emit_constant(struct writer *writer, uint32_t reg, uint32_t value)
{
    for (uint32_t top = 0; top < 2; top++) {
        uint32_t imm = top == 0 ? value & 0xFFFF : value >> 16;
        emit(writer, 0xF240U | top << 7 | (imm >> 11 & 1) << 10 | imm >> 12);
        emit(writer, (imm >> 8 & 7) << 12 | reg << 8 | (imm & 0xFF));
    }
}

static uint32_t pick_value(struct writer *writer)
{
    return fuzz_value(writer->bytes);
}

static void emit_store(struct writer *writer, uint32_t address, uint32_t value)
{
    emit_constant(writer, 0, address);
    emit_constant(writer, 1, value);
    emit(writer, 0x6001); /* str r1, [r0] */
}

static uint32_t pick_address(struct writer *writer)
{
    uint8_t selector = fuzz_u8(writer->bytes);
    return fuzz_address(selector, writer->bytes);
}

/* One access with r0 as the base: every width, forms with write-back, several registers, exclusive,
 * unprivileged, floating point. */
static void emit_access(struct writer *writer)
{
    static const uint32_t forms[] = {
        0x6801,     0x7001,     0x8001,     0x7802,     0x8802,     0xC10F,     0xC80E,
        0xE8D012FF, 0xE9D01200, 0xE9C01200, 0xE8F01202, 0xE8500F00, 0xE8401200, 0xE8D01F4F,
        0xE8C01F42, 0xF8500E04, 0xF8400E04, 0xF8501B04, 0xF8401D04, 0xED900A00, 0xED810B00,
        0xECB00B08, 0xED200A10, 0xE890C00E, 0xE880000E, 0xF8B01001, 0xF8D01003, 0xF910F000,
        0xF990F000, 0xE8D0F001, 0xE8D0F011, 0x4700,     0x4780,     0xE8DF0001};
    uint32_t form = forms[fuzz_u8(writer->bytes) % (sizeof forms / sizeof forms[0])];
    emit_constant(writer, 0, pick_address(writer));
    if (form > 0xFFFF) {
        emit_wide(writer, form);
    } else {
        emit(writer, form);
    }
}

/* Instructions that change the state of the core. */
static void emit_core(struct writer *writer)
{
    static const uint32_t cores[] = {0xBF30,     /* wfi */
                                     0xBF20,     /* wfe */
                                     0xBF40,     /* sev */
                                     0xB672,     /* cpsid i */
                                     0xB662,     /* cpsie i */
                                     0xB671,     /* cpsid f */
                                     0xB661,     /* cpsie f */
                                     0xDF05,     /* svc */
                                     0xBE00,     /* bkpt */
                                     0xBEAB,     /* bkpt 0xab */
                                     0xDE00,     /* udf */
                                     0x4708,     /* bx r1 */
                                     0x4788,     /* blx r1 */
                                     0x468D,     /* mov sp, r1 */
                                     0xB5FF,     /* push */
                                     0xBDFF,     /* pop */
                                     0xE7FE,     /* b . */
                                     0xBF08,     /* it eq */
                                     0xBF01,     /* itttt eq */
                                     0xF3BF8F6F, /* isb */
                                     0xF3818808, 0xF3818809, 0xF3818810, 0xF3818811, 0xF3818812,
                                     0xF3818813, 0xF3818814, 0xF3818803, 0xF3EF8005, 0xF3EF8014,
                                     0xFB90F0F1, 0xEE300A00, 0xEEF10A10, 0xEEE10A10, 0xEE800A00,
                                     0xEEB10AC0, 0xF3AF8014, 0xFBB1F1F2};
    uint32_t core = cores[fuzz_u8(writer->bytes) % (sizeof cores / sizeof cores[0])];
    emit_constant(writer, 1, pick_value(writer));
    if (core > 0xFFFF) {
        emit_wide(writer, core);
    } else {
        emit(writer, core);
    }
}

static void emit_delay(struct writer *writer)
{
    emit_constant(writer, 2, fuzz_u16(writer->bytes) & 0xFFFU);
    emit(writer, 0x3A01); /* subs r2, #1 */
    emit(writer, 0xD1FD); /* bne */
}

/* Two halfwords of code into RAM, and a call to them. */
static void emit_new_code(struct writer *writer)
{
    emit_store(writer, GUEST_RAM_CODE, fuzz_u32(writer->bytes));
    emit_store(writer, GUEST_RAM_CODE + 4, 0x47704770); /* bx lr, twice */
    emit_constant(writer, 1, GUEST_RAM_BRANCH);
    emit(writer, 0x4788);
}

static void emit_mpu(struct writer *writer)
{
    uint32_t region = fuzz_u8(writer->bytes);
    emit_store(writer, 0xE000ED9C, (pick_value(writer) & ~0xFU) | 0x10 | (region & 7));
    emit_store(writer, 0xE000EDA0, fuzz_u32(writer->bytes));
    emit(writer, 0xBF00);
}

static void emit_flash(struct writer *writer)
{
    emit_store(writer, 0x4001E504, 1 + fuzz_u8(writer->bytes) % 2);
    emit_store(writer, fuzz_u16(writer->bytes) & 0xFFFCU, pick_value(writer));
}

/* A call to the host with a block of three parameters. */
static void emit_semihosting(struct writer *writer)
{
    for (uint32_t i = 0; i < 3; i++) {
        emit_store(writer, CALL_BLOCK + 4 * i, pick_value(writer));
    }
    emit_constant(writer, 0, fuzz_u8(writer->bytes) % 0x34U);
    emit_constant(writer, 1, CALL_BLOCK);
    emit(writer, 0xBEAB);
}

static void emit_one(struct writer *writer)
{
    uint8_t kind = fuzz_u8(writer->bytes) % 32;
    switch (kind) {
    case 16:
    case 17:
    case 18:
    case 19:
        emit_access(writer);
        break;
    case 20:
    case 21:
    case 22:
        emit_core(writer);
        break;
    case 23:
        emit_delay(writer);
        break;
    case 24:
        emit(writer, fuzz_u16(writer->bytes));
        break;
    case 25:
        emit_wide(writer, fuzz_u32(writer->bytes));
        break;
    case 26:
        emit_new_code(writer);
        break;
    case 27:
        emit_mpu(writer);
        break;
    case 28:
        emit_flash(writer);
        break;
    case 30:
        emit_semihosting(writer);
        break;
    case 29: /* an interrupt on */
        emit_store(writer, 0xE000E100U + 4 * (fuzz_u8(writer->bytes) % 2), pick_value(writer));
        break;
    default: {
        uint32_t address = pick_address(writer);
        emit_store(writer, address, pick_value(writer));
        break;
    }
    }
}

/* A fault handler goes on two bytes further; an interrupt handler returns at once. */
static const uint16_t fault_handler[] = {0x9B06, 0x3302, 0x9306, 0x4770};
#define FAULT_HANDLER  (GUEST_VECTORS * 4U)
#define RETURN_HANDLER (FAULT_HANDLER + 6U)

static uint32_t vector_of(uint32_t exception)
{
    if (exception == 0) {
        return GUEST_STACK;
    }
    if (exception == 1) {
        return GUEST_CODE + 1;
    }
    return (exception < 7 ? FAULT_HANDLER : RETURN_HANDLER) + 1;
}

void guest_write(struct fuzz_bytes *bytes, uint8_t image[GUEST_BYTES])
{
    static struct writer writer;
    writer.bytes = bytes;
    writer.count = 0;
    while (fuzz_more(bytes) && writer.count + GUEST_STEP_HALF < GUEST_CODE_HALF) {
        emit_one(&writer);
    }
    emit(&writer, 0xBF30); /* wfi */
    emit(&writer, 0xE7FD); /* b to it */
    memset(image, 0xFF, GUEST_BYTES);
    for (uint32_t i = 0; i < GUEST_VECTORS; i++) {
        uint32_t entry = vector_of(i);
        memcpy(image + i * 4, &entry, 4);
    }
    memcpy(image + FAULT_HANDLER, fault_handler, sizeof fault_handler);
    memcpy(image + GUEST_CODE, writer.code, writer.count * 2);
}

void guest_patch_vectors(uint8_t *image, size_t size)
{
    for (uint32_t i = 0; i < GUEST_VECTORS && i * 4 + 4 <= size; i++) {
        uint32_t entry;
        memcpy(&entry, image + i * 4, 4);
        if (i == 0) {
            entry = entry >> 17 == 0x20000000U >> 17 ? entry : GUEST_STACK;
        } else if (entry >= size) {
            entry = (uint32_t)(entry % size) | 1U;
        }
        memcpy(image + i * 4, &entry, 4);
    }
}
