/* sim/faults/fuzz_campaign.h - many cases, each new one made of those that reached something new.
 * What happens follows from the options alone.
 */
#ifndef SIM_FAULTS_FUZZ_CAMPAIGN_H
#define SIM_FAULTS_FUZZ_CAMPAIGN_H

#include "sim/faults/fuzz_stage.h"

struct fuzz_finding {
    struct fuzz_case shown; /* as small as it could be made */
    struct fuzz_outcome outcome;
};

#define FUZZ_FINDINGS_MAX 16

struct fuzz_campaign_options {
    uint64_t calls; /* to make at least */
    uint64_t seed;
    /* Told of each finding as it is found, and from time to time how far it is. May be NULL. */
    void (*found)(void *context, const struct fuzz_finding *finding);
    void (*progress)(void *context, uint64_t calls, uint64_t cases);
    void *context;
};

struct fuzz_campaign {
    struct fuzz_stage *stage;
    struct fuzz_ground ground;
    struct fuzz_random random;
    struct fuzz_case *corpus; /* owned: cases that reached something new */
    uint32_t *gain;           /* owned: how much of the kernel's code that was, in halfwords */
    size_t corpus_count, corpus_capacity;
    uint64_t calls, cases;
    struct fuzz_finding finding[FUZZ_FINDINGS_MAX];
    size_t finding_count;
};

/* Asks which drivers there are. */
bool fuzz_campaign_open(struct fuzz_campaign *campaign, struct fuzz_stage *stage,
                        const struct board *board, struct sim_error *error);
void fuzz_campaign_close(struct fuzz_campaign *campaign);

/* Plays a case that is given, and keeps it if it reaches something new. */
bool fuzz_campaign_add(struct fuzz_campaign *campaign, const struct fuzz_case *given,
                       const struct fuzz_campaign_options *options, struct sim_error *error);
/* Until the calls are made, or FUZZ_FINDINGS_MAX different findings found. */
bool fuzz_campaign_run(struct fuzz_campaign *campaign, const struct fuzz_campaign_options *options,
                       struct sim_error *error);

#endif
