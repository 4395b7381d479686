/*
 * Tock Binary Format, version 2: how an app lies in flash. Little endian; every structure starts at
 * a multiple of 4. Shared by the kernel's loader, the packer and the simulator's loader; includes
 * nothing.
 *
 *   base header | TLV | TLV | ...   header_size bytes
 *   protected trailer               protected_trailer_size bytes (rarely any)
 *   binary                          up to binary_end_offset
 *   footers: TLV | TLV | ...        up to total_size
 *
 * A TLV is `u16 type, u16 length, payload`; the next one starts at the next multiple of 4 (the
 * padding is not counted in length). Unknown types are skipped. Of several of one type the first
 * counts. The structs below are payloads as they lie in memory; all fields are naturally aligned,
 * which the assertions prove.
 */
#ifndef KERNEL_ABI_TBF_H
#define KERNEL_ABI_TBF_H

#define TBF_VERSION      2u
#define TBF_FLAG_ENABLED 0x1u
#define TBF_FLAG_STICKY  0x2u
#define TBF_ALIGNMENT    4u
/* header_size of a padding app: no TLVs, nothing to run, total_size says where the next app is. */
#define TBF_PADDING_HEADER_SIZE 16u
/* A longer header is none: the kernel reads lists and names out of it in the middle of system
 * calls. (Tock's own packer makes 100 bytes or so; Tock's kernel takes 8 permissions and 8
 * identifiers.) */
#define TBF_HEADER_BYTES_MAX 4096u
/* FixedAddresses: any address will do. */
#define TBF_ADDRESS_ANY 0xFFFFFFFFu

/* The checksum is the exclusive or of all header_size / 4 words with itself taken as 0. */
struct tbf_header {
    unsigned short version;
    unsigned short header_size;
    unsigned int total_size;
    unsigned int flags;
    unsigned int checksum;
};

struct tbf_tlv {
    unsigned short type;
    unsigned short length;
};

enum tbf_type {
    TBF_TYPE_MAIN = 1,
    TBF_TYPE_WRITEABLE_FLASH = 2,
    TBF_TYPE_PACKAGE_NAME = 3, /* UTF-8, no terminating zero */
    TBF_TYPE_PIC_OPTION_1 = 4, /* obsolete */
    TBF_TYPE_FIXED_ADDRESSES = 5,
    TBF_TYPE_PERMISSIONS = 6,
    TBF_TYPE_STORAGE_PERMISSIONS = 7,
    TBF_TYPE_KERNEL_VERSION = 8, /* required */
    TBF_TYPE_PROGRAM = 9,        /* goes before MAIN */
    TBF_TYPE_SHORT_ID = 10,      /* u32, not 0 */
    TBF_TYPE_CREDENTIALS = 128,  /* footers only */
};

/* The entry point is at start of the TBF + header_size + init_offset; what crt0 gets as app_start
 * is start of the TBF + header_size + protected_trailer_size. */
struct tbf_main {
    unsigned int init_offset;
    unsigned int protected_trailer_size;
    unsigned int minimum_ram_size;
};

struct tbf_program {
    unsigned int init_offset;
    unsigned int protected_trailer_size;
    unsigned int minimum_ram_size;
    unsigned int binary_end_offset; /* from the start of the TBF; the footers begin here */
    unsigned int version;
};

/* One element of TBF_TYPE_WRITEABLE_FLASH's array. */
struct tbf_writeable_flash {
    unsigned int offset; /* from the start of the TBF */
    unsigned int size;
};

struct tbf_fixed_addresses {
    unsigned int ram_start;
    unsigned int flash_start; /* of the binary, after header and protected trailer */
};

/* TBF_TYPE_PERMISSIONS: u16 count, then so many of these, which are therefore 2 bytes off
 * alignment: read them field by field. Bit i of the mask allows command offset * 64 + i. */
#define TBF_PERMISSION_BYTES          16u
#define TBF_PERMISSION_DRIVER_OFFSET  0u
#define TBF_PERMISSION_COMMAND_OFFSET 4u
#define TBF_PERMISSION_MASK_OFFSET    8u

/* TBF_TYPE_STORAGE_PERMISSIONS: u32 write identifier (0: none), u16 count, so many u32 identifiers
 * that it may read, u16 count, so many that it may modify. Tock takes at most 8 of each. */
#define TBF_STORAGE_READ_OFFSET 4u
#define TBF_STORAGE_IDS_MAX     8u

/* The kernel accepts its own major version and any minor version up to its own. */
struct tbf_kernel_version {
    unsigned short major;
    unsigned short minor;
};
#define TBF_KERNEL_MAJOR 2u
#define TBF_KERNEL_MINOR 0u

/* First word of a TBF_TYPE_CREDENTIALS payload; the integrity region is [0, binary_end_offset). */
enum tbf_credentials {
    TBF_CREDENTIALS_RESERVED = 0, /* room for later, any length */
    TBF_CREDENTIALS_RSA3072 = 1,
    TBF_CREDENTIALS_RSA4096 = 2,
    TBF_CREDENTIALS_SHA256 = 3,
    TBF_CREDENTIALS_SHA384 = 4,
    TBF_CREDENTIALS_SHA512 = 5,
    TBF_CREDENTIALS_ECDSA_P256 = 6,
};

/* What lies at app_start of an app of ours and of libtock-c: ten words that crt0 and the packer
 * read. flash = offset from app_start, ram = offset from the start of the process's RAM. */
struct tbf_crt0_header {
    unsigned int got_flash;
    unsigned int got_ram;
    unsigned int got_size;
    unsigned int data_flash;
    unsigned int data_ram;
    unsigned int data_size;
    unsigned int bss_ram;
    unsigned int bss_size;
    unsigned int reldata_flash; /* u32 byte length, then the ELF32 REL entries of .data */
    unsigned int stack_size;
};
/* Where apps are linked: the top bit of a pointer tells flash from RAM, which starts at 0. */
#define TBF_LINK_FLASH 0x80000000u

_Static_assert(sizeof(struct tbf_header) == 16, "TBF base header");
_Static_assert(sizeof(struct tbf_tlv) == 4, "TLV");
_Static_assert(sizeof(struct tbf_main) == 12, "Main");
_Static_assert(sizeof(struct tbf_program) == 20, "Program");
_Static_assert(sizeof(struct tbf_writeable_flash) == 8, "writeable flash region");
_Static_assert(sizeof(struct tbf_fixed_addresses) == 8, "FixedAddresses");
_Static_assert(sizeof(struct tbf_kernel_version) == 4, "KernelVersion");
_Static_assert(sizeof(struct tbf_crt0_header) == 40, "crt0 header");

#endif
