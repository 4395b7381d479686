#include "sim/ui/window_input.h"

#include <stdio.h>

#include <SDL.h>

static unsigned modifiers_of(unsigned state)
{
    unsigned modifiers = 0;
    modifiers |= (state & KMOD_SHIFT) != 0 ? (unsigned)UI_SHIFT : 0U;
    modifiers |= (state & (KMOD_CTRL | KMOD_GUI)) != 0 ? (unsigned)UI_CTRL : 0U;
    modifiers |= (state & KMOD_LALT) != 0 ? (unsigned)UI_ALT : 0U;
    return modifiers;
}

/* AltGr, which some systems call Ctrl and Alt: it makes characters. */
static bool makes_characters(unsigned state)
{
    return (state & (KMOD_MODE | KMOD_RALT)) != 0;
}

static int named_key(SDL_Keycode code)
{
    static const struct {
        SDL_Keycode code;
        int key;
    } names[] = {
        {SDLK_RETURN, UI_KEY_ENTER},   {SDLK_KP_ENTER, UI_KEY_ENTER},
        {SDLK_ESCAPE, UI_KEY_ESCAPE},  {SDLK_BACKSPACE, UI_KEY_BACKSPACE},
        {SDLK_TAB, UI_KEY_TAB},        {SDLK_DELETE, UI_KEY_DELETE},
        {SDLK_LEFT, UI_KEY_LEFT},      {SDLK_RIGHT, UI_KEY_RIGHT},
        {SDLK_UP, UI_KEY_UP_ARROW},    {SDLK_DOWN, UI_KEY_DOWN_ARROW},
        {SDLK_HOME, UI_KEY_HOME},      {SDLK_END, UI_KEY_END},
        {SDLK_PAGEUP, UI_KEY_PAGE_UP}, {SDLK_PAGEDOWN, UI_KEY_PAGE_DOWN},
        {SDLK_KP_PLUS, '+'},           {SDLK_KP_MINUS, '-'},
        {SDLK_KP_MULTIPLY, '*'},       {SDLK_KP_DIVIDE, '/'},
        {SDLK_KP_PERIOD, '.'},         {SDLK_KP_0, '0'},
    };
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
        if (names[i].code == code) {
            return names[i].key;
        }
    }
    if (code >= SDLK_F1 && code <= SDLK_F12) {
        return UI_KEY_F1 + (int)(code - SDLK_F1);
    }
    if (code >= SDLK_KP_1 && code <= SDLK_KP_9) {
        return '1' + (int)(code - SDLK_KP_1);
    }
    return code >= ' ' && code < 127 ? (int)code : 0;
}

static bool translate_key(const SDL_KeyboardEvent *key, struct ui_event *result)
{
    result->kind = key->type == SDL_KEYDOWN ? UI_KEY_DOWN : UI_KEY_UP;
    result->modifiers = modifiers_of(key->keysym.mod);
    result->repeated = key->repeat != 0;
    result->key = named_key(key->keysym.sym);
    /* With Alt the digits are where they are printed on most keyboards, whatever the row gives
     * without Shift (French ones give letters). */
    SDL_Scancode place = key->keysym.scancode;
    bool digit = place >= SDL_SCANCODE_1 && place <= SDL_SCANCODE_9;
    if ((result->modifiers & UI_ALT) != 0 && digit) {
        result->key = '1' + (int)(place - SDL_SCANCODE_1);
    }
    return result->key != 0;
}

static bool translate_text(const SDL_TextInputEvent *text, struct ui_event *result)
{
    unsigned state = (unsigned)SDL_GetModState();
    if (modifiers_of(state) >= UI_CTRL && !makes_characters(state)) {
        return false; /* Alt+1 is a command, no "1" */
    }
    result->kind = UI_TEXT;
    snprintf(result->text, sizeof result->text, "%s", text->text);
    return result->text[0] != 0;
}

bool window_input_translate(const union SDL_Event *event, float points, struct ui_event *result)
{
    *result = (struct ui_event){.modifiers = modifiers_of((unsigned)SDL_GetModState())};
    switch (event->type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        result->kind = event->type == SDL_MOUSEBUTTONDOWN ? UI_MOUSE_DOWN : UI_MOUSE_UP;
        result->x = (float)event->button.x * points;
        result->y = (float)event->button.y * points;
        result->button = event->button.button;
        result->clicks = event->button.clicks;
        return event->button.button <= SDL_BUTTON_RIGHT;
    case SDL_MOUSEMOTION:
        result->kind = UI_MOUSE_MOVE;
        result->x = (float)event->motion.x * points;
        result->y = (float)event->motion.y * points;
        return true;
    case SDL_MOUSEWHEEL:
        result->kind = UI_WHEEL;
        result->x = (float)event->wheel.mouseX * points;
        result->y = (float)event->wheel.mouseY * points;
        result->delta_x = event->wheel.preciseX;
        result->delta_y = event->wheel.preciseY;
        return true;
    case SDL_KEYDOWN:
    case SDL_KEYUP:
        return translate_key(&event->key, result);
    case SDL_TEXTINPUT:
        return translate_text(&event->text, result);
    default:
        return false;
    }
}
