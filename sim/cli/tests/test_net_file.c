/* Files that describe several machines: what they mean, and what is wrong with them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

#include "sim/cli/net_file.h"
#include "sim/loader/tests/mutate.h"

static char folder[] = "/tmp/test_net_file_XXXXXX";
static char path[64];

static int setup(void **state)
{
    (void)state;
    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/a.net", folder);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    unlink(path);
    return rmdir(folder);
}

static bool read_text(const char *text, struct net_file *net, struct sim_error *error)
{
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fputs(text, file);
    fclose(file);
    *error = (struct sim_error){.status = SIM_OK};
    return net_file_read(path, net, error);
}

static void nodes_and_air(void **state)
{
    struct net_file net;
    struct sim_error error;
    char expected[80];
    (void)state;
    assert_true(read_text("# two\n\nair exponent=2.7 loss=5\r\n"
                          "node a board=nrf52840dk at=1,-2.5,0.125 seed=0x10 k.elf /b/c.tbf # end\n"
                          "node b x.elf board=boards/mine.dts\n",
                          &net, &error));
    assert_int_equal(net.count, 2);
    assert_int_equal(net.air.exponent_tenths, 27);
    assert_int_equal(net.air.loss_percent, 5);
    assert_string_equal(net.nodes[0].name, "a");
    assert_string_equal(net.nodes[0].board, "nrf52840dk");
    assert_int_equal(net.nodes[0].position_mm[0], 1000);
    assert_int_equal(net.nodes[0].position_mm[1], -2500);
    assert_int_equal(net.nodes[0].position_mm[2], 125);
    assert_true(net.nodes[0].has_seed);
    assert_int_equal(net.nodes[0].seed, 16);
    assert_int_equal(net.nodes[0].file_count, 2);
    snprintf(expected, sizeof expected, "%s/k.elf", folder);
    assert_string_equal(net.nodes[0].files[0], expected);
    assert_string_equal(net.nodes[0].files[1], "/b/c.tbf");
    snprintf(expected, sizeof expected, "%s/boards/mine.dts", folder);
    assert_string_equal(net.nodes[1].board, expected);
    assert_false(net.nodes[1].has_seed);
    net_file_free(&net);
    assert_true(read_text("node only x.elf", &net, &error)); /* no newline */
    assert_int_equal(net.air.exponent_tenths, 20);
    assert_null(net.nodes[0].board);
    net_file_free(&net);
}

static void mistakes_are_named(void **state)
{
    static const struct {
        const char *text, *message;
    } table[] = {
        {"", "no node"},
        {"node\n", "line 1: 'node'"},
        {"node a.b x.elf\n", "'a.b'"},
        {"node a\n", "no file"},
        {"node a x.elf\nnode a y.elf\n", "line 2: 'a'"},
        {"node a at=1,2,3,4 x.elf\n", "'at=1,2,3,4'"},
        {"node a at=1,2,x x.elf\n", "at=X,Y,Z"},
        {"node a at=1,2,3.0001 x.elf\n", "at=X,Y,Z"},
        {"node a at=99999999999999999999,0,0 x.elf\n", "at=X,Y,Z"},
        {"node a at=,0,0 x.elf\n", "at=X,Y,Z"},
        {"node a seed=x x.elf\n", "seed"},
        {"node a seed= x.elf\n", "seed"},
        {"node a speed=1 x.elf\n", "'speed=1'"},
        {"air loss=-1\n", "'loss=-1'"},
        {"air loss=5.5\n", "'loss=5.5'"},
        {"air exponent=10.1\n", "'exponent=10.1'"},
        {"air exponent=\n", "'exponent='"},
        {"air wind=1\n", "'wind=1'"},
        {"nodes a x.elf\n", "'nodes'"},
    };
    struct net_file net;
    struct sim_error error;
    (void)state;
    for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
        assert_false(read_text(table[i].text, &net, &error));
        assert_int_equal(error.status, SIM_WRONG_USE);
        if (strstr(error.text, table[i].message) == NULL || strstr(error.text, path) == NULL) {
            fail_msg("%s: %s", table[i].text, error.text);
        }
        net_file_free(&net);
    }
}

static void too_much(void **state)
{
    struct net_file net;
    struct sim_error error;
    char text[8192] = "";
    (void)state;
    for (int i = 0; i < 17; i++) {
        snprintf(text + strlen(text), sizeof text - strlen(text), "node n%d x.elf\n", i);
    }
    assert_false(read_text(text, &net, &error));
    assert_non_null(strstr(error.text, "line 17"));
    net_file_free(&net);
    strcpy(text, "node a");
    for (int i = 0; i < 18; i++) {
        strcat(text, " x.elf");
    }
    assert_false(read_text(text, &net, &error));
    assert_non_null(strstr(error.text, "too many files"));
    net_file_free(&net);
    memset(text, 'x', 5000);
    text[5000] = '\0';
    assert_false(read_text(text, &net, &error));
    assert_non_null(strstr(error.text, "too long"));
    net_file_free(&net);
    *(error.text) = '\0';
    error.status = SIM_OK;
    assert_false(net_file_read("/nowhere/at.all", &net, &error));
    assert_non_null(strstr(error.text, "/nowhere/at.all"));
    net_file_free(&net);
}

/* Whatever is in the file: an answer, and nothing else (the sanitizers look). */
static void damaged_files(void **state)
{
    static const char good[] = "air exponent=2.7 loss=5\n"
                               "node a board=nrf52840dk at=1,-2.5,0.125 seed=0x10 k.elf c.tbf # x\n"
                               "node b x.elf board=boards/mine.dts\n";
    (void)state;
    for (uint32_t seed = 1; seed <= 1000; seed++) {
        size_t size = 0;
        uint8_t *damaged = mutate_copy((const uint8_t *)good, sizeof good - 1, seed, &size);
        struct net_file net;
        struct sim_error error = {.status = SIM_OK};
        FILE *file = fopen(path, "w");
        assert_non_null(file);
        fwrite(damaged, 1, size, file);
        fclose(file);
        bool read = net_file_read(path, &net, &error);
        assert_int_equal(error.status, read ? SIM_OK : SIM_WRONG_USE);
        net_file_free(&net);
        free(damaged);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nodes_and_air),
        cmocka_unit_test(mistakes_are_named),
        cmocka_unit_test(too_much),
        cmocka_unit_test(damaged_files),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
