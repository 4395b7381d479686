#include "sim/cpu/fault_status.h"

static uint32_t mem_manage(struct armv7m *core, uint32_t bits)
{
    core->scb.state.cfsr |= bits;
    return EXCEPTION_MEMMANAGE;
}

static uint32_t bus_fault(struct armv7m *core, uint32_t bits)
{
    core->scb.state.cfsr |= bits;
    return EXCEPTION_BUSFAULT;
}

static uint32_t usage_fault(struct armv7m *core, uint32_t bits)
{
    core->scb.state.cfsr |= bits;
    return EXCEPTION_USAGEFAULT;
}

/* MMFAR and BFAR are one register: a new address takes it from the other kind. */
static void set_address(struct armv7m *core, uint32_t address)
{
    core->scb.state.cfsr &= ~(uint32_t)(CFSR_MMARVALID | CFSR_BFARVALID);
    core->scb.state.fault_address = address;
}

uint32_t fault_status_record(struct armv7m *core, const struct fault *fault)
{
    switch (fault->kind) {
    case FAULT_IACCVIOL:
        return mem_manage(core, CFSR_IACCVIOL);
    case FAULT_DACCVIOL:
        set_address(core, fault->address);
        return mem_manage(core, CFSR_DACCVIOL | CFSR_MMARVALID);
    case FAULT_MSTKERR:
        return mem_manage(core, CFSR_MSTKERR);
    case FAULT_MUNSTKERR:
        return mem_manage(core, CFSR_MUNSTKERR);
    case FAULT_MLSPERR:
        return mem_manage(core, CFSR_MLSPERR);
    case FAULT_IBUSERR:
        return bus_fault(core, CFSR_IBUSERR);
    case FAULT_PRECISERR:
        set_address(core, fault->address);
        return bus_fault(core, CFSR_PRECISERR | CFSR_BFARVALID);
    case FAULT_IMPRECISERR:
        return bus_fault(core, CFSR_IMPRECISERR);
    case FAULT_STKERR:
        return bus_fault(core, CFSR_STKERR);
    case FAULT_UNSTKERR:
        return bus_fault(core, CFSR_UNSTKERR);
    case FAULT_LSPERR:
        return bus_fault(core, CFSR_LSPERR);
    case FAULT_UNDEFINSTR:
        return usage_fault(core, CFSR_UNDEFINSTR);
    case FAULT_INVSTATE:
        return usage_fault(core, CFSR_INVSTATE);
    case FAULT_INVPC:
        return usage_fault(core, CFSR_INVPC);
    case FAULT_NOCP:
        return usage_fault(core, CFSR_NOCP);
    case FAULT_UNALIGNED:
        return usage_fault(core, CFSR_UNALIGNED);
    case FAULT_DIVBYZERO:
        return usage_fault(core, CFSR_DIVBYZERO);
    case FAULT_BKPT:
        core->scb.state.dfsr |= DFSR_BKPT;
        return EXCEPTION_DEBUGMON;
    case FAULT_VECTTBL:
        break;
    }
    core->scb.state.hfsr |= HFSR_VECTTBL;
    return EXCEPTION_HARDFAULT;
}

const char *fault_kind_name(enum fault_kind kind)
{
    switch (kind) {
    case FAULT_IACCVIOL:
        return "MemManage IACCVIOL";
    case FAULT_DACCVIOL:
        return "MemManage DACCVIOL";
    case FAULT_IBUSERR:
        return "BusFault IBUSERR";
    case FAULT_PRECISERR:
        return "BusFault PRECISERR";
    case FAULT_IMPRECISERR:
        return "BusFault IMPRECISERR";
    case FAULT_UNDEFINSTR:
        return "UsageFault UNDEFINSTR";
    case FAULT_INVSTATE:
        return "UsageFault INVSTATE";
    case FAULT_INVPC:
        return "UsageFault INVPC";
    case FAULT_NOCP:
        return "UsageFault NOCP";
    case FAULT_UNALIGNED:
        return "UsageFault UNALIGNED";
    case FAULT_DIVBYZERO:
        return "UsageFault DIVBYZERO";
    case FAULT_BKPT:
        return "BKPT";
    case FAULT_MSTKERR:
        return "MemManage MSTKERR (stacking an exception frame)";
    case FAULT_STKERR:
        return "BusFault STKERR (stacking an exception frame)";
    case FAULT_MUNSTKERR:
        return "MemManage MUNSTKERR (unstacking an exception frame)";
    case FAULT_UNSTKERR:
        return "BusFault UNSTKERR (unstacking an exception frame)";
    case FAULT_MLSPERR:
        return "MemManage MLSPERR (storing the FP context that an exception left aside)";
    case FAULT_LSPERR:
        return "BusFault LSPERR (storing the FP context that an exception left aside)";
    case FAULT_VECTTBL:
        return "HardFault VECTTBL (reading the vector table)";
    }
    return "fault";
}
