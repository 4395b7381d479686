/*
 * Driver numbers, and for every driver that this project has: its commands, subscribe (upcall)
 * numbers and allow numbers. Shared by kernel and apps; plain C11, includes nothing. The numbers
 * are those of Tock 2.x.
 *
 * Notation: c = command (argument 0, argument 1) -> what it returns besides success; u = upcall
 * (its three arguments); rw, ro = read-write and read-only allow. A status is 0 or one of enum
 * abi_error. Command 0 asks whether the driver exists; LED and button answer it with their count.
 * An unknown command is NOSUPPORT, a missing driver NODEVICE.
 */
#ifndef KERNEL_ABI_DRIVERS_H
#define KERNEL_ABI_DRIVERS_H

#define ABI_DRIVER_ALARM             0x00000u
#define ABI_DRIVER_CONSOLE           0x00001u
#define ABI_DRIVER_LED               0x00002u
#define ABI_DRIVER_BUTTON            0x00003u
#define ABI_DRIVER_GPIO              0x00004u
#define ABI_DRIVER_ADC               0x00005u
#define ABI_DRIVER_ANALOG_COMPARATOR 0x00007u
#define ABI_DRIVER_LOW_LEVEL_DEBUG   0x00008u
#define ABI_DRIVER_READ_ONLY_STATE   0x00009u
#define ABI_DRIVER_PWM               0x00010u
#define ABI_DRIVER_IPC               0x10000u
#define ABI_DRIVER_APP_LOADER        0x10001u
#define ABI_DRIVER_PROCESS_INFO      0x10002u
#define ABI_DRIVER_SPI_CONTROLLER    0x20001u
#define ABI_DRIVER_I2C_MASTER        0x20003u
#define ABI_DRIVER_BLE               0x30000u
#define ABI_DRIVER_IEEE802154        0x30001u
#define ABI_DRIVER_EUI64             0x30006u
#define ABI_DRIVER_RNG               0x40001u
#define ABI_DRIVER_CRC               0x40002u
#define ABI_DRIVER_HMAC              0x40003u
#define ABI_DRIVER_CTAP_HID          0x40004u
#define ABI_DRIVER_SHA               0x40005u
#define ABI_DRIVER_AES               0x40006u
#define ABI_DRIVER_NVM_STORAGE       0x50001u
#define ABI_DRIVER_ISOLATED_STORAGE  0x50004u
#define ABI_DRIVER_TEMPERATURE       0x60000u
#define ABI_DRIVER_HUMIDITY          0x60001u
#define ABI_DRIVER_AMBIENT_LIGHT     0x60002u
#define ABI_DRIVER_NINE_DOF          0x60004u
#define ABI_DRIVER_BUZZER            0x90000u
#define ABI_DRIVER_SCREEN            0x90001u
#define ABI_DRIVER_TOUCH             0x90002u
#define ABI_DRIVER_KEYBOARD_HID      0x90005u
#define ABI_DRIVER_CYCLE_COUNT       0x90008u
/* Tock leaves numbers with the highest bit set to others; ours are these. */
#define ABI_DRIVER_HEART_RATE 0x80060000u

/* Command 0 of every driver. */
#define ABI_COMMAND_EXISTS 0u

/* Alarm. Ticks are 32 bit and wrap at 2^32 whatever the counter's width: a 24-bit counter is
 * shifted left by 8, and the frequency with it. One alarm per process; setting it again replaces
 * it. */
enum abi_alarm_command {
    ABI_ALARM_FREQUENCY = 1,    /* -> u32, ticks per second */
    ABI_ALARM_NOW = 2,          /* -> u32, ticks */
    ABI_ALARM_STOP = 3,         /* ALREADY when none is set */
    ABI_ALARM_SET_RELATIVE = 5, /* (dt) -> u32, the tick at which it expires */
    ABI_ALARM_SET_ABSOLUTE = 6, /* (reference, dt) -> u32, the tick at which it expires */
};
enum abi_alarm_upcall {
    ABI_ALARM_UPCALL_EXPIRED = 0, /* (now, the tick it was set for, 0) */
    ABI_ALARM_UPCALLS = 1,
};

/* Console. A write takes min(length, length of the allowed buffer) bytes and ends in one upcall. */
enum abi_console_command {
    ABI_CONSOLE_WRITE = 1,      /* (length). BUSY while a write is under way */
    ABI_CONSOLE_READ = 2,       /* (length <= ABI_CONSOLE_READ_MAX). BUSY, INVAL */
    ABI_CONSOLE_ABORT_READ = 3, /* the read ends with status CANCEL */
};
enum abi_console_upcall {
    ABI_CONSOLE_UPCALL_WRITTEN = 1, /* (bytes, 0, 0) */
    ABI_CONSOLE_UPCALL_READ = 2,    /* (status, bytes, 0) */
    ABI_CONSOLE_UPCALLS = 3,
};
enum abi_console_allow {
    ABI_CONSOLE_RO_WRITE = 1,
    ABI_CONSOLE_ROS = 2,
    ABI_CONSOLE_RW_READ = 1,
    ABI_CONSOLE_RWS = 2,
};
#define ABI_CONSOLE_READ_MAX 64u

