#include "peripherals/nrf52/tests/twi_bench.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static bool target_start(void *owner, uint8_t address, bool read)
{
    struct twi_bench_target *t = owner;
    t->starts++;
    t->read = read;
    t->selected = address == TWI_BENCH_ADDRESS;
    return t->selected;
}

static bool target_write(void *owner, uint8_t byte)
{
    struct twi_bench_target *t = owner;
    if (!t->selected || t->read || t->written_count == TWI_BENCH_BYTES) {
        return false;
    }
    t->written[t->written_count++] = byte;
    return t->written_count != t->refuse_byte;
}

static uint8_t target_read(void *owner)
{
    struct twi_bench_target *t = owner;
    if (!t->selected || !t->read) {
        return 0xFF;
    }
    return t->sent_count < TWI_BENCH_BYTES ? t->sends[t->sent_count++] : 0xEE;
}

static void target_stop(void *owner)
{
    struct twi_bench_target *t = owner;
    t->stops++;
    t->selected = false;
}

static uint64_t target_stretch(const void *owner)
{
    const struct twi_bench_target *t = owner;
    return t->selected ? t->stretch_cycles : 0;
}

static bool target_holds_scl(const void *owner)
{
    return ((const struct twi_bench_target *)owner)->holds_scl;
}

static bool target_holds_sda(const void *owner)
{
    return ((const struct twi_bench_target *)owner)->holds_sda;
}

struct twi_bench *twi_bench_new(uint32_t enable)
{
    struct twi_bench *t = calloc(1, sizeof *t);
    assert(t != NULL);
    t->bench = bench_new();
    t->target.target = (struct i2c_target){.name = "target",
                                           .pins = {.scl = TWI_BENCH_SCL, .sda = TWI_BENCH_SDA},
                                           .address = TWI_BENCH_ADDRESS,
                                           .owner = &t->target,
                                           .start = target_start,
                                           .write = target_write,
                                           .read = target_read,
                                           .stop = target_stop,
                                           .stretch = target_stretch,
                                           .holds_scl = target_holds_scl,
                                           .holds_sda = target_holds_sda};
    memset(t->target.sends, 0xEE, sizeof t->target.sends);
    i2c_attach(&t->bench->nets.i2c, &t->target.target);
    const char *message = bench_start(t->bench, &nrf52_serial_box_class, 0x40003000);
    assert(message == NULL);
    (void)message;
    bench_write(t->bench, TWI_PSEL_SCL, TWI_BENCH_SCL);
    bench_write(t->bench, TWI_PSEL_SDA, TWI_BENCH_SDA);
    bench_write(t->bench, TWI_ADDRESS, TWI_BENCH_ADDRESS);
    bench_write(t->bench, TWI_FREQUENCY, 0x04000000);
    bench_write(t->bench, TWI_ENABLE, enable);
    return t;
}

void twi_bench_free(struct twi_bench *bench)
{
    bench_free(bench->bench);
    free(bench);
}

void twi_bench_sends(struct twi_bench *bench, const char *bytes, uint32_t count)
{
    memcpy(bench->target.sends, bytes, count);
}
