/* Who is behind a pointer: small sources with each way of storing, handing on and calling one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tools/capsule_check/pointers.h"

enum {
    PATH_BYTES = 64,
    NAMES_BYTES = 256,
};

/* What all of them begin with, in one line: line 1. */
#define TYPES                                                                                      \
    "struct ops { void (*go)(void *); int (*get)(int); }; struct client { const struct ops *ops; " \
    "void *self; }; struct table { int n; struct ops rows[2]; void (*all[3])(void *); }; "         \
    "void guard(void (*function)(void), ...); void a(void *x); void b(void *x); void c(void *x); " \
    "int one(int x); int two(int x); extern int which;\n"

static void add_name(const struct pointers_function *function, void *context)
{
    char *names = context;
    strcat(names, function->name);
    strcat(names, " ");
}

static int compare_letters(const void *left, const void *right)
{
    return *(const char *)left - *(const char *)right;
}

struct parsed {
    struct pointers pointers;
    struct findings findings;
    char path[PATH_BYTES];
};

static void parse(struct parsed *parsed, const char *text)
{
    static const char *const options[] = {"--target=arm-none-eabi", "-std=c11", "-ffreestanding"};
    *parsed = (struct parsed){.path = "/tmp/test_pointers_XXXXXX.c"};
    int descriptor = mkstemps(parsed->path, 2);
    assert_true(descriptor >= 0);
    FILE *file = fdopen(descriptor, "w");
    assert_non_null(file);
    (void)fputs(TYPES, file);
    (void)fputs(text, file);
    (void)fclose(file);
    pointers_read(&parsed->pointers, parsed->path, options, sizeof options / sizeof options[0], "",
                  0, &parsed->findings);
    (void)unlink(parsed->path);
}

static void end(struct parsed *parsed)
{
    pointers_free(&parsed->pointers);
    findings_free(&parsed->findings);
}

/* The last line of `text` calls; `wanted` are letters of a, b, c, or "?" when nobody knows. */
static void expect(const char *text, const char *callee, const char *wanted)
{
    struct parsed parsed;
    char names[NAMES_BYTES] = "";
    parse(&parsed, text);
    unsigned line = 1;
    for (const char *at = text; (at = strchr(at, '\n')) != NULL; at++) {
        line++;
    }
    bool known = pointers_behind(&parsed.pointers, parsed.path, line, 0, callee, add_name, names);
    char found[NAMES_BYTES] = "";
    size_t count = 0;
    for (char *c = names; *c != '\0'; c++) {
        if (*c != ' ') {
            found[count++] = *c;
        }
    }
    qsort(found, count, 1, compare_letters);
    if (strcmp(known ? found : "?", wanted) != 0 || parsed.findings.count > 0) {
        print_message("%s: '%s', not '%s', %zu findings\n", text, known ? found : "?", wanted,
                      parsed.findings.count);
    }
    assert_string_equal(known ? found : "?", wanted);
    assert_int_equal(parsed.findings.count, 0);
    end(&parsed);
}

#define CALL "void f(const struct ops *o) {\no->go(0); }\n"

static void fields_hold_what_is_put_there(void **state)
{
    (void)state;
    expect("const struct ops o = {a, one};\n" CALL, NULL, "a");
    expect("const struct ops o = {.get = one, .go = b};\n" CALL, NULL, "b");
    expect("void s(struct ops *o) { o->go = a; (*o).go = &c; }\n" CALL, NULL, "ac");
    expect("void s(struct ops *o) { *o = (struct ops){.go = (void (*)(void *))b}; }\n" CALL, NULL,
           "b");
    expect("void s(struct ops *o) { o->go = which ? a : b; }\n" CALL, NULL, "ab");
    expect("struct table t = {.rows = {{a, one}, {.go = c}}};\n" CALL, NULL, "ac");
    expect("struct table t = {.rows[1].go = b};\n" CALL, NULL, "b");
    expect("struct table t = {.rows = {[1] = {b, two}}};\n" CALL, NULL, "b");
    /* Of another field of the same type of function, nothing. */
    expect("struct table t = {.all = {a, b}};\n" CALL, NULL, "");
    /* Compared is not stored. */
    expect("int s(struct ops *o) { return o->go == a || o->go != 0; }\n" CALL, NULL, "");
    expect("struct ops o; void s(const struct ops *p) { o = *p; o.go = c; }\n" CALL, NULL, "c");
}

static void arrays_parameters_and_variables_do_too(void **state)
{
    (void)state;
    expect("struct table t = {.all = {a, b}};\nvoid f(int i) {\nt.all[i](0); }\n", NULL, "ab");
    expect("static void (*const all[])(void *) = {c, [2] = a};\nvoid f(int i) {\nall[i](0); }\n",
           NULL, "ac");
    expect("void g(void (*p)(void *)) {\np(0); }\n", NULL, "");
    expect("void g(void (*p)(void *)); void h(void) { g(b); g(c); }\n"
           "void g(void (*p)(void *)) {\n(*p)(0); }\n",
           NULL, "bc");
    expect(
        "void h(struct ops *o) { void (*p)(void *) = a; if (which) { p = b; } o->go = p; }\n" CALL,
        NULL, "ab");
    expect("static void g(int n, void (*p)(void *)) { struct ops o = {p, one}; (void)o; }\n"
           "void h(void) { g(1, c); }\n" CALL,
           NULL, "c");
    expect("void h(const struct ops *from, struct table *to) { to->all[1] = from->go; }\n"
           "const struct ops o = {a, one};\n"
           "void f(struct table *t) {\nt->all[0](0); }\n",
           NULL, "a");
}

static void assembly_is_handed_what_it_calls(void **state)
{
    (void)state;
    expect("const struct ops o = {a, one};\nvoid f(const struct client *q) {\n"
           "guard((void (*)(void))(q->ops->go), q->self); }\n",
           "guard", "a");
    expect("void f(void) {\nguard((void (*)(void))b); }\n", "guard", "b");
    /* As a call through a pointer nobody asks for that place. */
    expect("void f(void) {\nguard((void (*)(void))b); }\n", NULL, "?");
}

static void what_cannot_be_followed_is_said(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "void (*f(void))(void *) { return a; }\n",
        "struct deep { void (**p)(void *); }; void f(struct deep *d) { *d->p = a; d->p[0] = b; }\n",
        "void f(struct ops *o, void (*g)(void (*)(void *))) { (void)o; g(a); }\n",
        "void f(void) { int x = ; }\n",
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct parsed parsed;
        parse(&parsed, texts[i]);
        if (parsed.findings.count == 0) {
            print_message("accepted: %s", texts[i]);
        }
        assert_true(parsed.findings.count > 0);
        end(&parsed);
    }
}

static void an_address_as_a_number_escapes(void **state)
{
    (void)state;
    struct parsed parsed;
    parse(&parsed, "unsigned long f(void) { (void)b; return (unsigned long)a; }\n");
    assert_int_equal(parsed.findings.count, 0);
    assert_int_equal(parsed.pointers.escaped_count, 1);
    assert_string_equal(parsed.pointers.escaped[0].name, "a");
    end(&parsed);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_hold_what_is_put_there),
        cmocka_unit_test(arrays_parameters_and_variables_do_too),
        cmocka_unit_test(assembly_is_handed_what_it_calls),
        cmocka_unit_test(what_cannot_be_followed_is_said),
        cmocka_unit_test(an_address_as_a_number_escapes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
