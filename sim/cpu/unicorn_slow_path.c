#include "sim/cpu/unicorn_slow_path.h"

#ifdef UNICORN_EXITS_STOCK

void unicorn_slow_path_use(struct unicorn_slow_path *client)
{
    (void)client;
}

#else

#include <stddef.h>
#include <string.h>

#include "sim/cpu/unicorn_replace.h"

/* The functions of Unicorn 2.1.4 that are replaced: `env` is the core, `oi` says the kind of access
 * and the core's mode, `site` is where translated code goes on. */
#define LOAD_PARAMETERS        void *env, uint32_t address, uint32_t oi, uintptr_t site
#define STORE_PARAMETERS(type) void *env, uint32_t address, type value, uint32_t oi, uintptr_t site

uint64_t helper_ret_ldub_mmu_arm(LOAD_PARAMETERS) UNICORN_REPLACES;
uint64_t helper_le_lduw_mmu_arm(LOAD_PARAMETERS) UNICORN_REPLACES;
uint64_t helper_le_ldul_mmu_arm(LOAD_PARAMETERS) UNICORN_REPLACES;
uint64_t helper_le_ldq_mmu_arm(LOAD_PARAMETERS) UNICORN_REPLACES;
void helper_ret_stb_mmu_arm(STORE_PARAMETERS(uint8_t)) UNICORN_REPLACES;
void helper_le_stw_mmu_arm(STORE_PARAMETERS(uint16_t)) UNICORN_REPLACES;
void helper_le_stl_mmu_arm(STORE_PARAMETERS(uint32_t)) UNICORN_REPLACES;
void helper_le_stq_mmu_arm(STORE_PARAMETERS(uint64_t)) UNICORN_REPLACES;
void tb_flush_arm(void *cpu) UNICORN_REPLACES;
/* The library's own: makes PC and ITSTATE those of the instruction at `site`. */
bool cpu_restore_state_arm(void *cpu, uintptr_t site, bool will_exit);

/* The library calls these without a word of whom it works for; it works inside uc_emu_start. */
static _Thread_local struct unicorn_slow_path *current;

/* The library's own, looked up once when the program starts. */
typedef uint64_t load_function(LOAD_PARAMETERS);
static struct {
    load_function *load[4]; /* by the logarithm of the size */
    void (*store8)(STORE_PARAMETERS(uint8_t));
    void (*store16)(STORE_PARAMETERS(uint16_t));
    void (*store32)(STORE_PARAMETERS(uint32_t));
    void (*store64)(STORE_PARAMETERS(uint64_t));
    void (*flush)(void *cpu);
} library;

__attribute__((constructor)) static void look_up_all(void)
{
    static const char *const loads[4] = {"helper_ret_ldub_mmu_arm", "helper_le_lduw_mmu_arm",
                                         "helper_le_ldul_mmu_arm", "helper_le_ldq_mmu_arm"};
    for (int i = 0; i < 4; i++) {
        unicorn_find_replaced(loads[i], &library.load[i]);
    }
    unicorn_find_replaced("helper_ret_stb_mmu_arm", &library.store8);
    unicorn_find_replaced("helper_le_stw_mmu_arm", &library.store16);
    unicorn_find_replaced("helper_le_stl_mmu_arm", &library.store32);
    unicorn_find_replaced("helper_le_stq_mmu_arm", &library.store64);
    unicorn_find_replaced("tb_flush_arm", &library.flush);
}

void unicorn_slow_path_use(struct unicorn_slow_path *client)
{
    current = client;
}

void tb_flush_arm(void *cpu)
{
    if (current != NULL) {
        current->sites_gone(current->context);
    }
    library.flush(cpu);
}

/* Plain memory is slow here, and fast once the library has its page: it gets the page now and then,
 * but not at each access, since two pages may want the same place in its table in turns. */
#define SERVED_IN_A_ROW        16U

/* Of `oi`: the kind of access above four bits of the core's mode, whose lowest is its privilege,
 * that of LDRT and STRT included. */
#define OI_PRIVILEGED          1U
#define OI_ALIGNED             (0x70U << 4)
#define OI_ALIGNED_WORD        (0x20U << 4) /* unicorn_align.h wants no more */

/* A word address needs no further check. The library would check the bytes, too, into which it
 * splits a double word across two pages. */
static inline uint32_t satisfied(uint32_t address, uint32_t oi)
{
    bool done = (oi & OI_ALIGNED) == OI_ALIGNED_WORD && address % 4 == 0;
    return done ? oi & ~OI_ALIGNED : oi;
}

static inline struct page_memo_page *find_page(uint32_t address, bool write, uint32_t oi)
{
    return page_memo_find(current->memo, address, (oi & OI_PRIVILEGED) != 0, write);
}

