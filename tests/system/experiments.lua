-- Two experiments of different owners on one sensor node. One is installed anew, three times, at last into a place whose
-- pages have to be erased first, while the other one misses no sample. When each sample was taken is printed.
local PERIOD_US, SECONDS = 50000, 5

local m = sandglass.board("sensor_node", { apps = { "experiment_climate", "experiment_light_1", "reinstaller" } })
m:run_for(s(SECONDS))
local editions, samples, worst = {}, 0, 0
for line in m:uart_text():gmatch("([^\r\n]*)\r?\n") do
    local number, late = line:match("^climate: sample (%d+), (%d+) us late, ")
    if number then
        samples = samples + 1
        assert(tonumber(number) == samples, line) -- none is missed
        worst = math.max(worst, tonumber(late))
        print(string.format("sample %3d %6d us late", number, late))
    elseif line:find("^light: edition %d$") then
        editions[#editions + 1] = line:match("%d")
        print("    " .. line)
    elseif line:find("^reinstaller:") then
        print("    " .. line)
    end
    assert(not line:find("status [^0]"), line)
end
assert(table.concat(editions, " ") == "1 2 1 2", table.concat(editions, " "))
assert(samples > (SECONDS * 1000000 - 500000) // PERIOD_US, samples)
print("the latest: " .. worst .. " us")
-- An erase goes in pieces of 3 ms, a program in pieces of less than 1 ms: nothing comes near the next sample.
assert(worst < PERIOD_US // 5, worst)
