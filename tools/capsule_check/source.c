#include "tools/capsule_check/source.h"

#include "tools/capsule_check/rule_groups.h"
#include "tools/capsule_check/shapes.h"

/* On what the parser made of it. */
static source_rule *const groups[] = {
    rule_kinds, rule_types,     rule_declarations, rule_flow,  rule_casts, rule_calls,
    rule_pairs, rule_fields,    rule_escape,       rule_grant, rule_scope, rule_index,
    rule_dma,   rule_recursion, rule_reach,        rule_needs,
};

/* As the target compiler has it: what is parsed is what it compiles. String literals are const, as
 * writing to one is a fault. */
static const char *const parser_options[] = {
    "-x",
    "cpp-output",
    "--target=arm-none-eabi",
    "-mcpu=cortex-m4",
    "-mthumb",
    "-std=c11",
    "-ffreestanding",
    "-fshort-enums",
    "-Wwrite-strings",
    "-Wsystem-headers",
    "-Wmissing-braces",
    "-Wstrict-prototypes",
    "-ferror-limit=0",
};

static void refuse_diagnostic(struct source *source, CXDiagnostic diagnostic)
{
    unsigned line = 0;
    clang_getExpansionLocation(clang_getDiagnosticLocation(diagnostic), NULL, &line, NULL, NULL);
    enum CXDiagnosticSeverity severity = clang_getDiagnosticSeverity(diagnostic);
    bool is_error = severity == CXDiagnostic_Error || severity == CXDiagnostic_Fatal;
    if (!is_error && line > 0 && !text_is_capsule(&source->text, line)) {
        return;
    }
    CXString text = clang_getDiagnosticSpelling(diagnostic);
    const char *spelling = clang_getCString(text);
    text_refuse(&source->text, source->findings, "parse", line, "%s",
                spelling != NULL ? spelling : "");
    clang_disposeString(text);
}

/* False when the parser did not understand all of it: then no rule can be trusted to see all. */
static bool parser_is_content(struct source *source)
{
    size_t before = source->findings->count;
    unsigned count = clang_getNumDiagnostics(source->unit);
    for (unsigned i = 0; i < count; i++) {
        CXDiagnostic diagnostic = clang_getDiagnostic(source->unit, i);
        refuse_diagnostic(source, diagnostic);
        clang_disposeDiagnostic(diagnostic);
    }
    return source->findings->count == before;
}

static enum ast_answer find_depth(struct source *source, const struct ast_node *node, void *context)
{
    bool *too_deep = context;
    if (node->depth == AST_DEPTH_MAX && !*too_deep) {
        *too_deep = true;
        ast_refuse(source, "parse", node->cursor, "an expression or block nested too deeply");
    }
    return *too_deep ? AST_OVER : AST_INTO;
}

static void run_groups(struct source *source)
{
    bool too_deep = false;
    ast_visit_capsule(source, find_depth, &too_deep);
    for (size_t i = 0; !too_deep && i < sizeof groups / sizeof groups[0]; i++) {
        groups[i](source);
    }
}

static void run_rules(struct source *source, void *context)
{
    (void)context;
    run_groups(source);
}

static void parse(struct source *source, const char *path, source_looker *look, void *context)
{
    CXIndex index = clang_createIndex(0, 0);
    enum CXErrorCode error = clang_parseTranslationUnit2(
        index, path, parser_options, (int)(sizeof parser_options / sizeof parser_options[0]), NULL,
        0, CXTranslationUnit_None, &source->unit);
    if (error != CXError_Success || source->unit == NULL) {
        findings_add(source->findings, "parse", path, 0, "the parser gave up on the file");
    } else {
        if (parser_is_content(source)) {
            look(source, context);
        }
        clang_disposeTranslationUnit(source->unit);
    }
    clang_disposeIndex(index);
}

bool source_check(const char *path, const char *root, struct findings *findings)
{
    struct source source = {.findings = findings};
    if (!text_read(&source.text, path, root, findings)) {
        return false;
    }
    size_t before = findings->count;
    shapes_mark(&source.text);
    rule_directives(&source);
    /* While it is in doubt whose text is whose, nothing else is worth saying. */
    if (findings->count == before) {
        rule_words(&source);
        parse(&source, path, run_rules, NULL);
    }
    text_free(&source.text);
    return true;
}

bool source_look(const char *path, const char *root, source_looker *look, void *context,
                 struct findings *findings)
{
    size_t before = findings->count;
    struct source source = {.findings = findings};
    if (!text_read(&source.text, path, root, findings)) {
        return false;
    }
    if (source.text.wrong_marker != 0 || source.text.file_count == 0) {
        findings_add(findings, "line-marker", path, source.text.wrong_marker,
                     "a line marker that the preprocessor would not write");
    } else {
        parse(&source, path, look, context);
    }
    text_free(&source.text);
    return findings->count == before;
}