/* LED. INVAL for an index that the board does not have. */
enum abi_led_command {
    ABI_LED_COUNT = 0,  /* -> u32 */
    ABI_LED_ON = 1,     /* (index) */
    ABI_LED_OFF = 2,    /* (index) */
    ABI_LED_TOGGLE = 3, /* (index) */
    ABI_LED_READ = 4,   /* (index) -> u32, 1 = on */
};

/* Button. INVAL for an index that the board does not have. */
enum abi_button_command {
    ABI_BUTTON_COUNT = 0,   /* -> u32 */
    ABI_BUTTON_ENABLE = 1,  /* (index): upcalls on both edges from now on */
    ABI_BUTTON_DISABLE = 2, /* (index) */
    ABI_BUTTON_READ = 3,    /* (index) -> u32, 1 = pressed */
};
enum abi_button_upcall {
    ABI_BUTTON_UPCALL_CHANGED = 0, /* (index, 1 pressed | 0 released, 0) */
    ABI_BUTTON_UPCALLS = 1,
};

/* GPIO, by the board's pin index. INVAL for an index out of range, NODEVICE for a slot without a
 * pin. */
enum abi_gpio_command {
    ABI_GPIO_ENABLE_OUTPUT = 1,     /* (index) */
    ABI_GPIO_SET = 2,               /* (index) */
    ABI_GPIO_CLEAR = 3,             /* (index) */
    ABI_GPIO_TOGGLE = 4,            /* (index) */
    ABI_GPIO_ENABLE_INPUT = 5,      /* (index, enum abi_gpio_pull) */
    ABI_GPIO_READ = 6,              /* (index) -> u32, level */
    ABI_GPIO_ENABLE_INTERRUPT = 7,  /* (index, enum abi_gpio_edge) */
    ABI_GPIO_DISABLE_INTERRUPT = 8, /* (index) */
    ABI_GPIO_DISABLE = 9,           /* (index) */
    ABI_GPIO_COUNT = 10,            /* -> u32 */
};
enum abi_gpio_pull {
    ABI_GPIO_PULL_NONE = 0,
    ABI_GPIO_PULL_UP = 1,
    ABI_GPIO_PULL_DOWN = 2,
};
enum abi_gpio_edge {
    ABI_GPIO_EDGE_BOTH = 0,
    ABI_GPIO_EDGE_RISING = 1,
    ABI_GPIO_EDGE_FALLING = 2,
};
enum abi_gpio_upcall {
    ABI_GPIO_UPCALL_CHANGED = 0, /* (index, level, 0), to every process that uses the driver */
    ABI_GPIO_UPCALLS = 1,
};

/* ADC. INVAL for a channel that the board does not have, or a rate that it cannot keep. While one
 * process has 2, 3 or 4 under way, the others get NOMEM from 1 to 4; while it has any of them,
 * BUSY.
 */
enum abi_adc_command {
    ABI_ADC_COUNT = 0,   /* -> u32, channels */
    ABI_ADC_SINGLE = 1,  /* (channel) */
    ABI_ADC_REPEAT = 2,  /* (channel, Hz). An upcall for each sample, until 5 */
    ABI_ADC_BUFFER = 3,  /* (channel, Hz). Fills buffer 0. NOMEM: it has no room for a sample */
    ABI_ADC_BUFFERS = 4, /* (channel, Hz). Fills 0, 1, 0 and so on, until 5. NOMEM: as 3 */
    ABI_ADC_STOP = 5,    /* what this process has under way; its upcall does not come */
    ABI_ADC_RESOLUTION = 101, /* -> u32, bits that the hardware has */
    ABI_ADC_REFERENCE = 102,  /* -> u32, millivolts that a sample of 65536 would be */
};
enum abi_adc_upcall {
    /* (ABI_ADC_SINGLE_SAMPLE or _REPEATED_SAMPLE, channel, sample of 16 bits), or
     * (ABI_ADC_ONE_BUFFER or _MANY_BUFFERS, samples << 8 | channel, the buffer's address) */
    ABI_ADC_UPCALL_SAMPLED = 0,
    ABI_ADC_UPCALLS = 1,
};
enum abi_adc_read_write {
    ABI_ADC_RW_FIRST = 0, /* samples of 16 bits, low byte first */
    ABI_ADC_RW_SECOND = 1,
    ABI_ADC_RW_BUFFERS = 2,
};
#define ABI_ADC_SINGLE_SAMPLE   0u
#define ABI_ADC_REPEATED_SAMPLE 1u
#define ABI_ADC_ONE_BUFFER      2u
#define ABI_ADC_MANY_BUFFERS    3u

