// The bytes of a quantized block in a file: a half that scales it, then 32 integers of 8 or 4 bits.
#pragma once
#define BLOCK 32
#define Q8_BYTES 34
#define Q4_BYTES 18
