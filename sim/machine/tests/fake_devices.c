#include "sim/machine/tests/fake_devices.h"

#include <libfdt.h>
#include <string.h>

static const char *init(void *self, const struct device_env *env)
{
    struct fake_device *device = self;
    device->env = *env;
    uint32_t broken = 0;
    return env->props.u32(env->props.node, "broken", 0, &broken) ? "it is broken" : NULL;
}

static void reset(void *self, uint32_t reasons)
{
    struct fake_device *device = self;
    device->resets++;
    device->reset_reasons = reasons;
}

static void update(void *self)
{
    struct fake_device *device = self;
    device->updates++;
}

static enum bus_result read(void *self, struct bus_access access, uint32_t *value)
{
    struct fake_device *device = self;
    *value = access.offset == FAKE_NOW ? (uint32_t)clock_now(device->env.clock) : device->value;
    return BUS_OK;
}

static enum bus_result write(void *self, struct bus_access access, uint32_t value)
{
    struct fake_device *device = self;
    device->seen_asleep = device->seen_asleep || device->asleep;
    static const char word[] = "DMA!";
    device->writes++;
    switch (access.offset) {
    case FAKE_RESET:
        device->env.chip.request_reset(device->env.chip.context, RESET_DOG);
        break;
    case FAKE_OFF:
        device->env.chip.request_system_off(device->env.chip.context);
        break;
    case FAKE_RAISE:
        event_port_raise(&device->env.events, 0x100);
        break;
    case FAKE_DMA:
        device->dma_result = device->env.dma.write(device->env.dma.context, value, word, 4);
        break;
    case FAKE_SEND:
        byte_sink_put(&device->env.tx, (uint8_t)value);
        break;
    default:
        device->value = value;
    }
    return BUS_OK;
}

static uint32_t peek(const void *self, uint32_t offset)
{
    const struct fake_device *device = self;
    return offset == FAKE_VALUE ? device->value : 0;
}

static bool input(void *self, const struct device_input *given)
{
    struct fake_device *device = self;
    if (strcmp(given->what, "sleep") == 0) {
        device->sleeps += given->value != 0 ? 1 : 0;
        device->asleep = given->value != 0;
        return true;
    }
    device->inputs++;
    device->input_cycle = clock_now(device->env.clock);
    device->input_value = given->value;
    if (strcmp(given->what, "wake") == 0) {
        device->env.chip.detect(device->env.chip.context);
    }
    return strcmp(given->what, "unknown") != 0;
}

static void event_raised(void *self, uint32_t event_address)
{
    struct fake_device *device = self;
    device->events++;
    device->last_event = event_address;
    task_port_trigger(&device->env.tasks, 0x40000000 + FAKE_VALUE);
}

static enum bus_result memory_write(void *self, uint32_t address, uint8_t size_bytes,
                                    uint32_t value)
{
    struct fake_device *device = self;
    (void)size_bytes;
    device->nvm_address = address;
    device->nvm_value = value;
    return BUS_OK;
}

#define FAKE_CLASS                                                                                 \
    .size_bytes = sizeof(struct fake_device), .init = init, .reset = reset, .update = update,      \
    .input = input

static const struct device_class register_class = {FAKE_CLASS, .name = "fake-register",
                                                   .read = read, .write = write, .peek = peek};
static const struct device_class ppi_class = {FAKE_CLASS, .name = "fake-ppi", .read = read,
                                              .write = write, .event_raised = event_raised};
static const struct device_class flash_class = {FAKE_CLASS, .name = "fake-flash", .read = read,
                                                .write = write, .memory_write = memory_write};
static const struct device_class part_class = {FAKE_CLASS, .name = "fake-part"};

const struct device_class *fake_find_class(const char *compatible)
{
    static const struct {
        const char *compatible;
        const struct device_class *device_class;
    } classes[] = {{"test,register", &register_class},
                   {"test,ppi", &ppi_class},
                   {"test,flash", &flash_class},
                   {"test,part", &part_class},
                   {"gpio-leds", &part_class}};
    for (size_t i = 0; i < sizeof classes / sizeof classes[0]; i++) {
        if (strcmp(classes[i].compatible, compatible) == 0) {
            return classes[i].device_class;
        }
    }
    return NULL;
}

