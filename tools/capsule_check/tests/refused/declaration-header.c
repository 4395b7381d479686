// Its header declares what nobody defines.
#include "declaration-header.h"

static void evil(void)
{
    declaration_missing();
}
