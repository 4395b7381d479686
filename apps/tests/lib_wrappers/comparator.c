/* The comparator's wrappers, on the nRF52840-DK. At "rise" and "fall" the voltage of channel 0 goes
 * above and below the other; it is below at first. */
#include "apps/lib/comparator.h"
#include "apps/tests/lib_wrappers/note.h"

static struct note note;

static void ask_for(const char *what)
{
    printf("%s\n", what);
    sleep_and_take_ms(100);
}

int main(void)
{
    check(comparator_count() == 1, "there is one channel");
    check(comparator_compare(0) == 0 && comparator_compare(1) == K_EINVAL &&
              comparator_start(1) == K_EINVAL && comparator_stop(1) == K_EINVAL,
          "and no other");
    check(comparator_subscribe(note_upcall, &note) == K_OK, "comparator_subscribe");
    ask_for("rise");
    check(note.count == 0 && comparator_compare(0) == 1, "nothing is told before it is started");
    ask_for("fall");
    check(comparator_start(0) == K_OK && comparator_compare(0) == 0, "comparator_start");
    ask_for("rise");
    check(is_noted(&note, 1, 0, 0, 0) && comparator_compare(0) == 1, "a rise is an upcall");
    ask_for("fall");
    check(note.count == 1 && comparator_compare(0) == 0, "a fall is none");
    ask_for("rise");
    check(is_noted(&note, 2, 0, 0, 0), "each rise is one");
    ask_for("fall");
    printf("rise\n");
    check(comparator_wait() == 0 && note.count == 2, "one can be waited for, and is no upcall");
    check(comparator_stop(0) == K_OK, "comparator_stop");
    ask_for("fall");
    ask_for("rise");
    check(note.count == 2 && comparator_compare(0) == 1, "then there are no more");
    check(comparator_subscribe(NULL, NULL) == K_OK && comparator_start(0) == K_OK,
          "without an upcall it can be started");
    ask_for("fall");
    ask_for("rise");
    check(note.count == 2, "and nobody is told");
    printf("done\n");
    return 0;
}
