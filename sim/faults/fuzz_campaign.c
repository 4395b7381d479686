#include "sim/faults/fuzz_campaign.h"

#include <stdlib.h>
#include <string.h>

#define CORPUS_MAX     8192U
#define FRESH_PERCENT  12U
#define NEWEST_PERCENT 35U
#define NEWEST         24U
#define PROGRESS_CASES 1000U
#define SHRINK_PLAYS   600U

bool fuzz_campaign_open(struct fuzz_campaign *campaign, struct fuzz_stage *stage,
                        const struct board *board, struct sim_error *error)
{
    *campaign = (struct fuzz_campaign){.stage = stage, .ground.board = board};
    return fuzz_stage_find_drivers(stage, &campaign->ground, error);
}

void fuzz_campaign_close(struct fuzz_campaign *campaign)
{
    free(campaign->corpus);
    free(campaign->gain);
    campaign->corpus = NULL;
    campaign->gain = NULL;
}

/* ---- the corpus ---- */

static bool grow(struct fuzz_campaign *campaign, struct sim_error *error)
{
    size_t capacity = campaign->corpus_capacity == 0 ? 64 : 2 * campaign->corpus_capacity;
    struct fuzz_case *corpus = realloc(campaign->corpus, capacity * sizeof *corpus);
    if (corpus == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for the corpus");
    }
    campaign->corpus = corpus;
    uint32_t *gain = realloc(campaign->gain, capacity * sizeof *gain);
    if (gain == NULL) {
        return sim_fail(error, SIM_INTERNAL, "no memory for the corpus");
    }
    campaign->gain = gain;
    campaign->corpus_capacity = capacity;
    return true;
}

static bool keep(struct fuzz_campaign *campaign, const struct fuzz_case *kept, uint32_t gain,
                 struct sim_error *error)
{
    if (campaign->corpus_count == CORPUS_MAX) {
        return true;
    }
    if (campaign->corpus_count == campaign->corpus_capacity && !grow(campaign, error)) {
        return false;
    }
    campaign->corpus[campaign->corpus_count] = *kept;
    campaign->gain[campaign->corpus_count] = gain;
    campaign->corpus_count++;
    return true;
}

/* One of the newest as often as not: what they reached is the least explored. */
static const struct fuzz_case *pick(struct fuzz_campaign *campaign)
{
    uint32_t count = (uint32_t)campaign->corpus_count;
    uint32_t newest = count < NEWEST ? count : NEWEST;
    bool new_one = fuzz_random_below(&campaign->random, 100) < NEWEST_PERCENT;
    return &campaign->corpus[new_one ? count - 1 - fuzz_random_below(&campaign->random, newest)
                                     : fuzz_random_below(&campaign->random, count)];
}

/* ---- findings ---- */

static bool is_same(const struct fuzz_outcome *a, const struct fuzz_outcome *b)
{
    return a->verdict == b->verdict &&
           (a->verdict != FUZZ_BREACH ||
            (a->breach.kind == b->breach.kind && (a->breach.kind != OWNERSHIP_BREACH_REGISTERS ||
                                                  a->breach.address == b->breach.address)));
}

static bool is_known(const struct fuzz_campaign *campaign, const struct fuzz_outcome *outcome)
{
    for (size_t i = 0; i < campaign->finding_count; i++) {
        if (is_same(&campaign->finding[i].outcome, outcome)) {
            return true;
        }
    }
    return false;
}

struct shrinking {
    struct fuzz_campaign *campaign;
    struct fuzz_finding *finding;
    uint32_t plays;
    struct sim_error *error;
};

/* Takes the smaller case if it shows the same. */
static bool try_smaller(struct shrinking *shrinking, const struct fuzz_case *smaller)
{
    struct fuzz_outcome outcome;
    if (shrinking->plays == SHRINK_PLAYS ||
        !fuzz_stage_play(shrinking->campaign->stage, smaller, &outcome, shrinking->error)) {
        return false;
    }
    shrinking->plays++;
    shrinking->campaign->calls += outcome.calls;
    if (!is_same(&outcome, &shrinking->finding->outcome)) {
        return false;
    }
    shrinking->finding->shown = *smaller;
    shrinking->finding->outcome = outcome;
    return true;
}

static void cut_steps(struct fuzz_script *script, uint32_t at, uint32_t length)
{
    memmove(&script->step[at], &script->step[at + length],
            (script->count - at - length) * sizeof script->step[0]);
    script->count -= length;
}

