// Its header rewrites what stands behind its include in the board's file.
#include "macro-of-the-board.h"

static int get(void)
{
    return MACRO_OF_THE_BOARD_BYTES;
}
