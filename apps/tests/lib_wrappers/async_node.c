/* Requests that nobody waits for, on the sensor node: sensors, ADC, I2C and radio. */
#include "apps/lib/adc.h"
#include "apps/lib/ambient_light.h"
#include "apps/lib/humidity.h"
#include "apps/lib/i2c.h"
#include "apps/lib/radio.h"
#include "apps/tests/lib_wrappers/note.h"

#define SHT3X  0x44
#define NOBODY 0x50

static struct note note;

static void test_sensors(void)
{
    int32_t centipercent = 0;
    int32_t lux = 0;
    int status = humidity_read_async(note_upcall, &note);
    int again = humidity_read(&centipercent);
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && humidity_read(&centipercent) == K_OK &&
              is_noted(&note, 1, (uint32_t)centipercent, 0, 0),
          "a humidity that nobody waits for is that which somebody does");
    note = (struct note){0};
    status = ambient_light_read_async(note_upcall, &note);
    again = ambient_light_read(&lux);
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && ambient_light_read(&lux) == K_OK &&
              is_noted(&note, 1, (uint32_t)lux, 0, 0),
          "and so is the light");
    note = (struct note){0};
}

static void test_i2c(void)
{
    /* Read the status register: two bytes out, two and a checksum in. */
    uint8_t bytes[3] = {0xF3, 0x2D, 0};
    note = (struct note){0};
    int status = i2c_write_read_async(SHT3X, bytes, 2, 3, note_upcall, &note);
    int again = i2c_read(SHT3X, bytes, 1);
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && is_noted(&note, 1, 0, 0, 0) && bytes[1] == 0x10,
          "a transfer by I2C ends in an upcall");
    status = i2c_write_read_async(NOBODY, bytes, 0, 1, note_upcall, &note);
    syscall_yield();
    check(status == K_OK && is_noted(&note, 2, ABI_NOACK, 0, 0), "also where nobody is");
    check(i2c_write_read_async(SHT3X, bytes, 65, 0, note_upcall, &note) == K_ESIZE &&
              i2c_read(NOBODY, bytes, 1) == K_ENOACK,
          "what is refused is not under way");
}

#define SAMPLES 8

static bool is_lent(const void *buffer)
{
    struct syscall_return last = raw_allow_read_write(ABI_DRIVER_ADC, ABI_ADC_RW_FIRST, 0, 0);
    return last.values[0] == address_of(buffer);
}

static void test_adc(void)
{
    static uint16_t samples[SAMPLES], more[SAMPLES];
    note = (struct note){0};
    int status = adc_read_buffer_async(0, 1000, samples, SAMPLES, note_upcall, &note);
    int again = adc_read_buffer(0, 1000, more, SAMPLES);
    syscall_yield();
    bool all = true;
    for (int i = 0; i < SAMPLES; i++) {
        all = all && samples[i] > 0x1000;
    }
    check(status == K_OK && again == K_EBUSY && all && more[0] == 0 &&
              is_noted(&note, 1, ABI_ADC_ONE_BUFFER, SAMPLES << 8, address_of(samples)),
          "samples at a rate end in an upcall");
    status = adc_read_buffer_async(0, 100, samples, SAMPLES, note_upcall, &note);
    int stopped = adc_stop();
    sleep_and_take_ms(200);
    check(status == K_OK && stopped == K_OK && note.count == 1 && !is_lent(samples),
          "or are stopped, without one");
    check(adc_read_buffer(0, 1000, more, SAMPLES) == K_OK && more[SAMPLES - 1] > 0x1000,
          "then there are others");
    check(adc_repeat_buffers(0, 1000, samples, (uint16_t *)(uintptr_t)0x20000000u, SAMPLES,
                             note_upcall, &note) == K_EINVAL &&
              !is_lent(samples),
          "of two buffers neither stays lent when one is refused");
}

static void test_radio(void)
{
    static struct radio_ring ring;
    const uint8_t frame[] = {0x41, 0x88, 1, 0x5A, 0x5A, 0xFF, 0xFF, 1, 0, 'x'};
    uint8_t copy[16];
    note = (struct note){0};
    (void)radio_set_channel(15);
    check(radio_send_async(frame, sizeof(frame), note_upcall, &note) == K_EOFF,
          "nothing is sent while the radio is off");
    (void)radio_listen(&ring);
    (void)radio_turn_on();
    int status = radio_send_async(frame, sizeof(frame), note_upcall, &note);
    int again = radio_send(frame, sizeof(frame));
    syscall_yield();
    check(status == K_OK && again == K_EBUSY && is_noted(&note, 1, 0, 0, 0),
          "a frame that is sent ends in an upcall");
    check(radio_subscribe(note_upcall, &note) == K_OK && radio_take(&ring, copy, sizeof(copy)) == 0,
          "there is no frame before one comes");
    check(radio_turn_off() == K_OK && radio_send(frame, sizeof(frame)) == K_EOFF,
          "it can be turned off again");
}

int main(void)
{
    test_sensors();
    test_adc();
    test_i2c();
    test_radio();
    printf("done\n");
    return 0;
}