/* libfdt's own macro for this converts a size silently. */
static void add_string(void *blob, const char *name, const char *text)
{
    fdt_property(blob, name, text, (int)strlen(text) + 1);
}

static void add_cells(void *blob, const char *name, const uint32_t *cells, int count)
{
    fdt32_t big[8];
    for (int i = 0; i < count; i++) {
        big[i] = cpu_to_fdt32(cells[i]);
    }
    fdt_property(blob, name, big, count * 4);
}

static void add_chip_node(void *blob, const char *name, const char *compatible, uint32_t base)
{
    const uint32_t reg[] = {base, 0x1000};
    const uint32_t interrupt[] = {base >> 12 & 0xFF, 1};
    fdt_begin_node(blob, name);
    add_string(blob, "compatible", compatible);
    add_cells(blob, "reg", reg, 2);
    add_cells(blob, "interrupts", interrupt, 2);
    fdt_end_node(blob);
}

static void add_memory(void *blob, const char *name, const char *compatible, uint32_t base,
                       uint32_t size)
{
    const uint32_t reg[] = {base, size};
    fdt_begin_node(blob, name);
    add_string(blob, "compatible", compatible);
    add_cells(blob, "reg", reg, 2);
    fdt_end_node(blob);
}

static void add_soc(void *blob)
{
    const uint32_t phandle = 1;
    fdt_begin_node(blob, "soc");
    add_string(blob, "compatible", "nordic,nrf52832");
    fdt_property_u32(blob, "#address-cells", 1);
    fdt_property_u32(blob, "#size-cells", 1);
    add_memory(blob, "memory@20000000", "mmio-sram", 0x20000000, 0x4000);
    add_memory(blob, "flash@0", "soc-nv-flash", 0, 0x10000);
    add_chip_node(blob, "one@40000000", "test,register", 0x40000000);
    /* A second node at the same address: the first counts. */
    add_chip_node(blob, "twin@40000000", "test,ppi", 0x40000000);
    add_chip_node(blob, "ppi@40001000", "test,ppi", 0x40001000);
    add_chip_node(blob, "flash-controller@40002000", "test,flash", 0x40002000);
    fdt_begin_node(blob, "gpio@50000000");
    add_string(blob, "compatible", "nordic,nrf-gpio");
    fdt_property_u32(blob, "phandle", phandle);
    fdt_end_node(blob);
    fdt_end_node(blob);
}

static void add_led(void *blob, const char *name, const char *status, uint32_t pin)
{
    const uint32_t gpios[] = {1, pin, 1};
    fdt_begin_node(blob, name);
    add_cells(blob, "gpios", gpios, 3);
    add_string(blob, "status", status);
    fdt_end_node(blob);
}

void fake_board_make(void *blob, int size)
{
    memset(blob, 0, (size_t)size);
    fdt_create(blob, size);
    fdt_finish_reservemap(blob);
    fdt_begin_node(blob, "");
    add_string(blob, "model", "Fake board");
    fdt_property_u32(blob, "#address-cells", 1);
    fdt_property_u32(blob, "#size-cells", 1);
    fdt_begin_node(blob, "chosen");
    add_string(blob, "stdout-path", "/soc/one@40000000:115200");
    fdt_end_node(blob);
    add_soc(blob);
    fdt_begin_node(blob, "part");
    add_string(blob, "compatible", "test,part");
    fdt_end_node(blob);
    fdt_begin_node(blob, "leds");
    add_string(blob, "compatible", "gpio-leds");
    add_led(blob, "led_0", "okay", 17);
    add_led(blob, "led_1", "disabled", 18);
    add_led(blob, "led_2", "okay", 19);
    fdt_end_node(blob);
    fdt_begin_node(blob, "__symbols__");
    add_string(blob, "red", "/leds/led_2");
    fdt_end_node(blob);
    fdt_end_node(blob);
    fdt_finish(blob);
}
