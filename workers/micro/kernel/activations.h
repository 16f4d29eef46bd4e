// How activations lie once they are rounded to 8 bits in blocks of 32: what `quantize` writes and the products read.
#pragma once
#include "packed.h"
#include <stdint.h>

typedef struct {
  const int8_t *values;
  // The values above zero and, without their sign, those below it: seven bits each.
  const uint8_t *positive, *negative;
  const float *scales;
  // For each block the sum of `negative`, and -8 times the sum of `values`: where an unsigned 4-bit weight is 8 too large.
  const int32_t *negative_sums, *offset_sums;
  // For each block its sum as a number, a half as in llama.cpp: what is added to each weight is multiplied with it.
  const float *block_sums;
} Activations;

static inline Activations activations_at(uint8_t *at, int count) {
  const int blocks = count / BLOCK;
  const float *scales = (const float *)(at + 3 * count);
  return (Activations){(const int8_t *)at, at + count, at + 2 * count, scales,
                       (const int32_t *)(scales + blocks), (const int32_t *)(scales + 2 * blocks),
                       scales + 3 * blocks};
}
