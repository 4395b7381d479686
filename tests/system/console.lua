-- What is typed and pasted at the console.

-- 500 characters without a pause, of which each line has an answer of the process console's, too: a read of the app's
-- has no gap.
for _, board in ipairs({ "nrf52dk", "nrf52840dk" }) do
    case("500 characters are pasted on " .. board, function()
        local m = sandglass.board(board, { apps = { "paste" } })
        m:uart(("abcdefghijklmnopqrstuvwxyz\n"):rep(22), { at = ms(500) })
        m:expect_uart("paste: 500 bytes, 0 gaps\n", { within = s(1) })
    end)

    -- Bytes at the pace of the line for an app that asks for one at a time: it has to have asked again before the next
    -- one is through, the drawing of the process console's prompt included.
    case("a word in one go on " .. board, function()
        local m = sandglass.board(board, { apps = { "echo" } })
        m:expect_uart("echo: say something")
        m:run_for(ms(100))
        m:uart("hello\n")
        m:expect_uart("echo: HELLO\n", { within = ms(100) })
    end)

    -- A command behind 480 characters of dropped lines is whole.
    case("a command behind dropped lines on " .. board, function()
        local m = sandglass.board(board, { apps = { "blink" } })
        m:uart(("0123456789"):rep(6) .. "\x03", { at = ms(500) })
        for _ = 2, 8 do
            m:uart(("0123456789"):rep(6) .. "\x03")
        end
        m:uart("list\n")
        m:expect_uart({ pattern = "\n 0 [^\n]* blink ", within = s(1) })
    end)
end
