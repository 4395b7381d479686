// Its header takes the place of the board's functions, types and constants.
#include "declaration-in-boards-text.h"

static int get(void)
{
    return NRF52_PORTS + declaration_c + DECLARATION_B;
}