/* Analog comparator. INVAL for a channel that the board does not have. */
enum abi_analog_comparator_command {
    ABI_ANALOG_COMPARATOR_COMPARE = 1, /* (channel) -> u32, 1: the positive input is higher. BUSY */
    ABI_ANALOG_COMPARATOR_START =
        2, /* (channel): upcalls from now on. BUSY: another one is watched */
    ABI_ANALOG_COMPARATOR_STOP = 3,  /* (channel) */
    ABI_ANALOG_COMPARATOR_COUNT = 4, /* -> u32, channels */
};
enum abi_analog_comparator_upcall {
    ABI_ANALOG_COMPARATOR_UPCALL_ROSE = 0, /* (channel, 0, 0) */
    ABI_ANALOG_COMPARATOR_UPCALLS = 1,
};

/* Low-level debug: a line on the kernel's console without any buffer of the process. */
enum abi_low_level_debug_command {
    ABI_LOW_LEVEL_DEBUG_ALERT = 1,  /* (enum abi_alert, or a code of the app's own) */
    ABI_LOW_LEVEL_DEBUG_PRINT1 = 2, /* (value): printed as hex */
    ABI_LOW_LEVEL_DEBUG_PRINT2 = 3, /* (value, value) */
};
enum abi_alert {
    ABI_ALERT_PANIC = 1,   /* the app gave up */
    ABI_ALERT_STARTUP = 2, /* crt0 could not set the app up */
};

/* Read-only state: what the kernel writes to the user-readable buffer 0 before the process goes on,
 * of the fields below as many as are whole. Offsets in it. */
enum abi_read_only_state_command {
    ABI_READ_ONLY_STATE_VERSION = 1, /* -> u32 */
};
enum abi_read_only_state_allow {
    ABI_READ_ONLY_STATE_UR_BUFFER = 0,
    ABI_READ_ONLY_STATE_URS = 1,
};
#define ABI_READ_ONLY_STATE_VERSION_1 1u
#define ABI_READ_ONLY_STATE_SWITCHES  0u /* u32: how often the process went on before */
#define ABI_READ_ONLY_STATE_PENDING   4u /* u32: upcalls that wait for it */
#define ABI_READ_ONLY_STATE_TICKS     8u /* u64: of the counter behind the alarm */
#define ABI_READ_ONLY_STATE_BYTES     16u

/* SPI controller: one device, for one process at a time; to others it is RESERVE. A transfer takes
 * as many bytes as all its buffers have, under one chip select; SIZE for none. */
enum abi_spi_controller_command {
    ABI_SPI_CONTROLLER_WRITE_READ = 2,   /* (bytes): ro 0 goes out, what comes in to rw 0 if any */
    ABI_SPI_CONTROLLER_SET_RATE = 5,     /* (hertz, at most) */
    ABI_SPI_CONTROLLER_RATE = 6,         /* -> u32 */
    ABI_SPI_CONTROLLER_SET_PHASE = 7,    /* (0: sample at the leading edge, 1: trailing) */
    ABI_SPI_CONTROLLER_PHASE = 8,        /* -> u32 */
    ABI_SPI_CONTROLLER_SET_POLARITY = 9, /* (0: the clock idles low, 1: high) */
    ABI_SPI_CONTROLLER_POLARITY = 10,    /* -> u32 */
    ABI_SPI_CONTROLLER_READ = 11,        /* (bytes): 0xFF goes out, what comes in to rw 0 */
    ABI_SPI_CONTROLLER_IN_PLACE = 12,    /* (bytes): rw 0 goes out, what comes in to rw 0 */
};
enum abi_spi_controller_upcall {
    ABI_SPI_CONTROLLER_UPCALL_DONE = 0, /* (bytes, 0, 0) */
    ABI_SPI_CONTROLLER_UPCALLS = 1,
};
enum abi_spi_controller_allow {
    ABI_SPI_CONTROLLER_RO_WRITE = 0,
    ABI_SPI_CONTROLLER_ROS = 1,
    ABI_SPI_CONTROLLER_RW_READ = 0,
    ABI_SPI_CONTROLLER_RWS = 1,
};

/* I2C: bytes to and from the start of rw 1. Addresses are of 7 bits, not shifted. */
enum abi_i2c_master_command {
    ABI_I2C_MASTER_WRITE = 1,      /* (address, bytes), u. BUSY: a transfer, of whomever; SIZE */
    ABI_I2C_MASTER_READ = 2,       /* (address, bytes), u */
    ABI_I2C_MASTER_WRITE_READ = 3, /* (bytes to write << 8 | address, bytes to read), u */
};
enum abi_i2c_master_upcall {
    ABI_I2C_MASTER_UPCALL_DONE = 0, /* (status, 0, 0). NOACK: nobody there, or it refused a byte */
    ABI_I2C_MASTER_UPCALLS = 1,
};
enum abi_i2c_master_allow {
    ABI_I2C_MASTER_RW_BUFFER = 1,
    ABI_I2C_MASTER_RWS = 2,
};
#define ABI_I2C_MASTER_MAX 64u /* bytes each way */

