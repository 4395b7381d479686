// Includes the registers of the chip.
#include "kernel/chips/nrf52/registers.h" // REFUSED
