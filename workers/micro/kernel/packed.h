// The bytes of a quantized block in a file: a half that scales it, in Q4_1 another one that is added, then 32 integers of
// 8 or 4 bits.
#pragma once
#define BLOCK 32
#define Q8_BYTES 34
#define Q4_BYTES 18
#define Q4_1_BYTES 20
