-- What the kernel takes for apps, asked of the kernel: the tables of docs/app-memory.md, beside Tock's algorithm, and that of
-- docs/processes.md. The cases that compare print the tables anew. The kernel's own part of a block grows by a few bytes with
-- every driver and the apps change with their library, so figures in the pages may be a little off.
local ram_base, ram_bytes = 0x20000000, 65536
local sizes = {
    1024, 1500, 2048, 2150, 3072, 3333, 4096, 5000, 6144, 8192, 9999, 12288, 16384, 20001, 24576, 32768, 40000, 49152,
}
local demo = {
    "blink", "hello", "buttons", "touch", "sensors", "hog", "glutton", "trespass-kernel", "trespass-neighbour", "trespass-grants",
    "trespass-flash", "trespass-peripheral", "trespass-scs", "trespass-code", "diary",
}
local tock_kernel_bytes = 1352 -- a process with 14 grants: table 112, queue 320, control block 920
local grains = 64 -- bytes
-- How much a figure may be off, one part in so many: where a block begins decides what the regions can express of a size that
-- is no whole number of kilobytes; and apps change.
local sizes_share, demo_share = 25, 8

-- ---- Tock's algorithm ----

local function power_of_two(number)
    local power = 1
    while power < number do
        power = 2 * power
    end
    return power
end

local function round_up(number, multiple)
    return (number + multiple - 1) // multiple * multiple
end

