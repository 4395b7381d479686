/* RADIO, CCM, AAR and TIMER0 over the fixed channels of PPI, without a CPU: a packet is encrypted
 * while its preamble is on the air, and decrypted while it arrives. */
#include <string.h>

#include "peripherals/iface/radio_packet.h"
#include "peripherals/tests/chain_bench.h"

#define RADIO  0x40001000U
#define TIMER0 0x40008000U
#define CCM    0x4000F000U
#define PPI    0x4001F000U

#define PPI_CHENSET  (PPI + 0x504U)
#define TXEN_CHANNEL 20U /* TIMER0 COMPARE[0] */
#define RXEN_CHANNEL 21U
#define AAR_CHANNEL  23U                   /* BCMATCH: START */
#define KSGEN        24U                   /* READY */
#define CRYPT        25U                   /* ADDRESS */
#define CAPTURES     (1U << 26 | 1U << 27) /* ADDRESS: CAPTURE[1], END: CAPTURE[2] */

#define RAM       0x20000000U
#define RAM_BYTES 0x1000U
#define CONFIG    0x100U
#define CLEAR     0x200U
#define AIR       0x300U
#define KEYS      0x400U

#define US(n)   ((uint64_t)(n)*64U)
#define DEVICES 4U

struct world {
    struct chain_bench chain;
    struct nvm nvm;
    uint8_t ram[RAM_BYTES];
    struct radio_port other; /* hears what is sent, and can send it back */
    struct radio_frame heard;
};

static const struct chain_node nodes[DEVICES] = {{"nordic,nrf-radio", RADIO},
                                                 {"nordic,nrf-timer", TIMER0},
                                                 {"nordic,nrf-ccm", CCM},
                                                 {"nordic,nrf-ppi", PPI}};

static enum bus_result dma_read(void *context, uint32_t address, void *buffer, uint32_t size)
{
    memcpy(buffer, ((struct world *)context)->ram + (address - RAM), size);
    return BUS_OK;
}

static enum bus_result dma_write(void *context, uint32_t address, const void *buffer, uint32_t size)
{
    memcpy(((struct world *)context)->ram + (address - RAM), buffer, size);
    return BUS_OK;
}

static void heard(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm)
{
    (void)source;
    (void)power_cdbm;
    if (phase == RADIO_CONTENT) {
        ((struct world *)owner)->heard = *frame;
    }
}

static int setup(void **state)
{
    struct world *w = calloc(1, sizeof *w);
    assert_non_null(w);
    *state = w;
    chain_init(&w->chain, nodes, DEVICES);
    w->nvm.flash_bytes = 1024U * 1024U; /* nRF52840 */
    w->other = (struct radio_port){.heard = heard, .owner = w, .everywhere = true};
    for (uint32_t i = 0; i < DEVICES; i++) {
        chain_make(&w->chain, i,
                   (struct device_env){
                       .dma = {.read = dma_read, .write = dma_write, .context = w},
                       .nvm = &w->nvm,
                   });
    }
    chain_reset(&w->chain);
    radio_medium_attach(&w->chain.nets.radio, &w->other);
    return 0;
}

static int teardown(void **state)
{
    struct world *w = *state;
    chain_free(&w->chain);
    free(w);
    return 0;
}

/* Bluetooth LE on channel 37, fast ramp-up; S1 is a byte in memory that is not on the air. TIMER0
 * counts microseconds, its COMPARE[0] at 100. */
static void set_up(struct world *w, uint32_t packet)
{
    static const struct {
        uint32_t address, value;
    } registers[] = {{RADIO + 0x510, 3},
                     {RADIO + 0x554, 37},
                     {RADIO + 0x514, 0x00100108},
                     {RADIO + 0x518, 0x020300FF},
                     {RADIO + 0x51C, 0x89BED600},
                     {RADIO + 0x524, 0x8E},
                     {RADIO + 0x530, 1},
                     {RADIO + 0x534, 0x103},
                     {RADIO + 0x538, 0x65B},
                     {RADIO + 0x53C, 0x555555},
                     {RADIO + 0x650, 0x201},
                     {RADIO + 0x200, 1},
                     {CCM + 0x500, 2},
                     {CCM + 0x508, RAM + CONFIG},
                     {TIMER0 + 0x508, 3},
                     {TIMER0 + 0x510, 4},
                     {TIMER0 + 0x540, 100}};
    for (size_t i = 0; i < sizeof registers / sizeof registers[0]; i++) {
        chain_put(&w->chain, registers[i].address, registers[i].value);
    }
    chain_put(&w->chain, RADIO + 0x504, RAM + packet);
}

