#!/usr/bin/env python3
"""check_kernel_stack.py KERNEL.elf: the deepest that the kernel's stack can get, from the machine code.

Frames are what each function pushes and subtracts; calls are its branches. Where it calls through a pointer, TARGETS
says who can be there: a caller that is not in the table is an error, so the table stays complete. Handlers come on
top: two at a time (an interrupt or a fault during SVC or PendSV), the second with the long frame of a core whose
floating point was in use.
"""
import re
import subprocess
import sys

HANDLER_FRAMES = 36 + 36 + 108  # with the word that aligns; the first may belong to the kernel's own SVC
TRAP = 128  # TRAP_STACK there: what a fault leaves for looking whether it is a capsule's trap
FAULT_REPORT = 512  # REPORT_STACK of kernel/arch/cortex_m/switch.S: with less, the report of a fault starts over

# Caller, by name -> who may be called through its pointers. Several functions of one name count as one.
PINS = ["pin_make_output", "pin_make_input", "pin_disable", "pin_write", "pin_toggle", "pin_read",
        "pin_enable_interrupt", "pin_disable_interrupt", "pin_set_client"]
UART = ["uarte_transmit", "uarte_receive", "uarte_abort_receive", "uarte_set_client"]
PORT = ["port_transmit", "port_receive", "port_abort_receive", "port_set_client"]
CLIENTS = ["transmitted", "received", "console_transmitted", "console_received"]
RTC = ["rtc_now", "rtc_set", "rtc_disarm", "rtc_is_armed", "rtc_set_client"]
RNG = ["rng_fill", "rng_set_client"]
SPIM = [r"spim_(transfer|get_mode|set_mode|set_client)"]
TWIM = [r"twim_(transfer|set_address|set_client)"]
DELAY = ["delay_start", "delay_set_client"]
SENSORS = [r"(temp|temperature|humidity|bh1750)_(measure|set_client)"]
MEASURED = [r"(temperature|humidity|ambient_light)_measured"]
USBD = [r"usbd_(start|answer|set_open|send|receive|set_client)"]
RADIO = [r"radio_(set_power|is_on|set_channel|channel|transmit|set_client)"]
SCREEN = [r"st7789_(set_power|set_inverted|begin|put|set_client)"]
FLASH = [r"(spi_nor|qspi)_(read|program|erase|set_client)"]
TARGETS = {
    "bma42x_.*|take_step.*|hil_accelerometer_client.*": [*TWIM, *DELAY, "nine_dof_measured"],
    "nine_dof_.*|read_acceleration.*|hil_accelerometer_[ms].*": ["bma42x_measure", "bma42x_set_client"],
    "hrs3300_.*|hil_pulse_client.*": [*TWIM, "heart_rate_measured"],
    "heart_rate_.*|switch_o.*|read_sample.*|hil_pulse_[sm].*": [r"hrs3300_(set_power|measure|set_client)", *DELAY],
    "nor_.*|spi_nor_.*|ask.*|run_operation.*|wait_for_flash.*": [*SPIM, *DELAY, "nvm_storage_done"],
    "nvm_storage_.*|(read|program)_flash.*|write_on.*|scan_next.*|hil_flash_[repms].*": FLASH,
    "nrf52_qspi_.*|qspi_.*|hil_flash_client.*": ["nvm_storage_done", *DELAY],
    "pwm_command|(start|stop)_pin.*": ["pwm_start", "pwm_stop"],
    "pump|debug_start|console_(command|received)|console_init|start_read|abort_read|send_next|process_console_init": PORT,
    "debug_flush|debug_write": ["write_now"],
    "deferred_run": ["pump", "mux_deferred", "console_deferred", "rng_deferred", "nvm_storage_deferred"],
    "kernel_step": ["serve_interrupts"],
    "syscall_handle|command": [r".*_command"],
    "nrf52_interrupts_serve": [r"nrf52_.*_serve"],
    "nrf52_gpiote_serve|hil_gpio_client_.*": ["button_changed", "gpio_changed", "touch_changed", "cst816s_interrupted"],
    "nrf52_rng_serve|hil_entropy_client_.*": ["rng_filled"],
    "nrf52_rtc_serve|hil_alarm_client_.*": ["alarm_fired"],
    "nrf52_temp_serve": MEASURED,
    "nrf52_uarte_serve": ["mux_transmitted", "mux_received"],
    "hil_uart_(transmit|receive|abort_receive|set_client).*": [*UART, *PORT],
    "hil_uart_client_.*|finish_(transmit|receive).*": ["mux_transmitted", "mux_received", *CLIENTS],
    "now_ticks.*|set_hardware|alarm_.*|hil_alarm_[nsdi].*": RTC,
    "(button|touch|gpio|led)_.*|hil_(gpio|led|button)_.*|enable|disable|drive_high|board_start|nrf52_pin_take": PINS,
    "spi_controller_.*|i2c_master_.*|transfer.*|start|set(ting|_mode|_rate).*|hil_(spi|i2c)_[gst].*": [*SPIM, *TWIM],
    "start_first": [*PINS, *DELAY],
    "nrf52_spim_.*|hil_spi_client_done.*": [*PINS, "spi_controller_done", "st7789_sent", "spi_nor_done"],
    "listen.*|uart_mux_init": [*UART, *PORT],
    "mux_.*|start_next.*": [*UART, *CLIENTS],
    "work|process_console_.*": PORT,
    "rng_.*|gather|hil_entropy_[fs].*": RNG,
    "adc_.*|sample_next.*": ["saadc_sample", "saadc_set_client"],
    "measure|(bh1750|sht3x)_.*|fetch.*|started|(temperature|humidity)_measure|answer.*|hil_sensor_client_.*":
        [*TWIM, *MEASURED],
    "nrf52_twim_serve|finish_first|twim_elapsed|hil_i2c_client_done.*":
        ["i2c_master_done", "sht3x_done", "bh1750_done", "cst816s_read", "bma42x_done", "hrs3300_done"],
    "nrf52_saadc_serve": ["adc_sampled"],
    "ctap_hid_.*|start_receiving.*|resume|configure|open_endpoints|send_report|receive_report|hil_usb_[ars].*": USBD,
    "nrf52_usbd_serve|serve_(setup|endpoint_data|received)|ask_client|tell_reset|look_at_cable.*":
        [r"ctap_hid_(setup|reset|sent|received)"],
    "ieee802154_.*|update_power.*|set_power|hil_radio_[ist].*": RADIO,
    "nrf52_radio_serve|serve_(frame|disabled)": ["ieee802154_sent", "ieee802154_received"],
    "nrf52_rtc_delays_serve": ["st7789_elapsed", "cst816s_elapsed", "twim_elapsed", "bma42x_elapsed",
                                "heart_rate_elapsed", "spi_nor_elapsed", "qspi_elapsed"],
    "nrf52_twim_init": DELAY,
    "set_pin|make_output.*": PINS,
    "send|send_(command|parameters)": [*PINS, *SPIM],
    "wait.*|hil_delay_.*|next_step|st7789_init": DELAY,
    "st7789_elapsed": [*PINS, *DELAY, "screen_done"],
    "finish|hil_screen_client_done.*|st7789_sent|send_command_or_finish.*": ["screen_done"],
    "cst816s_.*|read_registers.*|tell": [*PINS, *TWIM, *DELAY, "touch_panel_touched"],
    "touch_panel_.*|hil_touch_panel_.*": ["cst816s_enable", "cst816s_disable", "cst816s_set_client"],
    "screen_.*|put_next|go_on|begin|hil_screen_[bps].*": SCREEN,
    "(temperature|humidity|ambient_light|sensor)_.*|hil_sensor_[ms].*": SENSORS,
}