-- Where the block starts and ends that Tock's Cortex-M MPU driver takes from `free` on: two regions of equal size, a power of
-- two, of eight sub-regions each, aligned to their size.
local function tock_block(free, minimum_ram)
    local total = math.max(power_of_two(math.max(minimum_ram, 32) + tock_kernel_bytes), 512)
    local start = round_up(free, total // 2)
    local reached = start + (32 * 8 // (total // 2) + 1) * (total // 16) -- whole sub-regions, for the first 32 bytes
    if reached > start + total - tock_kernel_bytes then
        total = 2 * total
        start = round_up(free, total // 2)
    end
    return start, start + total
end

local function tock_block_bytes(minimum_ram)
    local start, finish = tock_block(0, minimum_ram)
    return finish - start
end

-- How far the app in such a block can move its break: whole sub-regions below the kernel's part.
local function tock_reach(minimum_ram)
    local grain = tock_block_bytes(minimum_ram) // 16
    return (tock_block_bytes(minimum_ram) - tock_kernel_bytes) // grain * grain
end

-- ---- what this kernel does ----

-- Where the kernel says it put each process.
local function layout_of(m)
    local layout = {}
    for _, line in ipairs(lines(m:uart_text(), "^App %S+: slot ")) do
        local name, flash, flash_end, ram, ram_end =
            line:match("^App (%S+): slot %d+, flash 0x(%x+)%-0x(%x+), RAM 0x(%x+)%-0x(%x+)")
        layout[#layout + 1] = {
            name = name, flash = tonumber(flash, 16), flash_end = tonumber(flash_end, 16),
            ram = tonumber(ram, 16), ram_end = tonumber(ram_end, 16),
        }
    end
    return layout
end

-- The block of an app that asks for so many bytes.
local function one_size(size)
    local yield = string.pack("<HHH", 0x2001, 0xDF00, 0xE7FC) -- movs r0, #1; svc 0; again
    local m = sandglass.board("nrf52840dk", { apps = { sandglass.tbf({ code = yield, minimum_ram = size, name = "app" }) } })
    m:expect_uart("main loop")
    m:run_for(ms(5)) -- the end of its line
    local app = layout_of(m)[1]
    m:close()
    return app.ram_end - app.ram
end

-- As they lie in flash, which is how they are loaded.
local function demo_layout()
    local m = sandglass.board("nrf52dk", { apps = demo })
    m:allow_faults({ panics = false })
    m:run_for(s(1))
    local layout = layout_of(m)
    assert(#layout == #demo)
    table.sort(layout, function(one, other) return one.flash < other.flash end)
    return layout
end

-- From its header, Main or Program.
local function minimum_ram(image)
    local header, at = string.unpack("<I2", image, 3), 16
    while at < header do
        local kind, length = string.unpack("<I2I2", image, at + 1)
        if kind == 1 or kind == 9 then
            return (string.unpack("<I4", image, at + 4 + 8 + 1))
        end
        at = at + 4 + round_up(length, 4)
    end
    error("neither Main nor Program")
end

-- ---- tables ----

local function comma(number)
    local text = tostring(number):reverse():gsub("(%d%d%d)", "%1,"):reverse()
    return (text:gsub("^,", ""))
end

local function row(...)
    local cells = { ... }
    for i, cell in ipairs(cells) do
        cells[i] = math.type(cell) and comma(cell) or cell
    end
    return "| " .. table.concat(cells, " | ") .. " |"
end

local function sizes_table()
    local rows = {
        "| the app asks for | block | of it not asked for | Tock's block | of it not asked for | the app reaches there |",
        "|---|---|---|---|---|---|",
    }
    for _, asked in ipairs(sizes) do
        local ours, tock, reach = one_size(asked), tock_block_bytes(asked), tock_reach(asked)
        local short = reach >= asked and "all" or comma(asked - reach) .. " less"
        rows[#rows + 1] = row(asked, ours, ours - asked, tock, tock - asked, short)
    end
    return rows
end

local function span(layout, from, to)
    local low, high = math.maxinteger, 0
    for _, app in ipairs(layout) do
        low, high = math.min(low, app[from]), math.max(high, app[to])
    end
    return low, high
end

local function demo_table()
    local layout = demo_layout()
    local rows = { "| app | asks for | block | Tock's block | flash | Tock's flash |", "|---|---|---|---|---|---|" }
    local first, last = span(layout, "ram", "ram_end")
    local first_flash, last_flash = span(layout, "flash", "flash_end")
    local free = first
    local asked_all, ours_all, tock_all, flash_all, tock_flash_all = 0, 0, 0, 0, 0
    for _, app in ipairs(layout) do
        local image = sandglass.file(app.name .. ".tbf")
        local asked, ours = minimum_ram(image), app.ram_end - app.ram
        local tock_start, tock_end = tock_block(free, asked)
        free = tock_end
        -- An app in a power of two at a multiple of itself: in falling order there are no holes.
        local tock_flash = power_of_two(#image)
        rows[#rows + 1] = row(app.name, asked, ours, tock_end - tock_start, #image, tock_flash)
        asked_all, ours_all, tock_all = asked_all + asked, ours_all + ours, tock_all + tock_end - tock_start
        flash_all, tock_flash_all = flash_all + #image, tock_flash_all + tock_flash
    end
    rows[#rows + 1] = row("all", asked_all, ours_all, tock_all, flash_all, tock_flash_all)
    rows[#rows + 1] = "| all, with the holes between | | "
        .. table.concat({ comma(last - first), comma(free - first), comma(last_flash - first_flash), comma(tock_flash_all) }, " | ")
        .. " |"
    return rows
end

local function numbers(table_row)
    local found = {}
    for word in table_row:match("^|[^|]*|(.*)$"):gmatch("%d[%d,]*") do
        found[#found + 1] = tonumber((word:gsub(",", "")))
    end
    return found
end

-- The table in the page has the same rows, and in its first columns the same numbers, as far as `slack` allows.
local function compare(page, rows, columns, slack)
    print(table.concat(rows, "\n"))
    local text, at = lines(sandglass.file(page)), nil
    for i, line in ipairs(text) do
        at = line == rows[1] and i or at
    end
    assert(at, page .. " has no such table")
    for i = 3, #rows do
        local written = text[at + i - 1]
        local told = page .. " has " .. written .. ", and it should be " .. rows[i]
        assert(rows[i]:match("^|([^|]*)|") == written:match("^|([^|]*)|"), told)
        local right, said = numbers(rows[i]), numbers(written)
        for column = 1, columns do
            assert(math.abs(right[column] - said[column]) <= slack(right[column]), told)
        end
    end
end

case("docs/app-memory.md: by size", function()
    compare("docs/app-memory.md", sizes_table(), 1, function(right)
        return math.max(grains, right // sizes_share)
    end)
end)

case("docs/app-memory.md: the demonstration", function()
    compare("docs/app-memory.md", demo_table(), 2, function(right)
        return right // demo_share
    end)
end)

-- ---- what the page says of them ----

case("a block is never larger than Tock's, and has little that nobody asked for", function()
    local kernel = one_size(1024) - 1024
    for _, size in ipairs(sizes) do
        local ours = one_size(size)
        assert(ours <= tock_block_bytes(size), size)
        assert(ours - size - kernel <= math.max(size // 25, 32), size)
    end
end)

-- And takes less than half of Tock's blocks, which would not fit.
case("the demonstration leaves no holes", function()
    local layout, blocks = demo_layout(), 0
    for _, app in ipairs(layout) do
        blocks = blocks + app.ram_end - app.ram
    end
    local first, last = span(layout, "ram", "ram_end")
    assert(last - first - blocks <= blocks // 50)
    local rows = demo_table()
    local there = numbers(rows[#rows])[2]
    assert(2 * (last - first) < there and there > ram_base + ram_bytes - first)
end)

-- ---- what a process costs: the built kernel's own sizes, what it says at run time, and docs/processes.md agree ----

local tock_costs = { ["a process, no driver used"] = 1352, alarm = 24, console = 76, ["a process that uses both"] = 1452 }

-- Bytes of a grant by its record in the kernel's image: data, alignment, numbers of four kinds of pairs.
local function grant_bytes(m, name)
    local record = m:read_bytes((m:symbol("kernel", name .. "_grant")), 8)
    local data, alignment, upcalls, read_only, read_write, readable = string.unpack("<I2BBBBB", record)
    local pairs_bytes = round_up(8 * (upcalls + read_only + read_write + readable), alignment)
    return round_up(pairs_bytes + data + 4, 8)
end

case("docs/processes.md: what a process costs", function()
    local m = sandglass.board("nrf52dk", { apps = { "hello" } })
    m:uart("process hello\n", { at = ms(500) })
    m:run_for(ms(800))
    local whole, told, count = tonumber(m:uart_text():match("\n  Grants +0x%x+  0x%x+ +(%d+)")), {}, 0
    for _, line in ipairs(lines(m:uart_text(), "^  Grant of 0x%x+ ")) do
        local name, size = line:match("^  Grant of 0x%x+ ([%w_]+) +(%d+)")
        told[name], count = tonumber(size), count + 1
    end
    assert(count == 2 and told.alarm == grant_bytes(m, "alarm") and told.console == grant_bytes(m, "console"))
    local page, rows = {}, 0
    for _, line in ipairs(lines(sandglass.file("docs/processes.md"))) do
        local what, ours, tock = line:match("^| ([%w ,]+) | ([%d,]+) | ([%d,]+) |$")
        if what then
            page[what], rows = tonumber((ours:gsub(",", ""))), rows + 1
            assert(tonumber((tock:gsub(",", ""))) == tock_costs[what], line)
        end
    end
    assert(rows == 4 and page.alarm == told.alarm and page.console == told.console)
    -- A board with one driver more has 4 bytes more in each record. Promised: half of Tock's.
    for what, size in pairs({ ["a process, no driver used"] = whole - told.alarm - told.console, ["a process that uses both"] = whole }) do
        print(what, size)
        assert(math.abs(page[what] - size) <= size // 20 and 2 * size <= tock_costs[what], what .. ": " .. size)
    end
end)