/* Advertisements of Bluetooth LE. Command 0 does not ask whether the driver is there. */
enum abi_ble_command {
    ABI_BLE_START = 0, /* (enum abi_ble_pdu, interval in ms): advertises what is in ro 0. BUSY: it
                        * does, or scans; INVAL */
    ABI_BLE_STOP = 1,  /* advertising or scanning. BUSY: it does neither */
    ABI_BLE_POWER = 2, /* (dBm). BUSY: while it advertises or scans; INVAL; NOSUPPORT */
    ABI_BLE_SCAN = 5,  /* listens, u for each PDU that comes in. BUSY: as above */
};
enum abi_ble_pdu {
    ABI_BLE_ADV_IND = 0,
    ABI_BLE_ADV_NONCONN_IND = 2,
    ABI_BLE_ADV_SCAN_IND = 6,
};
enum abi_ble_upcall {
    ABI_BLE_UPCALL_RECEIVED = 0, /* (status, bytes of the PDU, 0): it is in rw 0 */
    ABI_BLE_UPCALLS = 1,
};
enum abi_ble_allow {
    ABI_BLE_RO_DATA = 0, /* the first ABI_BLE_DATA_MAX bytes go out */
    ABI_BLE_ROS = 1,
    ABI_BLE_RW_PDU = 0,
    ABI_BLE_RWS = 1,
};
/* A PDU: type and flags, the length of the rest, six bytes of address (the lowest first), data. */
#define ABI_BLE_PDU_LENGTH      1u
#define ABI_BLE_PDU_ADDRESS     2u
#define ABI_BLE_PDU_DATA        8u
#define ABI_BLE_PDU_MAX         39u
#define ABI_BLE_DATA_MAX        31u
#define ABI_BLE_INTERVAL_MIN_MS 20u /* shorter ones are this long, longer than MAX that */
#define ABI_BLE_INTERVAL_MAX_MS 4000000u
#define ABI_BLE_POWER_MIN_DBM   (-20)
#define ABI_BLE_POWER_MAX_DBM   10

/* IEEE 802.15.4: frames without their check sequence, 1 to 125 bytes, as they are on the air. */
enum abi_ieee802154_command {
    ABI_IEEE802154_STATUS = 1,      /* OFF while the radio is off */
    ABI_IEEE802154_SET_CHANNEL = 5, /* (11 to 26). INVAL */
    ABI_IEEE802154_COMMIT = 7,      /* nothing: settings take effect at once */
    ABI_IEEE802154_CHANNEL = 11,    /* -> u32 */
    ABI_IEEE802154_SEND_RAW = 27,   /* the frame in ro 0, u. OFF; BUSY: somebody's is under way */
    ABI_IEEE802154_TURN_ON = 30,    /* it listens from now on, for as long as any process wants */
    ABI_IEEE802154_TURN_OFF = 31,
};
enum abi_ieee802154_upcall {
    ABI_IEEE802154_UPCALL_RECEIVED = 0, /* (quality of the link, 0 to 255, 0, 0) */
    ABI_IEEE802154_UPCALL_SENT = 1,     /* (status, 0, 0). BUSY: the channel was not free */
    ABI_IEEE802154_UPCALLS = 2,
};
enum abi_ieee802154_allow {
    ABI_IEEE802154_RO_FRAME = 0,
    ABI_IEEE802154_ROS = 1,
    ABI_IEEE802154_RW_RING = 0,
    ABI_IEEE802154_RWS = 2, /* number 1 is a setting's in Tock */
};
/* The ring of frames that came in: two indices of slots, then the slots. It is empty when the
 * indices agree. A slot: three length bytes (0, bytes of the frame, 0), then the frame. */
#define ABI_IEEE802154_RING_READ   0u /* the app's: the oldest frame */
#define ABI_IEEE802154_RING_WRITE  1u /* the kernel's: where the next one goes */
#define ABI_IEEE802154_RING_HEADER 2u
#define ABI_IEEE802154_SLOT_LENGTH 1u
#define ABI_IEEE802154_SLOT_FRAME  3u
#define ABI_IEEE802154_SLOT_BYTES  130u
#define ABI_IEEE802154_FRAME_MAX   125u

/* Random numbers: fills the buffer, then one upcall. */
enum abi_rng_command {
    ABI_RNG_GET = 1, /* (bytes) */
};
enum abi_rng_upcall {
    ABI_RNG_UPCALL_DONE = 0, /* (0, bytes, 0) */
    ABI_RNG_UPCALLS = 1,
};
enum abi_rng_allow {
    ABI_RNG_RW_BUFFER = 0,
    ABI_RNG_RWS = 1,
};

/* CRC of the first bytes of a buffer. */
enum abi_crc_command {
    ABI_CRC_COMPUTE = 1, /* (enum abi_crc_algorithm, bytes), u. INVAL; BUSY: this process's is under
                          * way; SIZE: 0 bytes, or more than ro 0 has */
};
enum abi_crc_algorithm {
    ABI_CRC_32 = 0,       /* of Ethernet */
    ABI_CRC_32C = 1,      /* Castagnoli */
    ABI_CRC_16_CCITT = 2, /* as the SAM4L makes it */
};
enum abi_crc_upcall {
    ABI_CRC_UPCALL_DONE = 0, /* (status, CRC, algorithm) */
    ABI_CRC_UPCALLS = 1,
};
enum abi_crc_allow {
    ABI_CRC_RO_DATA = 0,
    ABI_CRC_ROS = 1,
};

