#include "peripherals/nrf52/tests/radio_bench.h"

#include <assert.h>
#include <stdlib.h>

#include "peripherals/nrf52/radio.h"

#define PACKET 0x400U

static void heard(void *owner, uint32_t source, enum radio_phase phase,
                  const struct radio_frame *frame, int32_t power_cdbm)
{
    struct stations *stations = owner;
    (void)source;
    (void)power_cdbm;
    if (phase == RADIO_CONTENT) {
        stations->sent = *frame;
        stations->sent_count++;
    } else if (phase == RADIO_CUT && stations->sent.start_cycles == frame->start_cycles) {
        stations->sent_count--;
    }
}

struct stations *stations_new(uint32_t flash_bytes)
{
    struct stations *stations = calloc(1, sizeof *stations);
    assert(stations != NULL);
    for (uint32_t i = 0; i < STATIONS; i++) {
        stations->system[i] = system_bench_new(&nrf52_radio_class, 0x40001000, flash_bytes);
        stations->b[i] = stations->system[i]->bench;
        if (i > 0) {
            radio_medium_join(&stations->b[0]->nets.radio, &stations->b[i]->nets.radio);
        }
        stations_place(stations, i, 1000 * (int32_t)i);
    }
    stations->ear = (struct radio_port){.heard = heard, .owner = stations, .everywhere = true};
    radio_medium_attach(&stations->b[0]->nets.radio, &stations->ear);
    return stations;
}

void stations_free(struct stations *stations)
{
    for (uint32_t i = 0; i < STATIONS; i++) {
        system_bench_free(stations->system[i]);
    }
    free(stations);
}

void stations_place(struct stations *stations, uint32_t station, int32_t x_mm)
{
    stations->b[station]->nets.radio.position_mm[0] = x_mm;
}

static uint64_t next_of(const struct bench *b, uint64_t cycle)
{
    uint64_t next = clock_next_due(&b->clock);
    return next < cycle ? next : cycle;
}

/* One event at a time, of the station whose next is first - or of one that is ahead by no more
 * than the lead. */
void stations_run_to(struct stations *stations, uint64_t cycle)
{
    for (;;) {
        uint64_t first = cycle;
        uint32_t chosen = 0;
        for (uint32_t i = 0; i < STATIONS; i++) {
            uint64_t next = next_of(stations->b[i], cycle);
            first = next < first ? next : first;
        }
        if (first == cycle) {
            break;
        }
        for (uint32_t k = 0; k < STATIONS; k++) {
            uint32_t i = stations->last_first ? k : STATIONS - 1 - k;
            uint64_t next = next_of(stations->b[i], cycle);
            if (next < cycle && next <= first + stations->lead) {
                chosen = i;
            }
        }
        bench_run_to(stations->b[chosen], next_of(stations->b[chosen], cycle));
    }
    for (uint32_t i = 0; i < STATIONS; i++) {
        bench_run_to(stations->b[i], cycle);
    }
}

void stations_set_ble(struct bench *b)
{
    bench_write(b, MODE, 3);
    bench_write(b, FREQUENCY, 2);
    bench_write(b, DATAWHITEIV, 37);
    bench_write(b, PCNF0, 8U | 1U << 8);
    bench_write(b, PCNF1, 37U | 3U << 16 | 1U << 25);
    bench_write(b, BASE0, 0x89BED600);
    bench_write(b, PREFIX0, 0x8E);
    bench_write(b, RXADDRESSES, 1);
    bench_write(b, CRCCNF, 3U | 1U << 8);
    bench_write(b, CRCPOLY, 0x00065B);
    bench_write(b, CRCINIT, 0x555555);
    bench_write(b, MODECNF0, 0x201);
    bench_write(b, PACKETPTR, BENCH_RAM_BASE + PACKET);
}

void stations_set_154(struct bench *b)
{
    bench_write(b, MODE, 15);
    bench_write(b, FREQUENCY, 5);
    bench_write(b, PCNF0, 8U | 2U << 24 | 1U << 26);
    bench_write(b, PCNF1, 127);
    bench_write(b, CRCCNF, 2U | 2U << 8);
    bench_write(b, CRCPOLY, 0x11021);
    bench_write(b, CRCINIT, 0);
    bench_write(b, MODECNF0, 0x201);
    bench_write(b, PACKETPTR, BENCH_RAM_BASE + PACKET);
}

uint8_t *stations_packet(struct bench *b)
{
    return b->ram + PACKET;
}

void stations_send(struct bench *b)
{
    bench_write(b, SHORTS, bench_read(b, SHORTS) | 1U);
    bench_write(b, TXEN, 1);
}

void stations_receive(struct bench *b)
{
    bench_write(b, SHORTS, bench_read(b, SHORTS) | 1U);
    bench_write(b, RXEN, 1);
}
