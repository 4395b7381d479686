/* The writeable flash regions that the header names; the test puts them there: 256 bytes at 512,
 * nothing at 768, and one that reaches over the end. */
#include "apps/tests/check.h"

int main(void)
{
    uint32_t flash = syscall_memop(ABI_MEMOP_FLASH_START);
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_COUNT, 0, 7, 8), ABI_SUCCESS_U32, 3, 7, 8),
          "memop 7 counts the writeable flash regions of the header");
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_START, 0, 7, 8), ABI_SUCCESS_U32, flash + 512, 7,
                    8) &&
              is_answer(raw_memop(ABI_MEMOP_WRITEABLE_END, 0, 7, 8), ABI_SUCCESS_U32, flash + 768,
                        7, 8),
          "memop 8 and 9 say where one begins and ends");
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_START, 1, 7, 8), ABI_FAILURE, ABI_FAIL, 7, 8) &&
              is_answer(raw_memop(ABI_MEMOP_WRITEABLE_END, 1, 7, 8), ABI_FAILURE, ABI_FAIL, 7, 8),
          "an empty one: FAIL");
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_START, 2, 7, 8), ABI_FAILURE, ABI_FAIL, 7, 8),
          "one that is not inside of the app: FAIL");
    check(is_answer(raw_memop(ABI_MEMOP_WRITEABLE_START, 3, 7, 8), ABI_FAILURE, ABI_FAIL, 7, 8) &&
              is_answer(raw_memop(ABI_MEMOP_WRITEABLE_END, 0xFFFFFFFFu, 7, 8), ABI_FAILURE,
                        ABI_FAIL, 7, 8),
          "one that the header does not name: FAIL");
    printf("done\n");
    return 0;
}