/* HMAC: key ro 0, data ro 1. Errors besides those named: INVAL before the algorithm is set, RESERVE
 * without a key, NOMEM while this process's is under way. */
enum abi_hmac_command {
    ABI_HMAC_SET_ALGORITHM = 0, /* (enum abi_digest_algorithm), also: does it exist. NOSUPPORT */
    ABI_HMAC_RUN = 1,           /* u 0, the code in rw 2 */
    ABI_HMAC_UPDATE = 2,        /* data to be followed by more; the key counts in the first. u 0 */
    ABI_HMAC_FINISH = 3,        /* after updates, u 0, the code in rw 2. OFF: there were none */
    ABI_HMAC_VERIFY = 4,        /* as run, but compares with ro 2. u 1 */
    ABI_HMAC_VERIFY_FINISH = 5, /* after updates, u 1. OFF */
};
enum abi_hmac_upcall {
    ABI_HMAC_UPCALL_DONE = 0,     /* (status, the code's first byte, 0) */
    ABI_HMAC_UPCALL_VERIFIED = 1, /* (status, 1: equal, 0) */
    ABI_HMAC_UPCALLS = 2,
};
enum abi_hmac_allow {
    ABI_HMAC_RO_KEY = 0,
    ABI_HMAC_RO_DATA = 1,
    ABI_HMAC_RO_COMPARE = 2,
    ABI_HMAC_ROS = 3,
    ABI_HMAC_RW_CODE = 2,
    ABI_HMAC_RWS = 3,
};

/* SHA: digest of ro 0. NOMEM while this process's is under way. */
enum abi_sha_command {
    ABI_SHA_SET_ALGORITHM = 1, /* (enum abi_digest_algorithm). NOSUPPORT */
    ABI_SHA_HASH = 2,          /* u 0, the digest in rw 0 */
    ABI_SHA_VERIFY = 3,        /* u 1: is it what ro 1 has */
};
enum abi_sha_upcall {
    ABI_SHA_UPCALL_HASHED = 0,   /* (status, 0, 0) */
    ABI_SHA_UPCALL_VERIFIED = 1, /* (status, 1: equal, 0) */
    ABI_SHA_UPCALLS = 2,
};
enum abi_sha_allow {
    ABI_SHA_RO_DATA = 0,
    ABI_SHA_RO_COMPARE = 1,
    ABI_SHA_ROS = 2,
    ABI_SHA_RW_DIGEST = 0,
    ABI_SHA_RWS = 1,
};
/* Of HMAC and SHA. There is no other yet. */
enum abi_digest_algorithm {
    ABI_DIGEST_SHA256 = 0,
};
#define ABI_DIGEST_BYTES 32u

/* AES with a key of 128 bits: key ro 0, initial value or nonce ro 1, source ro 2, result rw 0.
 * NOMEM while this process's is under way. The settings of CCM are those of the next SETUP. */
enum abi_aes_command {
    ABI_AES_SET_ALGORITHM = 1,    /* (enum abi_aes_algorithm, 0: decrypt). NOSUPPORT */
    ABI_AES_SETUP = 2,            /* u. Takes key and initial value. INVAL; RESERVE; SIZE */
    ABI_AES_CRYPT = 3,            /* u. The next part of the message. OFF: not set up; SIZE */
    ABI_AES_FINISH = 4,           /* forgets the key. OFF */
    ABI_AES_SET_A_OFFSET = 5,     /* (where in the source the associated data begins) */
    ABI_AES_SET_M_OFFSET = 6,     /* (where the message begins) */
    ABI_AES_SET_MIC_LENGTH = 7,   /* (bytes) */
    ABI_AES_SET_CONFIDENTIAL = 8, /* (0: the message is authenticated only) */
};
enum abi_aes_algorithm {
    ABI_AES_CTR = 0,
    ABI_AES_CBC = 1,
    ABI_AES_ECB = 2,
    ABI_AES_CCM = 3,
};
enum abi_aes_upcall {
    ABI_AES_UPCALL_DONE = 0, /* (status, bytes of the source, CCM: 1: the MIC is right) */
    ABI_AES_UPCALLS = 1,
};
enum abi_aes_allow {
    ABI_AES_RO_KEY = 0,
    ABI_AES_RO_IV = 1,
    ABI_AES_RO_SOURCE = 2,
    ABI_AES_ROS = 3,
    ABI_AES_RW_DEST = 0,
    ABI_AES_RWS = 1,
};

/* EUI-64: the chip's own number. */
enum abi_eui64_command {
    ABI_EUI64_GET = 1, /* -> u64 */
};

/* Cycle count: of the processor's clock. One counter; who has started it rules it while it lives,
 * to others it is RESERVE, but for reading. */
enum abi_cycle_count_command {
    ABI_CYCLE_COUNT_START = 1,
    ABI_CYCLE_COUNT_READ = 2,  /* -> u64 */
    ABI_CYCLE_COUNT_RESET = 3, /* 0, and stopped */
    ABI_CYCLE_COUNT_STOP = 4,
};

