#include "tools/capsule_check/manifest.h"

#include <stdio.h>
#include <string.h>

void manifest_read(const struct text *text, struct manifest *manifest)
{
    static const char suffix[] = "_manifest";
    *manifest = (struct manifest){.first = 0};
    for (size_t i = 0; i < text->token_count; i++) {
        const struct text_token *token = &text->tokens[i];
        size_t behind = sizeof suffix - 1;
        if (token->shape != TEXT_SHAPE_CAPSULE || token->kind != LEXER_WORD ||
            token->length <= behind || token->length - behind >= MANIFEST_NAME_BYTES ||
            memcmp(token->bytes + token->length - behind, suffix, behind) != 0 ||
            text_token_is(token, "capsule_manifest")) {
            continue;
        }
        (void)snprintf(manifest->name, sizeof manifest->name, "%.*s", (int)(token->length - behind),
                       token->bytes);
        manifest->first = i;
        manifest->end = i;
        while (manifest->end < text->token_count &&
               !text_token_is(&text->tokens[manifest->end], ";")) {
            manifest->end++;
        }
        return;
    }
}

const char *manifest_stem(const struct text *text, char *buffer, size_t room)
{
    const char *name = text->file_count > 0 ? text->files[0]->name : "";
    const char *slash = strrchr(name, '/');
    const char *base = slash != NULL ? slash + 1 : name;
    (void)snprintf(buffer, room, "%.*s", (int)strcspn(base, "."), base);
    return buffer;
}

static bool begins_with(const char *name, const char *start, size_t length)
{
    return length > 0 && strncmp(name, start, length) == 0 &&
           (name[length] == '\0' || name[length] == '_');
}

bool manifest_is_own_name(const struct source *source, const char *name)
{
    struct manifest manifest;
    char stem[MANIFEST_NAME_BYTES];
    manifest_read(&source->text, &manifest);
    (void)manifest_stem(&source->text, stem, sizeof stem);
    return begins_with(name, manifest.name, strlen(manifest.name)) ||
           begins_with(name, stem, strcspn(stem, "-"));
}