/* Runs of steps, long ones first. True: something went. */
static bool shrink_script(struct shrinking *shrinking, int app)
{
    bool smaller = false;
    struct fuzz_case tried = shrinking->finding->shown;
    if (tried.app[app].rounds > 1) {
        tried.app[app].rounds = 1;
        smaller = try_smaller(shrinking, &tried);
    }
    for (uint32_t length = FUZZ_STEPS_MAX; length > 0; length /= 2) {
        uint32_t at = 0;
        while (at + length <= shrinking->finding->shown.app[app].count) {
            tried = shrinking->finding->shown;
            cut_steps(&tried.app[app], at, length);
            if (try_smaller(shrinking, &tried)) {
                smaller = true;
            } else {
                at += length;
            }
        }
    }
    for (uint32_t at = 0; at < shrinking->finding->shown.app[app].count; at++) {
        tried = shrinking->finding->shown;
        if (tried.app[app].step[at].turns > 1) {
            tried.app[app].step[at].turns = 1;
            smaller |= try_smaller(shrinking, &tried);
        }
    }
    return smaller;
}

static bool shrink_inputs(struct shrinking *shrinking)
{
    bool smaller = false;
    uint32_t at = 0;
    while (at < shrinking->finding->shown.input_count) {
        struct fuzz_case tried = shrinking->finding->shown;
        tried.input_count--;
        tried.input[at] = tried.input[tried.input_count];
        if (try_smaller(shrinking, &tried)) {
            smaller = true;
        } else {
            at++;
        }
    }
    return smaller;
}

static void shrink(struct fuzz_campaign *campaign, struct fuzz_finding *finding,
                   struct sim_error *error)
{
    struct shrinking shrinking = {.campaign = campaign, .finding = finding, .error = error};
    bool smaller = true;
    while (smaller && shrinking.plays < SHRINK_PLAYS) {
        smaller = shrink_inputs(&shrinking);
        for (int app = 0; app < FUZZ_APPS; app++) {
            smaller |= shrink_script(&shrinking, app);
        }
    }
}

/* ---- cases ---- */

static bool judge(struct fuzz_campaign *campaign, const struct fuzz_case *played,
                  const struct fuzz_outcome *outcome, const struct fuzz_campaign_options *options,
                  struct sim_error *error)
{
    if (outcome->verdict != FUZZ_NOTHING) {
        if (is_known(campaign, outcome) || campaign->finding_count == FUZZ_FINDINGS_MAX) {
            return true;
        }
        struct fuzz_finding *finding = &campaign->finding[campaign->finding_count];
        *finding = (struct fuzz_finding){.shown = *played, .outcome = *outcome};
        campaign->finding_count++;
        shrink(campaign, finding, error);
        if (options->found != NULL) {
            options->found(options->context, finding);
        }
        return error->status == SIM_OK;
    }
    return outcome->new_code + outcome->new_answers == 0 ||
           keep(campaign, played, outcome->new_code, error);
}

bool fuzz_campaign_add(struct fuzz_campaign *campaign, const struct fuzz_case *given,
                       const struct fuzz_campaign_options *options, struct sim_error *error)
{
    struct fuzz_outcome outcome;
    if (!fuzz_stage_play(campaign->stage, given, &outcome, error)) {
        return false;
    }
    campaign->calls += outcome.calls;
    campaign->cases++;
    if (campaign->cases % PROGRESS_CASES == 0 && options->progress != NULL) {
        options->progress(options->context, campaign->calls, campaign->cases);
    }
    return judge(campaign, given, &outcome, options, error);
}

bool fuzz_campaign_run(struct fuzz_campaign *campaign, const struct fuzz_campaign_options *options,
                       struct sim_error *error)
{
    campaign->random.state = options->seed;
    while (campaign->calls < options->calls && campaign->finding_count < FUZZ_FINDINGS_MAX) {
        struct fuzz_case next;
        if (campaign->corpus_count == 0 ||
            fuzz_random_below(&campaign->random, 100) < FRESH_PERCENT) {
            fuzz_case_make(&next, &campaign->random, &campaign->ground);
        } else {
            next = *pick(campaign);
            fuzz_case_change(&next, pick(campaign), &campaign->random, &campaign->ground);
        }
        if (!fuzz_campaign_add(campaign, &next, options, error)) {
            return false;
        }
    }
    return true;
}