/* Where an access to the page, NULL: an unknown one, can be made at once; NULL: nowhere. */
static inline uint8_t *find_host(struct page_memo_page *page, uint32_t address, uint32_t size_bytes,
                                 uint32_t oi)
{
    uint32_t offset = address % PAGE_MEMO_PAGE_BYTES;
    bool served = page != NULL && page->host != NULL && (oi & OI_ALIGNED) == 0 &&
                  offset + size_bytes <= PAGE_MEMO_PAGE_BYTES &&
                  ++page->served % SERVED_IN_A_ROW != 0;
    return served ? page->host + offset : NULL;
}

static bool ask(const struct page_memo_page *page, uint32_t address, uint8_t size_bytes, bool write,
                uint32_t oi, uintptr_t site, uint64_t *value)
{
    bool guarded = page != NULL && page->host == NULL;
    struct unicorn_access access = {.address = address,
                                    .size_bytes = size_bytes,
                                    .write = write,
                                    .privileged = (oi & OI_PRIVILEGED) != 0,
                                    .exclusive = (oi & OI_ALIGNED) != 0,
                                    .site = site};
    if (guarded && !access.exclusive && current->access(current->context, &access, value)) {
        return true;
    }
    current->asked = access;
    return false;
}

void unicorn_slow_path_note_core(void *core)
{
    if (current != NULL) {
        current->core = core;
    }
}

/* Of a load across two pages, the library tells the client the halves only, and nothing of the
 * instruction: what it is gets known before. True: it crosses. */
static bool begin_crossing(uint32_t address, uint32_t size_bytes, uintptr_t site)
{
    bool crosses = current != NULL && current->core != NULL &&
                   address % PAGE_MEMO_PAGE_BYTES + size_bytes > PAGE_MEMO_PAGE_BYTES;
    if (crosses) {
        (void)cpu_restore_state_arm(current->core, site, false);
    }
    return crosses;
}

static void let_be(void)
{
    if (current != NULL) {
        current->asked.size_bytes = 0;
    }
}

#define LOAD(name, type, log2_size)                                                                \
    uint64_t name(LOAD_PARAMETERS)                                                                 \
    {                                                                                              \
        uint64_t value;                                                                            \
        oi = satisfied(address, oi);                                                               \
        if (current != NULL) {                                                                     \
            struct page_memo_page *page = find_page(address, false, oi);                           \
            const uint8_t *host = find_host(page, address, sizeof(type), oi);                      \
            if (host != NULL) {                                                                    \
                type loaded;                                                                       \
                memcpy(&loaded, host, sizeof(loaded));                                             \
                return loaded;                                                                     \
            }                                                                                      \
            if (ask(page, address, sizeof(type), false, oi, site, &value)) {                       \
                return value;                                                                      \
            }                                                                                      \
        }                                                                                          \
        bool crossing = begin_crossing(address, sizeof(type), site);                               \
        value = library.load[log2_size](env, address, oi, site);                                   \
        if (crossing) {                                                                            \
            current->crossed(current->context);                                                    \
        }                                                                                          \
        let_be();                                                                                  \
        return value;                                                                              \
    }

LOAD(helper_ret_ldub_mmu_arm, uint8_t, 0)
LOAD(helper_le_lduw_mmu_arm, uint16_t, 1)
LOAD(helper_le_ldul_mmu_arm, uint32_t, 2)
LOAD(helper_le_ldq_mmu_arm, uint64_t, 3)

#define STORE(name, type, original)                                                                \
    void name(STORE_PARAMETERS(type))                                                              \
    {                                                                                              \
        oi = satisfied(address, oi);                                                               \
        if (current != NULL) {                                                                     \
            struct page_memo_page *page = find_page(address, true, oi);                            \
            uint8_t *host = find_host(page, address, sizeof(type), oi);                            \
            if (host != NULL) {                                                                    \
                memcpy(host, &value, sizeof(value));                                               \
                return;                                                                            \
            }                                                                                      \
            uint64_t wide = value;                                                                 \
            if (ask(page, address, sizeof(type), true, oi, site, &wide)) {                         \
                return;                                                                            \
            }                                                                                      \
        }                                                                                          \
        library.original(env, address, value, oi, site);                                           \
        let_be();                                                                                  \
    }

STORE(helper_ret_stb_mmu_arm, uint8_t, store8)
STORE(helper_le_stw_mmu_arm, uint16_t, store16)
STORE(helper_le_stl_mmu_arm, uint32_t, store32)
STORE(helper_le_stq_mmu_arm, uint64_t, store64)

#endif
