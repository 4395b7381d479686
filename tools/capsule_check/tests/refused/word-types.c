// Types that the rules do not know.
static float half;            // REFUSED
static double whole;          // REFUSED
static _Complex int pair;     // REFUSED
static _Atomic int counter;   // REFUSED
static _Thread_local int own; // REFUSED
