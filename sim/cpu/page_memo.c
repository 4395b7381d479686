#include "sim/cpu/page_memo.h"

#include <string.h>

void page_memo_init(struct page_memo *memo)
{
    *memo = (struct page_memo){.epoch = 1};
}

void page_memo_forget_pages(struct page_memo *memo)
{
    memo->epoch++;
    if (memo->epoch == 0) { /* what was noted four thousand million times ago */
        memset(memo->page, 0, sizeof(memo->page));
        memo->epoch = 1;
    }
}

void page_memo_forget_sites(struct page_memo *memo)
{
    memset(memo->site, 0, sizeof(memo->site));
}

void page_memo_note(struct page_memo *memo, uint32_t address, bool privileged, bool write,
                    uint8_t *host)
{
    uint32_t number = address / PAGE_MEMO_PAGE_BYTES;
    memo->page[2 * privileged + write][page_memo_slot(number)] =
        (struct page_memo_page){.epoch = memo->epoch, .number = number, .host = host};
}