/* Buzzer: a tone at a time. At most ABI_BUZZER_MAX_MS. */
enum abi_buzzer_command {
    ABI_BUZZER_BUZZ = 1,     /* (Hz, ms), u. When it is free. NOMEM: this process's waits; INVAL */
    ABI_BUZZER_BUZZ_NOW = 2, /* (Hz, ms), u. RESERVE: it is another's; INVAL */
    ABI_BUZZER_STOP = 3,     /* u. RESERVE; OFF: there is no tone */
};
#define ABI_BUZZER_MAX_MS 5000u
enum abi_buzzer_upcall {
    ABI_BUZZER_UPCALL_DONE = 0, /* (status, 0, 0) */
    ABI_BUZZER_UPCALLS = 1,
};

/* CTAP HID and keyboard HID: reports to and from a USB host, 64 bytes and 8. The first process that
 * uses it has it; to others it is BUSY. */
enum abi_hid_command {
    ABI_HID_SEND = 1,           /* rw 1, u. OFF: no host; BUSY: one is under way; SIZE */
    ABI_HID_RECEIVE = 2,        /* one report into rw 0, u. ALREADY */
    ABI_HID_CANCEL_SEND = 3,    /* no upcall will follow. ALREADY: none is under way */
    ABI_HID_CANCEL_RECEIVE = 4, /* ALREADY: none is awaited */
    ABI_HID_EXCHANGE = 5,       /* 2, then 1 */
};
enum abi_hid_upcall {
    ABI_HID_UPCALL_EVENT = 0, /* (enum abi_hid_event, 0, 0) */
    ABI_HID_UPCALLS = 1,
};
enum abi_hid_event {
    ABI_HID_RECEIVED = 0,
    ABI_HID_SENT = 1,
};
enum abi_hid_allow {
    ABI_HID_RW_RECEIVE = 0,
    ABI_HID_RW_SEND = 1,
    ABI_HID_RWS = 2,
};
#define ABI_CTAP_HID_REPORT_BYTES     64u
#define ABI_KEYBOARD_HID_REPORT_BYTES 8u

/* Temperature (signed hundredths of a degree Celsius), humidity (hundredths of a percent), ambient
 * light (lux): one ABI. */
enum abi_sensor_command {
    ABI_SENSOR_READ = 1, /* BUSY while this process's reading is under way */
};
enum abi_sensor_upcall {
    ABI_SENSOR_UPCALL_READY = 0, /* (value, status, 0) */
    ABI_SENSOR_UPCALLS = 1,
};

/* Nine degrees of freedom; the boards have an accelerometer at most, the other two are NODEVICE. */
enum abi_nine_dof_command {
    ABI_NINE_DOF_ACCELERATION = 1, /* u. BUSY while this process's reading is under way */
    ABI_NINE_DOF_MAGNETIC = 100,
    ABI_NINE_DOF_ROTATION = 200,
};
enum abi_nine_dof_upcall {
    ABI_NINE_DOF_UPCALL_READY = 0, /* (x, y, z), signed; acceleration in thousandths of the earth's
                                    * gravity. (0, 0, 0): it could not be read */
    ABI_NINE_DOF_UPCALLS = 1,
};

/* Heart rate, optical: what light comes back from the skin. The rate is in its rise and fall. */
enum abi_heart_rate_command {
    ABI_HEART_RATE_ON = 1,   /* the light, for as long as any process wants it */
    ABI_HEART_RATE_OFF = 2,  /* for this process */
    ABI_HEART_RATE_READ = 3, /* the latest sample, u. OFF; BUSY: this process waits already */
};
enum abi_heart_rate_upcall {
    ABI_HEART_RATE_UPCALL_READY = 0, /* (status, what comes back, light from elsewhere) */
    ABI_HEART_RATE_UPCALLS = 1,
};

/* Nonvolatile storage: bytes of the app's own, 0xFF at first, that stay when the power goes. */
enum abi_nvm_storage_command {
    ABI_NVM_STORAGE_SIZE = 1,  /* -> u32, bytes */
    ABI_NVM_STORAGE_READ = 2,  /* (offset, bytes): into rw 0, u. INVAL: not inside; RESERVE: no
                                * buffer, or another process has this storage; NOMEM: one is under
                                * way or waits */
    ABI_NVM_STORAGE_WRITE = 3, /* (offset, bytes): from ro 0, u. The same errors */
};
enum abi_nvm_storage_upcall {
    ABI_NVM_STORAGE_UPCALL_READ = 0,    /* (bytes, 0, 0): fewer than asked for when it failed */
    ABI_NVM_STORAGE_UPCALL_WRITTEN = 1, /* (bytes, 0, 0) */
    ABI_NVM_STORAGE_UPCALLS = 2,
};
enum abi_nvm_storage_allow {
    ABI_NVM_STORAGE_RW_READ = 0,
    ABI_NVM_STORAGE_RWS = 1,
    ABI_NVM_STORAGE_RO_WRITE = 0,
    ABI_NVM_STORAGE_ROS = 1,
};
/* A power cut leaves each block of so many bytes, counted from offset 0, as it was before a write
 * or as it is after it, never in between. */
