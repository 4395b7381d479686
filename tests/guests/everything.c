/* A bare guest for nRF52832 that keeps as much of the chip moving as it can, for tests of
 * snapshots: timers, PPI and GPIOTE, RTC, UARTE by DMA in both directions, RNG, TEMP, flash writes,
 * code in RAM that changes, SysTick, PendSV, SVC, MPU regions, floating point in handlers,
 * exclusive accesses, IT blocks, sleep, and
 * now and then a reset. All of it flows into one sum, which goes out by UARTE. */
#include "tests/guests/bare.h"

#define CLOCK_LFCLKSTART 0x40000008U
#define UARTE            0x40002000U
#define GPIOTE           0x40006000U
#define TIMER0           0x40008000U
#define TIMER1           0x40009000U
#define TEMP             0x4000C000U
#define RNG              0x4000D000U
#define WDT              0x40010000U
#define RTC1             0x40011000U
#define NVMC             0x4001E000U
#define PPI              0x4001F000U
#define GPIO             0x50000000U
#define SYSTICK          0xE000E010U
#define NVIC_ISER        0xE000E100U
#define ICSR             0xE000ED04U
#define SHPR3            0xE000ED20U
#define CPACR            0xE000ED88U
#define MPU_CTRL         0xE000ED94U
#define MPU_RNR          0xE000ED98U
#define MPU_RBAR         0xE000ED9CU
#define MPU_RASR         0xE000EDA0U

#define EVENTS(n)   (0x100U + 4U * (n))
#define INTENSET    0x304U
#define FLASH_WORDS 0x00060000U

static volatile uint32_t sum;
static volatile uint32_t seen[48]; /* interrupts */
static uint32_t text[16], received[4];
static volatile uint32_t locked;

static void set(uint32_t address, uint32_t value)
{
    *bare_register(address) = value;
}

static uint32_t get(uint32_t address)
{
    return *bare_register(address);
}

static void mix(uint32_t value)
{
    sum = (sum << 5 | sum >> 27) * 0x01000193U ^ value;
}

/* One floating-point operation in s0 to s3, which a handler must not spoil. */
static void use_fp(uint32_t value)
{
    uint32_t result;
    __asm volatile(".fpu fpv4-sp-d16\n"
                   "vmov s0, %1\n vcvt.f32.u32 s0, s0\n vmov.f32 s1, #1.5\n"
                   "vmul.f32 s2, s0, s1\n vadd.f32 s3, s3, s2\n vmov %0, s3\n"
                   : "=r"(result)
                   : "r"(value & 0xFFFFU)
                   : "s0", "s1", "s2", "s3");
    mix(result);
}

static void count_exclusively(void)
{
    uint32_t value, failed;
    __asm volatile("1: ldrex %0, [%2]\n add %0, #3\n nop\n nop\n strex %1, %0, [%2]\n"
                   "cmp %1, #0\n bne 1b\n"
                   : "=&r"(value), "=&r"(failed)
                   : "r"(&locked)
                   : "cc", "memory");
}

static uint32_t choose(uint32_t a, uint32_t b)
{
    uint32_t result = a;
    __asm volatile("cmp %1, %2\n"
                   "itete hi\n addhi %0, %1, #1\n subls %0, %2, #1\n eorhi %0, %2\n orrls %0, #16\n"
                   : "+r"(result)
                   : "r"(a), "r"(b)
                   : "cc");
    return result;
}

void bare_systick(void)
{
    seen[0]++;
    use_fp(seen[0]);
    if (seen[0] % 3 == 0) {
        set(ICSR, 1U << 28);
    }
}

void bare_pendsv(void)
{
    use_fp(sum);
    mix(get(TIMER1 + 0x540));
}

void bare_svcall(void)
{
    uint32_t turn = ++seen[1];
    set(MPU_RNR, 6);
    set(MPU_RASR, 0);
    set(MPU_RBAR, 0x20008000U + (turn % 8) * 256U);
    set(MPU_RASR, 0x13000000U | (turn % 256) << 8 | 7U << 1 | 1U);
    __asm volatile("dsb\n isb" ::: "memory");
}

static void clear_event(uint32_t base, uint32_t event)
{
    set(base + EVENTS(event), 0);
    (void)get(base + EVENTS(event));
}

static void send_text(void)
{
    for (uint32_t i = 0; i < 16; i++) {
        text[i] = sum + i * 0x01010101U;
    }
    set(UARTE + 0x544, (uint32_t)(uintptr_t)text);
    set(UARTE + 0x548, 20 + sum % 40);
    set(UARTE + 0x008, 1);
}

static void take_uarte(void)
{
    if (get(UARTE + EVENTS(8)) != 0) { /* ENDTX */
        clear_event(UARTE, 8);
        send_text();
    }
    if (get(UARTE + EVENTS(4)) != 0) { /* ENDRX */
        clear_event(UARTE, 4);
        mix(received[0]);
        set(UARTE + 0x000, 1);
    }
}

