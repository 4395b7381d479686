/* A second manifest, of somebody who may have more. */
#include "tools/capsule_check/tests/objects/fixture.h"

CAPSULE(fixture, .needs = {LED});

static const struct capsule_manifest other __attribute__((section(".capsule.manifest"), used)) = {
    .name = "process_console", .needs = {PROCESS_CONTROL}};