#define ABI_NVM_STORAGE_BLOCK 3840u

/* Isolated storage: a region that only apps of this write identifier see. NOSUPPORT: the app has
 * none, or may not read or modify what is marked with it; BUSY: it has asked for something already.
 * All else the upcall says. A power cut leaves the region as it was before a write or as it is
 * after it. */
enum abi_isolated_storage_command {
    ABI_ISOLATED_STORAGE_SIZE = 1,  /* u */
    ABI_ISOLATED_STORAGE_READ = 2,  /* (offset's low word, its high word): fills rw 0, u */
    ABI_ISOLATED_STORAGE_WRITE = 3, /* (offset's low word, its high word): all of ro 0, u */
};
/* (status, bytes, 0). RESERVE: no buffer; INVAL: not all of it lies inside; NOMEM: no region is
 * left; FAIL: the flash has changed what was there, or does not keep what it is given. */
enum abi_isolated_storage_upcall {
    ABI_ISOLATED_STORAGE_UPCALL_SIZE = 0, /* its high word last */
    ABI_ISOLATED_STORAGE_UPCALL_READ = 1,
    ABI_ISOLATED_STORAGE_UPCALL_WRITTEN = 2,
    ABI_ISOLATED_STORAGE_UPCALLS = 3,
};
enum abi_isolated_storage_allow {
    ABI_ISOLATED_STORAGE_RW_READ = 0,
    ABI_ISOLATED_STORAGE_RWS = 1,
    ABI_ISOLATED_STORAGE_RO_WRITE = 0,
    ABI_ISOLATED_STORAGE_ROS = 1,
};

/* PWM. INVAL for an index that the board does not have. */
enum abi_pwm_command {
    ABI_PWM_START = 1,         /* (duty << 16 | index, hertz): duty in 1/10000. INVAL; RESERVE:
                                * another process has it */
    ABI_PWM_STOP = 2,          /* (index). OFF: it does not run; RESERVE */
    ABI_PWM_MAX_FREQUENCY = 3, /* (index) -> u32, hertz */
    ABI_PWM_COUNT = 4,         /* -> u32 */
};

/* Screen. Commands marked with u end in an upcall; one such per process at a time, else BUSY. */
enum abi_screen_command {
    ABI_SCREEN_HAS_SETUP = 1,      /* -> u32, 0: resolution and format are fixed */
    ABI_SCREEN_SET_POWER = 2,      /* u (0 | 1) */
    ABI_SCREEN_SET_INVERTED = 6,   /* u (0 | 1) */
    ABI_SCREEN_RESOLUTIONS = 11,   /* -> u32, how many there are */
    ABI_SCREEN_RESOLUTION_AT = 12, /* (index) -> u32 width, u32 height. INVAL */
    ABI_SCREEN_FORMATS = 13,       /* -> u32, how many there are */
    ABI_SCREEN_FORMAT_AT = 14,     /* (index) -> u32, enum abi_screen_format. INVAL */
    ABI_SCREEN_ROTATION = 21,      /* -> u32, 0 */
    ABI_SCREEN_RESOLUTION = 23,    /* -> u32 width, u32 height */
    ABI_SCREEN_FORMAT = 25,        /* -> u32, enum abi_screen_format */
    ABI_SCREEN_SET_FRAME = 100,    /* u (x << 16 | y, width << 16 | height). INVAL: not inside */
    ABI_SCREEN_WRITE = 200,        /* u (bytes): ro 0 goes into the frame */
    ABI_SCREEN_FILL = 300,         /* u: the pixel in ro 0 fills the frame */
};
enum abi_screen_format {
    ABI_SCREEN_MONO = 0,
    ABI_SCREEN_RGB_332 = 1,
    ABI_SCREEN_RGB_565 = 2, /* two bytes, the one with the red bits first */
    ABI_SCREEN_RGB_888 = 3,
};
enum abi_screen_upcall {
    ABI_SCREEN_UPCALL_DONE = 0, /* (status, 0, 0) */
    ABI_SCREEN_UPCALLS = 1,
};
enum abi_screen_allow {
    ABI_SCREEN_RO_PIXELS = 0,
    ABI_SCREEN_ROS = 1,
};

/* Touch. A single capacitive pad, as the nrf52dk's, reports position (0, 0). Single touch: numbers
 * 1 and 2. */