void bare_irq(void)
{
    uint32_t irqn = (get(ICSR) & 0x1FFU) - 16;
    seen[irqn]++;
    switch (irqn) {
    case 2:
        take_uarte();
        break;
    case 8:
        clear_event(TIMER0, 16);
        mix(get(TIMER0 + 0x544));
        break;
    case 12:
        clear_event(TEMP, 0);
        mix(get(TEMP + 0x508));
        set(TEMP, 1);
        break;
    case 13:
        clear_event(RNG, 0);
        mix(get(RNG + 0x508));
        break;
    case 17:
        clear_event(RTC1, 16);
        set(RTC1 + 0x540, (get(RTC1 + 0x504) + 7 + sum % 13) & 0xFFFFFFU);
        use_fp(irqn);
        break;
    default:
        break;
    }
}

static void start_timers(void)
{
    set(TIMER0 + 0x508, 3);    /* BITMODE: 32 bits */
    set(TIMER0 + 0x510, 0);    /* PRESCALER */
    set(TIMER0 + 0x200, 1);    /* COMPARE0 clears */
    set(TIMER0 + 0x540, 3331); /* periods of 16 MHz */
    set(TIMER0 + INTENSET, 1U << 16);
    set(TIMER1 + 0x504, 1); /* counter */
    set(TIMER1 + 0x508, 3);
    set(TIMER1 + 0x540, 5);
    set(TIMER1 + 0x200, 1);
    set(GPIOTE + 0x510, 3U | 17U << 8 | 3U << 16); /* task: toggles P0.17 */
    set(GPIOTE + 0x514, 1U | 17U << 8 | 1U << 16); /* event: its rising edge */
    set(PPI + 0x510, TIMER0 + EVENTS(16));
    set(PPI + 0x514, GPIOTE + 0x000);
    set(PPI + 0x910, TIMER1 + 0x008); /* FORK: COUNT */
    set(PPI + 0x518, TIMER1 + EVENTS(16));
    set(PPI + 0x51C, TIMER0 + 0x044); /* CAPTURE1 */
    set(PPI + 0x520, GPIOTE + EVENTS(1));
    set(PPI + 0x524, TEMP);
    set(PPI + 0x504, 7);
    set(TIMER1, 1);
    set(TIMER0, 1);
    set(CLOCK_LFCLKSTART, 1);
    set(RTC1 + 0x540, 5);
    set(RTC1 + INTENSET, 1U << 16);
    set(RTC1, 1);
}

static void start_devices(void)
{
    set(GPIO + 0x744, 1); /* PIN_CNF[17]: output */
    set(GPIO + 0x748, 1);
    set(UARTE + 0x50C, 6);
    set(UARTE + 0x514, 8);
    set(UARTE + 0x524, 0x10000000U);
    set(UARTE + 0x500, 8);
    set(UARTE + INTENSET, 1U << 8 | 1U << 4);
    set(UARTE + 0x534, (uint32_t)(uintptr_t)received);
    set(UARTE + 0x538, 3);
    set(UARTE + 0x000, 1);
    set(TEMP + INTENSET, 1);
    set(RNG + INTENSET, 1);
    set(RNG, 1);
    set(WDT + 0x504, 32768);
    set(WDT, 1);
    send_text();
    start_timers();
    set(NVIC_ISER, 1U << 2 | 1U << 8 | 1U << 12 | 1U << 13 | 1U << 17);
    set(SYSTICK + 4, 9973);
    set(SYSTICK, 7);
}

static void write_flash(uint32_t turn)
{
    if (turn % 1024 == 1023) {
        set(NVMC + 0x504, 2);
        set(NVMC + 0x508, FLASH_WORDS);
    } else {
        set(NVMC + 0x504, 1);
        set(FLASH_WORDS + 4 * (turn % 1024), sum);
    }
    set(NVMC + 0x504, 0);
    mix(get(FLASH_WORDS + 4 * (turn % 512)));
}

/* movs r0, #value; bx lr - from RAM, written anew each time. */
static uint32_t run_new_code(uint32_t value)
{
    static uint16_t code[2] __attribute__((aligned(4)));
    code[0] = (uint16_t)(0x2000U | (value & 0xFFU));
    code[1] = 0x4770U;
    __asm volatile("dsb\n isb" ::: "memory");
    return ((uint32_t(*)(void))((uintptr_t)code | 1U))();
}

void bare_main(void)
{
    set(CPACR, 0xFU << 20);
    set(SHPR3, 0x40E00000U); /* SysTick above the rest, PendSV below */
    __asm volatile("dsb\n isb" ::: "memory");
    set(MPU_CTRL, 5);
    start_devices();
    for (uint32_t turn = 0;; turn++) {
        count_exclusively();
        mix(choose(sum, sum >> 7));
        mix(sum / (turn + 1) + (uint32_t)((int32_t)sum / -(int32_t)(turn % 100 + 1)));
        use_fp(turn);
        if (turn % 64 == 5) {
            mix(run_new_code(sum));
        }
        if (turn % 8 == 0) {
            __asm volatile("svc #3" ::: "memory");
        }
        if (turn % 16 == 3) {
            write_flash(turn / 16);
        }
        if (turn % 32 == 7) {
            __asm volatile("wfi" ::: "memory");
        }
        if (turn % 64 == 9) {
            __asm volatile("sev\n wfe\n wfe" ::: "memory");
        }
        set(WDT + 0x600, 0x6E524635U);
        if (turn == 900) {
            bare_system_reset();
        }
        set(GPIO + (turn % 2 == 0 ? 0x508U : 0x50CU), 1U << 18);
        mix(get(GPIO + 0x510) ^ locked);
    }
}
