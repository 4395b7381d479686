// Lays out structs in another way than the headers know.
#pragma pack(1) // REFUSED
