#pragma GCC system_header // REFUSED
