# The warnings that all of our C is held to, host and target alike.
set(SANDGLASS_WARNINGS -Wall -Wextra -Wshadow -Wconversion -Wswitch-enum -Wmissing-prototypes
  -Wstrict-prototypes -Wold-style-definition -Wundef -Wvla -Werror)