enum abi_touch_command {
    ABI_TOUCH_ENABLE = 1,
    ABI_TOUCH_DISABLE = 2,
    ABI_TOUCH_MULTI_ACK = 10,
    ABI_TOUCH_MULTI_ENABLE = 11,
    ABI_TOUCH_MULTI_DISABLE = 12,
    ABI_TOUCH_COUNT = 100, /* -> u32, touches that can be told apart */
};
enum abi_touch_upcall {
    ABI_TOUCH_UPCALL_SINGLE = 0,  /* (enum abi_touch_status, x << 16 | y, pressure << 16 | size) */
    ABI_TOUCH_UPCALL_GESTURE = 1, /* (gesture, 0, 0) */
    ABI_TOUCH_UPCALL_MULTI = 2,   /* (count, dropped, 0), records in the buffer */
    ABI_TOUCH_UPCALLS = 3,
};
enum abi_touch_status {
    ABI_TOUCH_RELEASED = 0,
    ABI_TOUCH_PRESSED = 1,
    ABI_TOUCH_MOVED = 2,
};
enum abi_touch_gesture {
    ABI_TOUCH_SWIPE_UP = 1,
    ABI_TOUCH_SWIPE_DOWN = 2,
    ABI_TOUCH_SWIPE_LEFT = 3,
    ABI_TOUCH_SWIPE_RIGHT = 4,
};
enum abi_touch_allow {
    ABI_TOUCH_RW_MULTI = 2,
    ABI_TOUCH_RWS = 3,
};

/* App loader: installs, starts and removes apps, for a process whose permissions name the driver.
 * Commands answer at once whether they begin; an upcall follows. One process at a time. */
enum abi_app_loader_command {
    ABI_APP_LOADER_SETUP = 1,    /* (length of the TBF). BUSY, NOMEM, SIZE, INVAL */
    ABI_APP_LOADER_WRITE = 2,    /* (offset, length): the bytes are in ro 0 */
    ABI_APP_LOADER_FINALIZE = 3, /* INVAL: it is no app */
    ABI_APP_LOADER_LOAD = 4,
    ABI_APP_LOADER_ABORT = 5,
    ABI_APP_LOADER_UNLOAD = 6, /* (ShortId). INVAL: there is none of it */
};
enum abi_app_loader_upcall {
    ABI_APP_LOADER_UPCALL_SETUP = 0, /* (status, 0, 0): 0 or an error of enum abi_error */
    ABI_APP_LOADER_UPCALL_WRITE = 1, /* (status, bytes written, 0) */
    ABI_APP_LOADER_UPCALL_FINALIZE = 2,
    ABI_APP_LOADER_UPCALL_LOAD = 3,
    ABI_APP_LOADER_UPCALL_ABORT = 4,
    ABI_APP_LOADER_UPCALL_UNLOAD = 5, /* (status, ShortId, 0) */
    ABI_APP_LOADER_UPCALLS = 6,
};
enum abi_app_loader_allow {
    ABI_APP_LOADER_RO_DATA = 0,
    ABI_APP_LOADER_ROS = 1,
};

/* Process info: what runs, and control over it. The board says which process may use it. */
enum abi_process_info_command {
    ABI_PROCESS_INFO_COUNT = 1,     /* -> u32 */
    ABI_PROCESS_INFO_IDS = 2,       /* u32 each, into the buffer -> u32, how many there are */
    ABI_PROCESS_INFO_SHORT_IDS = 3, /* u32 each, into the buffer -> u32, how many there are */
    ABI_PROCESS_INFO_NAME = 4,      /* (id), into the buffer -> u32, length */
    ABI_PROCESS_INFO_STATS = 5,     /* (id), four u32 into the buffer: slices used up, system
                                     * calls, restarts, enum abi_process_state */
    ABI_PROCESS_INFO_SET_STATE = 6, /* (id, enum abi_process_action) */
};
enum abi_process_info_allow {
    ABI_PROCESS_INFO_RW_BUFFER = 0,
    ABI_PROCESS_INFO_RWS = 1,
};
enum abi_process_action {
    ABI_PROCESS_START = 1,
    ABI_PROCESS_STOP = 2,
    ABI_PROCESS_FAULT = 3,
    ABI_PROCESS_TERMINATE = 4,
    ABI_PROCESS_BOOT = 5,
};
enum abi_process_state {
    ABI_PROCESS_RUNNING = 0,
    ABI_PROCESS_YIELDED = 1,
    ABI_PROCESS_YIELDED_FOR = 2,
    ABI_PROCESS_STOPPED = 3,
    ABI_PROCESS_FAULTED = 4,
    ABI_PROCESS_TERMINATED = 5,
};

/* IPC. Upcall and rw numbers are process indices: a service subscribes at its own index, a client
 * at its service's; the buffer at rw i is shared with process i, from the next notification on. An
 * upcall has (index of who notified, bytes of the buffer shared, its address), 0 and 0 when there
 * is none. */
enum abi_ipc_command {
    ABI_IPC_DISCOVER = 1, /* the name is in ro 0 -> u32, process index. INVAL: none; NODEVICE */
    ABI_IPC_NOTIFY_SERVICE = 2, /* (index). INVAL: no such process; NODEVICE: it has ended; NOMEM:
                                 * its queue is full; SIZE: such a buffer can never be shared; BUSY:
                                 * not now, the other's regions are taken */
    ABI_IPC_NOTIFY_CLIENT = 3,  /* (index). The same */
};
enum abi_ipc_allow {
    ABI_IPC_RO_NAME = 0,
    ABI_IPC_ROS = 1,
};

#endif
