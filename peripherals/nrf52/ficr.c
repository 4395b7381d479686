#include "peripherals/nrf52/ficr.h"

#include "peripherals/nrf52/nrf_random.h"

#define ERASED               0xFFFFFFFFU
#define PAGE_BYTES           0x1000U
#define NFC_TAGHEADER0       0xFFFFFF5FU /* manufacturer 0x5F: the vendor */
#define DEVICEADDRTYPE_VALUE 0xFFFFFFFFU /* bit 0: random */

/* The words from `first` on. */
struct ficr_words {
    uint32_t first;
    uint32_t count;
    const uint32_t *values;
};

/* PART, VARIANT, PACKAGE, RAM and FLASH in kB. */
static const uint32_t info_52832[] = {0x00052832, 0x41414530, 0x00002000, 64, 512};
static const uint32_t info_52840[] = {0x00052840, 0x41414430, 0x00002004, 256, 1024};
static const uint32_t errata_52832[] = {0x6, 0x6};
static const uint32_t errata_52840[] = {0x8, 0x3};
static const uint32_t no_trim[] = {0};

/* A0..A5, B0..B5, T0..T4. */
static const uint32_t temp_52832[] = {
    0x320,  0x343, 0x35D,  0x400, 0x452, 0x37B, 0x3FCC, 0x3F98, 0x3F98,
    0x0012, 0x04D, 0x3E10, 0x0E2, 0x000, 0x014, 0x019,  0x050,
};
static const uint32_t temp_52840[] = {
    0x326,  0x348, 0x3AA, 0x40E, 0x4BD, 0x5A3, 0x3FEF, 0x3FBE, 0x3FBE,
    0x0012, 0x124, 0x27C, 0x0E2, 0x000, 0x019, 0x03C,  0x050,
};
static const uint32_t tagheader[] = {NFC_TAGHEADER0, ERASED, ERASED, ERASED};
static const uint32_t erased[] = {ERASED, ERASED, ERASED, ERASED, ERASED, ERASED, ERASED, ERASED};

#define WORDS(first, array)                                                                        \
    {                                                                                              \
        (first), sizeof(array) / sizeof((array)[0]), (array)                                       \
    }
#define WORDS_COUNT(words) (sizeof(words) / sizeof((words)[0]))

static const struct ficr_words words_52832[] = {
    WORDS(FICR_INFO_PART, info_52832),    WORDS(FICR_ERRATA_PART, errata_52832),
    WORDS(FICR_ERRATA_31, no_trim),       WORDS(FICR_ERRATA_108, no_trim),
    WORDS(FICR_ERRATA_12, no_trim),       WORDS(FICR_TEMP_A, temp_52832),
    WORDS(FICR_NFC_TAGHEADER, tagheader),
};
static const struct ficr_words words_52840[] = {
    WORDS(FICR_INFO_PART, info_52840),    WORDS(FICR_ERRATA_PART, errata_52840),
    WORDS(FICR_ERRATA_31, no_trim),       WORDS(FICR_ERRATA_108, no_trim),
    WORDS(FICR_ERRATA_12, no_trim),       WORDS(FICR_TEMP_A, temp_52840),
    WORDS(FICR_NFC_TAGHEADER, tagheader), {FICR_PRODTEST, 3, erased},
    WORDS(FICR_TRNG90B, erased),
};

static bool find(const struct ficr_words *words, size_t count, uint32_t offset, uint32_t *value)
{
    for (size_t i = 0; i < count; i++) {
        uint32_t index = (offset - words[i].first) / 4U;
        if (offset >= words[i].first && index < words[i].count) {
            *value = words[i].values[index];
            return true;
        }
    }
    return false;
}

static uint32_t code_pages(const struct ficr *ficr)
{
    const struct nvm *nvm = ficr->env.nvm;
    return nvm != NULL ? nvm->flash_bytes / PAGE_BYTES : ERASED;
}

static bool ficr_get(const struct ficr *ficr, uint32_t offset, uint32_t *value)
{
    const struct ficr_state *state = &ficr->state;
    const struct ficr_words own[] = {
        WORDS(FICR_DEVICEID, state->deviceid),
        WORDS(FICR_ER, state->er),
        WORDS(FICR_IR, state->ir),
        WORDS(FICR_DEVICEADDR, state->deviceaddr),
    };
    switch (offset) {
    case FICR_CODEPAGESIZE:
        *value = PAGE_BYTES;
        return true;
    case FICR_CODESIZE:
        *value = code_pages(ficr);
        return true;
    case FICR_DEVICEADDRTYPE:
        *value = DEVICEADDRTYPE_VALUE;
        return true;
    default:
        break;
    }
    if (find(own, WORDS_COUNT(own), offset, value)) {
        return true;
    }
    return nrf_is_nrf52840(&ficr->env) ? find(words_52840, WORDS_COUNT(words_52840), offset, value)
                                       : find(words_52832, WORDS_COUNT(words_52832), offset, value);
}

static uint32_t ficr_peek(const void *self, uint32_t offset)
{
    uint32_t value = ERASED;
    return ficr_get(self, offset, &value) ? value : ERASED;
}

static enum bus_result ficr_read(void *self, struct bus_access access, uint32_t *value)
{
    const struct ficr *ficr = self;
    uint32_t word = ERASED;
    if (!ficr_get(ficr, access.offset & ~3U, &word)) {
        device_guest_error(&ficr->env, access.offset,
                           "read of a word that the factory does not write");
    }
    return nrf_finish_read(&ficr->env, access, true, word, value);
}

static enum bus_result ficr_write(void *self, struct bus_access access, uint32_t value)
{
    const struct ficr *ficr = self;
    (void)value;
    device_guest_error(&ficr->env, access.offset, "FICR is read-only");
    return BUS_OK;
}

static void fill(uint32_t *words, size_t count, uint64_t *random)
{
    for (size_t i = 0; i < count; i++) {
        words[i] = (uint32_t)nrf_random_next(random);
    }
}

static const char *ficr_init(void *self, const struct device_env *env)
{
    struct ficr *ficr = self;
    uint64_t random = env->seed;
    ficr->env = *env;
    fill(ficr->state.deviceid, 2, &random);
    fill(ficr->state.er, 4, &random);
    fill(ficr->state.ir, 4, &random);
    fill(ficr->state.deviceaddr, 2, &random);
    ficr->state.deviceaddr[1] |= 0xFFFF0000U; /* an address has 48 bits */
    return NULL;
}

const struct device_class nrf52_ficr_class = {
    .name = "nrf52-ficr",
    .size_bytes = sizeof(struct ficr),
    .state_offset = offsetof(struct ficr, state),
    .state_bytes = sizeof(struct ficr_state),
    .state_version = 1,
    .init = ficr_init,
    .read = ficr_read,
    .write = ficr_write,
    .peek = ficr_peek,
};
