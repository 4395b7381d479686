/* The catalogue: each entry can be made, names are found, absent windows and quirks are those of
 * their chip. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "peripherals/catalogue.h"

static void every_entry_is_found_by_its_name(void **state)
{
    (void)state;
    size_t count;
    const struct catalogue_entry *entries = catalogue_entries(&count);
    assert_true(count > 0);
    for (size_t i = 0; i < count; i++) {
        const struct device_class *c = entries[i].device_class;
        assert_ptr_equal(catalogue_find(entries[i].compatible), c);
        for (size_t k = 0; k < i; k++) {
            assert_string_not_equal(entries[i].compatible, entries[k].compatible);
        }
        assert_non_null(c->name);
        assert_non_null(c->init);
        assert_true(c->state_offset + c->state_bytes <= c->size_bytes);
        assert_true((c->read == NULL) == (c->write == NULL));
        assert_true(c->inputs == NULL || (c->input != NULL && c->inputs[0].name != NULL));
    }
    assert_ptr_equal(catalogue_find("hx,hrs3300"), catalogue_find("tyhx,hrs3300"));
    assert_null(catalogue_find("nordic,nrf-pdm"));
    assert_null(catalogue_find(""));
}

static void check_quantity(const struct device_class *c, const struct device_input_kind *input)
{
    const struct device_quantity *quantity = input->quantity;
    assert_true(quantity->form == DEVICE_QUANTITY_ONCE || c->input_value != NULL);
    assert_non_null(quantity->unit);
    assert_true(strlen(quantity->unit) <= 8);
    assert_true(quantity->decimals <= 3);
    assert_true(quantity->usual_min <= quantity->usual_max);
    assert_true(quantity->usual_min >= input->value_min);
    assert_true(quantity->usual_max <= input->value_max);
}

static void check_input(const struct device_class *c, const struct device_input_kind *input)
{
    if (input->quantity != NULL) {
        check_quantity(c, input);
    }
    assert_true(strlen(input->name) >= 1 && strlen(input->name) <= 19);
    assert_null(strpbrk(input->name, " .=@"));
    assert_true(input->value_min <= input->value_max);
}

static void check_fault(const struct device_class *c, const struct device_fault *fault)
{
    assert_true(strlen(fault->name) >= 1 && strlen(fault->name) <= 19);
    assert_null(strpbrk(fault->name, " .=@"));
    assert_non_null(fault->help);
    assert_null(strchr(fault->help, '\n'));
    assert_true(fault->value_min <= fault->value_max && fault->value_max != 0);
    for (size_t i = 0; c->inputs != NULL && c->inputs[i].name != NULL; i++) {
        assert_string_not_equal(c->inputs[i].name, fault->name);
    }
    for (const struct device_fault *other = c->faults; other != fault; other++) {
        assert_string_not_equal(other->name, fault->name);
    }
}

static void faults_have_names_that_can_be_told_apart(void **state)
{
    (void)state;
    size_t count;
    const struct catalogue_entry *entries = catalogue_entries(&count);
    for (size_t i = 0; i < count; i++) {
        const struct device_class *c = entries[i].device_class;
        assert_true(c->faults == NULL || c->input != NULL);
        for (size_t k = 0; c->inputs != NULL && c->inputs[k].name != NULL; k++) {
            check_input(c, &c->inputs[k]);
        }
        for (size_t k = 0; c->faults != NULL && c->faults[k].name != NULL; k++) {
            check_fault(c, &c->faults[k]);
        }
    }
}

static const struct catalogue_absent *find_absent(const char *chip, uint32_t base)
{
    size_t count;
    const struct catalogue_absent *absent = catalogue_absent_entries(&count);
    for (size_t i = 0; i < count; i++) {
        if (strcmp(absent[i].chip, chip) == 0 && absent[i].base == base) {
            return &absent[i];
        }
    }
    return NULL;
}

static void absent_peripherals_have_names_and_reset_values(void **state)
{
    (void)state;
    const struct catalogue_absent *pdm = find_absent("nrf52832", 0x4001D000);
    assert_non_null(pdm);
    assert_string_equal(pdm->name, "PDM");
    assert_int_equal(pdm->window_bytes, 0x1000);
    assert_int_equal(pdm->registers[0].offset, 0x504); /* PDMCLKCTRL */
    assert_int_equal(pdm->registers[0].reset_value, 0x08400000);
    assert_non_null(find_absent("nrf52840", 0x5002A000)); /* CRYPTOCELL */
    assert_null(find_absent("nrf52832", 0x5002A000));
    assert_null(find_absent("nrf52832", 0x4000D000)); /* RNG is modelled */
}

static void absent_windows_do_not_overlap(void **state)
{
    (void)state;
    size_t count;
    const struct catalogue_absent *absent = catalogue_absent_entries(&count);
    for (size_t i = 0; i < count; i++) {
        for (size_t k = 0; k < i; k++) {
            assert_false(absent[i].base == absent[k].base &&
                         strcmp(absent[i].chip, absent[k].chip) == 0);
        }
        for (size_t k = 0; k < absent[i].register_count; k++) {
            assert_true(absent[i].registers[k].offset < absent[i].window_bytes);
            assert_int_not_equal(absent[i].registers[k].reset_value, 0);
        }
    }
}

static void quirks_tell_the_chip_apart(void **state)
{
    (void)state;
    uint32_t value = 0;
    catalogue_quirk *nrf52832 = catalogue_find_quirk("nrf52832");
    catalogue_quirk *nrf52840 = catalogue_find_quirk("nrf52840");
    assert_null(catalogue_find_quirk("nrf51822"));
    assert_true(nrf52832(0xF0000FE0, &value));
    assert_int_equal(value, 6);
    assert_true(nrf52832(0xF0000FE8, &value));
    assert_int_equal(value, 0x60);
    assert_true(nrf52832(0xF0000FE4, &value));
    assert_int_equal(value, 0);
    assert_true(nrf52840(0xF0000FE0, &value));
    assert_int_equal(value, 8);
    assert_true(nrf52840(0x4007C075, &value)); /* any byte of the word */
    assert_false(nrf52832(0xF0000FDC, &value));
    assert_false(nrf52832(0x4007C078, &value));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_found_by_its_name),
        cmocka_unit_test(faults_have_names_that_can_be_told_apart),
        cmocka_unit_test(absent_peripherals_have_names_and_reset_values),
        cmocka_unit_test(absent_windows_do_not_overlap),
        cmocka_unit_test(quirks_tell_the_chip_apart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