/* The first packet of the Core specification's sample data (volume 6, part C, 1). */
static const uint8_t key_and_vector[] = {0x99, 0xAD, 0x1B, 0x52, 0x26, 0xA3, 0x7E, 0x3E, 0x05,
                                         0x8E, 0x3B, 0x8E, 0x27, 0xC2, 0xC6, 0x66, 0,    0,
                                         0,    0,    0,    0,    0,    0,    1,    0x24, 0xAB,
                                         0xDC, 0xBA, 0xBE, 0xBA, 0xAF, 0xDE};
static const uint8_t clear_packet[] = {0x0F, 1, 0, 0x06};
static const uint8_t air_packet[] = {0x0F, 5, 0x9F, 0xCD, 0xA7, 0xF4, 0x48};

static void send_encrypted(struct world *w)
{
    const struct radio_format whitening = {.whiten = true, .whiten_init = 37};
    set_up(w, AIR);
    memcpy(w->ram + CONFIG, key_and_vector, sizeof key_and_vector);
    memcpy(w->ram + CLEAR, clear_packet, sizeof clear_packet);
    chain_put(&w->chain, CCM + 0x504, 0); /* encryption */
    chain_put(&w->chain, CCM + 0x50C, RAM + CLEAR);
    chain_put(&w->chain, CCM + 0x510, RAM + AIR);
    chain_put(&w->chain, CCM + 0x200, 1); /* ENDKSGEN_CRYPT */
    chain_put(&w->chain, PPI_CHENSET, 1U << TXEN_CHANNEL | 1U << KSGEN | CAPTURES);
    chain_put(&w->chain, TIMER0, 1);
    chain_run_to(&w->chain, US(1000));
    /* Ramp-up 40 us; preamble and address 40 us; header 2, payload with MIC 5, CRC 3 bytes. */
    assert_int_equal(chain_get(&w->chain, TIMER0 + 0x544), 100 + 40 + 40);
    assert_int_equal(chain_get(&w->chain, TIMER0 + 0x548), 100 + 40 + 40 + 80);
    assert_int_equal(chain_get(&w->chain, CCM + 0x104), 1); /* ENDCRYPT */
    assert_int_equal(w->heard.bit_count, 8 * 14);
    struct radio_frame frame = w->heard;
    radio_packet_whiten(&whitening, frame.bits, 32, 32, frame.bit_count);
    assert_memory_equal(frame.bits + 4, air_packet, sizeof air_packet);
}

static void a_packet_is_encrypted_while_it_is_sent(void **state)
{
    send_encrypted(*state);
}

/* What was sent comes back at `cycle`. */
static void send_back(struct world *w, uint64_t cycle)
{
    struct radio_frame frame = w->heard;
    uint64_t length = frame.end_cycles - frame.start_cycles;
    frame.start_cycles = cycle;
    frame.end_cycles = RADIO_FRAME_OPEN;
    radio_medium_send(&w->other, RADIO_BEGINS, &frame);
    frame.end_cycles = cycle + length;
    radio_medium_send(&w->other, RADIO_CONTENT, &frame);
}

