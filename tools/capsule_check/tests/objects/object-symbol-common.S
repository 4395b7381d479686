/* Memory that the linker finds a place for. */
#include "tools/capsule_check/tests/objects/fixture.inc"
    bx lr
    .comm fixture_room, 64, 4
