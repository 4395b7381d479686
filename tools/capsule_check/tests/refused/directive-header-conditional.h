#ifndef DIRECTIVE_HEADER_CONDITIONAL_H
#define DIRECTIVE_HEADER_CONDITIONAL_H

#ifdef EVIL_HERE // REFUSED
static inline int directive_get(void)
{
    return 1;
}
#endif // REFUSED

#endif