FUNCTION = re.compile(r"^([0-9a-f]+) <(.+)>:$")
LINE = re.compile(r"^\s*([0-9a-f]+):\s+(?:[0-9a-f]{4} ?){1,2}\s+(\S+)\s*(.*)$")


def frame_bytes(name, operands):
    """What one instruction takes from the stack."""
    if name in ("push", "push.w", "stmdb") and (name != "stmdb" or operands.startswith("sp!")):
        count = 0
        for part in operands[operands.index("{") + 1:operands.index("}")].split(","):
            ends = part.strip().split("-")
            order = [f"r{i}" for i in range(10)] + ["sl", "fp", "ip", "sp", "lr", "pc"]
            count += order.index(ends[-1]) - order.index(ends[0]) + 1
        return 4 * count
    match = re.match(r"(?:sp, )?(?:sp, )?#(\d+)", operands)
    if name in ("sub", "sub.w", "subw") and operands.startswith("sp") and match:
        return int(match.group(1))
    match = re.match(r"\w+, (?:\w+, )?\[sp, #-(\d+)\]!", operands)
    return int(match.group(1)) if match else 0


class Code:
    """Functions by address: name, frame, calls to addresses, whether it calls through pointers."""

    def __init__(self, text):
        self.name, self.frame, self.calls, self.indirect = {}, {}, {}, {}
        at = None
        for line in text.splitlines():
            if found := FUNCTION.match(line):
                at = int(found.group(1), 16)
                self.name[at], self.frame[at], self.calls[at], self.indirect[at] = found.group(2), 0, set(), False
            elif (found := LINE.match(line)) and at is not None:
                self.read(at, found.group(2), found.group(3))
        self.calls = {at: {target for target in calls if target != at and target in self.name}
                      for at, calls in self.calls.items()}

    def read(self, at, name, operands):
        self.frame[at] += frame_bytes(name, operands)
        if name in ("blx", "bx") and operands.strip() != "lr":
            self.indirect[at] = True
        if re.match(r"(bl?|b[a-z]{2}|cbn?z)(\.[nw])?$", name):
            if target := re.search(r"([0-9a-f]+) <", operands):
                self.calls[at].add(int(target.group(1), 16))

    def named(self, wanted):
        return [at for at, name in self.name.items() if name == wanted]

    def pointers(self, at):
        for callers, targets in TARGETS.items():
            if re.fullmatch(callers, self.name[at]):
                return [other for other, name in self.name.items()
                        for target in targets if re.fullmatch(target, name)]
        raise SystemExit(f"{self.name[at]} calls through a pointer: whom? Say so in TARGETS of {__file__}")

    def deepest(self, at, without, above=()):
        """(bytes, path) from this function on, each function at most once on a path: a client that starts something
        from its callback gets the answer from the main loop, never from within."""
        best, path = 0, []
        targets = set(self.calls[at])
        if self.indirect[at]:
            targets.update(self.pointers(at))
        guarded = [target for target in targets if self.name[target] == "guard_call"]
        if guarded:  # it calls what its caller hands it: the caller's pointer, one frame further down
            targets = (targets - set(guarded)) | set(self.pointers(at)) | set(self.named("kernel_trap_landed"))
        for target in targets:
            if target in above or self.name[target] in without:
                continue
            depth, way = self.deepest(target, without, (*above, at))
            if depth > best:
                best, path = depth, way
        frame = self.frame[at] + sum(self.frame[target] for target in guarded)
        return best + frame, [(self.name[at], frame), *path]


