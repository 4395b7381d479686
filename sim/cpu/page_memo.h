/* sim/cpu/page_memo.h - what was answered about pages and what is known of sites of translated
 * code, so that it need not be asked or looked up again. Plain data: nothing here knows the
 * library.
 *
 * The library's own table loses a page to any other whose number is the same modulo 256: flash at 0
 * and RAM at 0x20000000 for one. This one mixes the bits.
 */
#ifndef SIM_CPU_PAGE_MEMO_H
#define SIM_CPU_PAGE_MEMO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PAGE_MEMO_PAGE_BYTES 1024U
#define PAGE_MEMO_PAGES      64U
#define PAGE_MEMO_SITES      1024U

struct page_memo_page {
    uint32_t epoch;  /* of the memo when it was noted; another one: empty */
    uint32_t number; /* address / PAGE_MEMO_PAGE_BYTES */
    uint8_t *host;   /* the page's memory; NULL: every access is asked about */
    uint32_t served; /* accesses to `host` */
};

struct page_memo_site {
    uintptr_t site; /* 0: empty */
    uint32_t pc;
};

struct page_memo {
    uint32_t epoch;
    struct page_memo_page page[4][PAGE_MEMO_PAGES]; /* 2 * privileged + write */
    struct page_memo_site site[PAGE_MEMO_SITES];
};

void page_memo_init(struct page_memo *memo);
void page_memo_forget_pages(struct page_memo *memo);
void page_memo_forget_sites(struct page_memo *memo);

static inline uint32_t page_memo_slot(uint32_t number)
{
    return (number ^ number >> 6 ^ number >> 12 ^ number >> 18) % PAGE_MEMO_PAGES;
}

/* What is known of the page of `address` for loads or stores; NULL: nothing. */
static inline struct page_memo_page *page_memo_find(struct page_memo *memo, uint32_t address,
                                                    bool privileged, bool write)
{
    uint32_t number = address / PAGE_MEMO_PAGE_BYTES;
    struct page_memo_page *page = &memo->page[2 * privileged + write][page_memo_slot(number)];
    return page->number == number && page->epoch == memo->epoch ? page : NULL;
}

void page_memo_note(struct page_memo *memo, uint32_t address, bool privileged, bool write,
                    uint8_t *host);

static inline struct page_memo_site *page_memo_site_slot(struct page_memo *memo, uintptr_t site)
{
    return &memo->site[(site ^ site >> 10) % PAGE_MEMO_SITES];
}

static inline bool page_memo_find_site(struct page_memo *memo, uintptr_t site, uint32_t *pc)
{
    const struct page_memo_site *known = page_memo_site_slot(memo, site);
    *pc = known->pc;
    return known->site == site;
}

static inline void page_memo_note_site(struct page_memo *memo, uintptr_t site, uint32_t pc)
{
    *page_memo_site_slot(memo, site) = (struct page_memo_site){.site = site, .pc = pc};
}

#endif
