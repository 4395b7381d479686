// The same behind a comment.
/* nothing */ # /* here */ line 1 "kernel/hil/slice.h" // REFUSED