def main():
    elf = sys.argv[1]
    text = subprocess.run(["arm-none-eabi-objdump", "-d", elf], capture_output=True, text=True, check=True).stdout
    symbols = subprocess.run(["arm-none-eabi-nm", elf], capture_output=True, text=True, check=True).stdout
    value = {line.split()[2]: int(line.split()[0], 16) for line in symbols.splitlines()}
    room = value["kernel_stack_top"] - value["kernel_stack_bottom"]
    code = Code(text)
    status = 0
    for what, skipped in (("while it works", {"kernel_panic", "kernel_take_fault", "arch_kernel_faulted"}),
                          ("with a panic", {"kernel_take_fault", "arch_kernel_faulted"})):
        depth, path = code.deepest(value["arch_reset_handler"] & ~1, skipped)
        handlers = max(HANDLER_FRAMES, 36 + TRAP)
        total = depth + handlers
        print(f"{what}: {depth} + {handlers} of handlers = {total} of {room} bytes")
        print("  " + " > ".join(f"{name} {frame}" for name, frame in path if frame))
        status |= total > room
    for function, most in (("arch_kernel_trapped", TRAP - 8), ("kernel_resume", room)):
        depth, _ = code.deepest(value[function] & ~1, {"kernel_panic"})
        print(f"{function}: {depth} of {most} bytes")
        status |= depth > most
    depth, _ = code.deepest(value["arch_kernel_faulted"] & ~1, set())
    print(f"report of a kernel fault: {depth} of {FAULT_REPORT} bytes")
    return status | (depth + 32 > FAULT_REPORT)  # the fault handler's own push


if __name__ == "__main__":
    sys.exit(main())
