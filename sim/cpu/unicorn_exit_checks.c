#include <stdbool.h>
#include <dlfcn.h>
#include "sim/cpu/unicorn_exit_checks.h"

static _Thread_local bool dropped;

bool unicorn_exit_checks_drop(bool drop)
{
    bool before = dropped;
    dropped = drop;
    return before;
}
extern void helper_check_exit_request_arm(void*, unsigned);
static void(*real)(void*,void*,void*,int,void**);
static void(*realc)(void*);
__attribute__((visibility("default"))) void check_exit_request_arm(void*c);
__attribute__((visibility("default"))) void check_exit_request_arm(void*c){ if(dropped) return; if(!realc) *(void**)&realc=dlsym(RTLD_NEXT,"check_exit_request_arm"); realc(c);}
#ifdef LEVEL2
__attribute__((visibility("default"))) void tcg_gen_callN_arm(void*s,void*f,void*r,int n,void**a);
__attribute__((visibility("default"))) void tcg_gen_callN_arm(void*s,void*f,void*r,int n,void**a){ if(dropped && f==(void*)helper_check_exit_request_arm) return; if(!real) *(void**)&real=dlsym(RTLD_NEXT,"tcg_gen_callN_arm"); real(s,f,r,n,a);}
#endif