static void a_packet_is_decrypted_while_it_arrives(void **state)
{
    struct world *w = *state;
    send_encrypted(w);
    memset(w->ram + CLEAR, 0, 16);
    memset(w->ram + AIR, 0, 16);
    chain_put(&w->chain, PPI + 0x508, 0xFFFFFFFF); /* CHENCLR */
    chain_put(&w->chain, RADIO + 0x010, 1);
    chain_run_to(&w->chain, US(1100));
    chain_put(&w->chain, CCM + 0x504, 1);
    chain_put(&w->chain, CCM + 0x50C, RAM + AIR);
    chain_put(&w->chain, CCM + 0x510, RAM + CLEAR);
    chain_put(&w->chain, CCM + 0x200, 0);
    chain_put(&w->chain, CCM + 0x104, 0);
    chain_put(&w->chain, PPI_CHENSET, 1U << RXEN_CHANNEL | 1U << KSGEN | 1U << CRYPT | CAPTURES);
    chain_put(&w->chain, TIMER0 + 0x00C, 1); /* CLEAR: COMPARE[0] comes once more, at 1200 us */
    chain_run_to(&w->chain, US(1260));
    send_back(w, US(1260));
    uint64_t end = US(1260 + 8 * 15) + 602; /* and the receiver's chain */
    chain_run_to(&w->chain, end - 1);
    assert_int_equal(chain_get(&w->chain, RADIO + 0x130), 0);
    assert_int_equal(chain_get(&w->chain, CCM + 0x104), 1); /* before the CRC is in */
    assert_int_equal(chain_get(&w->chain, CCM + 0x400), 1); /* MIC */
    assert_memory_equal(w->ram + CLEAR, clear_packet, sizeof clear_packet);
    chain_run_to(&w->chain, end);
    assert_int_equal(chain_get(&w->chain, RADIO + 0x130), 1); /* CRCOK */
    assert_int_equal(chain_get(&w->chain, TIMER0 + 0x544), (1260 - 1100) + 40 + 9);
    assert_int_equal(chain_get(&w->chain, TIMER0 + 0x548), (1260 - 1100) + 120 + 9);
}

/* The bit counter says when the address has come; AAR then finds whose it is. */
static void an_address_is_resolved_while_the_packet_arrives(void **state)
{
    static const uint8_t irk[] = {0xEC, 0x02, 0x34, 0xA3, 0x57, 0xC8, 0xAD, 0x05,
                                  0x34, 0x10, 0x10, 0xA6, 0x0A, 0x39, 0x7D, 0x9B};
    static const uint8_t packet[] = {0x42, 8, 0, 0xAA, 0xFB, 0x0D, 0x94, 0x81, 0x70, 1, 2};
    struct world *w = *state;
    set_up(w, AIR);
    memcpy(w->ram + AIR, packet, sizeof packet);
    chain_put(&w->chain, RADIO, 1);
    chain_run_to(&w->chain, US(500));
    memset(w->ram + AIR, 0, 16);
    memcpy(w->ram + KEYS + 16, irk, sizeof irk);
    chain_put(&w->chain, CCM + 0x500, 3);
    chain_put(&w->chain, CCM + 0x504, 2);
    chain_put(&w->chain, CCM + 0x508, RAM + KEYS);
    chain_put(&w->chain, CCM + 0x510, RAM + AIR);
    chain_put(&w->chain, RADIO + 0x010, 1);
    chain_run_to(&w->chain, US(510));
    chain_put(&w->chain, RADIO + 0x200, 1U | 1U << 6); /* ADDRESS_BCSTART */
    chain_put(&w->chain, RADIO + 0x560, 16 + 48);      /* the address has come */
    chain_put(&w->chain, PPI_CHENSET, 1U << AAR_CHANNEL);
    chain_put(&w->chain, RADIO + 0x004, 1);
    chain_run_to(&w->chain, US(600));
    send_back(w, US(600));
    /* Preamble, address, header and the six bytes; the chain; 12 us for two keys. */
    chain_run_to(&w->chain, US(600 + 8 * 13) + 602 + US(12) - 1);
    assert_int_equal(chain_get(&w->chain, CCM + 0x104), 0);
    chain_run_to(&w->chain, US(600 + 8 * 13) + 602 + US(12));
    assert_int_equal(chain_get(&w->chain, CCM + 0x104),
                     1); /* RESOLVED: the packet's last two bytes come now */
    chain_run_to(&w->chain, US(1000));
    assert_int_equal(chain_get(&w->chain, RADIO + 0x130), 1);
    assert_int_equal(chain_get(&w->chain, CCM + 0x400), 1); /* by the second key */
}

int main(void)
{
#define WITH_WORLD(test) cmocka_unit_test_setup_teardown(test, setup, teardown)
    const struct CMUnitTest tests[] = {
        WITH_WORLD(a_packet_is_encrypted_while_it_is_sent),
        WITH_WORLD(a_packet_is_decrypted_while_it_arrives),
        WITH_WORLD(an_address_is_resolved_while_the_packet_arrives),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
