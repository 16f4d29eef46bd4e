// Matrices of 5-bit blocks, with and without an offset, times 8-bit activations; how and why is said in quantized.c.
//
// Four rows' blocks become, where they lie, four vectors of the low bits, one of the high bits, the scales and, where the
// format has them, the offsets. In a byte of the high bits, which stand in the file as one word, bits 0 to 3 belong to the
// lower and bits 4 to 7 to the upper halves of the bytes that the four vectors have in its place.
#include "activations.h"
#include "half.h"

#define MANY 8
#define Q5_BYTES 22
#define Q5_1_BYTES 24

static inline uint32_t high_bits(const uint8_t *at) {
  return (uint32_t)at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static void repack(uint8_t *matrix, uint8_t *room, int rows, int columns, int bytes) {
  const int blocks = columns / BLOCK, halves = (bytes - 20) / 2;
  for (int row = 0; row + 4 <= rows; row += 4) {
    for (int i = 0; i < 4 * blocks * bytes; i++) room[i] = matrix[i];
    for (int block = 0; block < blocks; block++, matrix += 4 * bytes) {
      for (int r = 0; r < 4; r++) {
        const uint8_t *from = room + (r * blocks + block) * bytes;
        const uint8_t *low = from + bytes - 16;
        const uint32_t high = high_bits(from + 2 * halves);
        for (int i = 0; i < 16; i++) matrix[i / 4 * 16 + r * 4 + i % 4] = low[i];
        for (int i = 0; i < 4; i++) {
          uint8_t packed = 0;
          for (int v = 0; v < 8; v++) packed |= (uint8_t)((high >> (v * 4 + i) & 1) << v);
          matrix[64 + r * 4 + i] = packed;
        }
        for (int k = 0; k < 2 * halves; k++) matrix[80 + k / 2 * 8 + r * 2 + (k & 1)] = from[k];
      }
    }
  }
}

__attribute__((export_name("repack_q5"))) void repack_q5(uint8_t *matrix, uint8_t *room, int rows, int columns) {
  repack(matrix, room, rows, columns, Q5_BYTES);
}

__attribute__((export_name("repack_q5_1"))) void repack_q5_1(uint8_t *matrix, uint8_t *room, int rows, int columns) {
  repack(matrix, room, rows, columns, Q5_1_BYTES);
}

// GROUPS times four rows and TOKENS tokens.
#define DEFINE_TILE(NAME, BYTES, GROUPS, TOKENS)                                                                     \
  static inline void NAME(float *out, const uint8_t *group, Activations a, int token, int rows, int columns) {       \
    const int blocks = columns / BLOCK, stride = blocks * 4 * BYTES;                                                 \
    const v128_t four = wasm_i8x16_splat(15), one = wasm_i8x16_splat(16);                                            \
    v128_t totals[GROUPS][TOKENS] = {0};                                                                             \
    for (int block = 0; block < blocks; block++, group += 4 * BYTES) {                                               \
      v128_t sums[GROUPS][TOKENS];                                                                                   \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                           \
        const v128_t start = wasm_i32x4_shl(wasm_v128_load32_splat(a.offset_sums + (token + t) * blocks + block), 1);\
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                           \
          sums[g][t] = BYTES == Q5_BYTES ? start : wasm_i32x4_splat(0);                                              \
      }                                                                                                              \
      _Pragma("unroll") for (int v = 0; v < 4; v++) {                                                                \
        v128_t low[GROUPS], high[GROUPS];                                                                            \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                         \
          const v128_t both = wasm_v128_load(group + g * stride + v * 16);                                           \
          const v128_t bits = wasm_v128_load(group + g * stride + 64);                                               \
          low[g] = wasm_v128_or(wasm_v128_and(both, four), wasm_v128_and(wasm_i16x8_shl(bits, 4 - v), one));         \
          high[g] = wasm_v128_or(wasm_v128_and(wasm_u16x8_shr(both, 4), four),                                       \
                                 wasm_v128_and(wasm_u16x8_shr(bits, v), one));                                       \
        }                                                                                                            \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                         \
          const int8_t *x = a.values + (token + t) * columns + block * BLOCK + v * 4;                                \
          const v128_t first = wasm_v128_load32_splat(x), second = wasm_v128_load32_splat(x + 16);                   \
          _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                       \
            sums[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(first, low[g], sums[g][t]);                          \
            sums[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(second, high[g], sums[g][t]);                        \
          }                                                                                                          \
        }                                                                                                            \
      }                                                                                                              \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                           \
        const uint16_t *scales = (const uint16_t *)(group + g * stride + 80);                                        \
        const v128_t scale = load_half4(scales);                                                                     \
        if (BYTES == Q5_1_BYTES) {                                                                                   \
          const v128_t added = load_half4(scales + 4);                                                               \
          _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                         \
            totals[g][t] = wasm_f32x4_relaxed_madd(                                                                  \
                added, wasm_v128_load32_splat(a.block_sums + (token + t) * blocks + block), totals[g][t]);           \
        }                                                                                                            \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                         \
          const v128_t by = wasm_f32x4_mul(scale, wasm_v128_load32_splat(a.scales + (token + t) * blocks + block));  \
          totals[g][t] = wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(sums[g][t]), by, totals[g][t]);            \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
    _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                               \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                             \
        wasm_v128_store(out + (token + t) * rows + g * 4, totals[g][t]);                                             \
  }

// Weight `i` of a block as it is in the file.
static inline int loose_weight(const uint8_t *block, int bytes, int i) {
  const uint8_t low = block[bytes - 16 + i % 16];
  return (low >> i / 16 * 4 & 15) | (int)(high_bits(block + bytes - 20) >> i & 1) << 4;
}

// The same of one of four rows that have been put together.
static inline int woven_weight(const uint8_t *block, int lane, int i) {
  const int at = i % 16, upper = i / 16;
  const uint8_t low = block[at / 4 * 16 + lane * 4 + at % 4], high = block[64 + lane * 4 + at % 4];
  return (low >> upper * 4 & 15) | (high >> (upper * 4 + at / 4) & 1) << 4;
}

#define DEFINE_FORMAT(KIND, BYTES)                                                                                   \
  DEFINE_TILE(KIND##_many_four, BYTES, MANY, 4)                                                                      \
  DEFINE_TILE(KIND##_many_one, BYTES, MANY, 1)                                                                       \
  DEFINE_TILE(KIND##_one_one, BYTES, 1, 1)                                                                           \
                                                                                                                     \
  static float loose_##KIND(const uint8_t *row, Activations a, int token, int columns) {                             \
    const int blocks = columns / BLOCK, lowered = BYTES == Q5_BYTES ? 16 : 0;                                        \
    float total = 0;                                                                                                 \
    for (int block = 0; block < blocks; block++, row += BYTES) {                                                     \
      const int8_t *x = a.values + token * columns + block * BLOCK;                                                  \
      int sum = 0;                                                                                                   \
      for (int i = 0; i < BLOCK; i++) sum += (loose_weight(row, BYTES, i) - lowered) * x[i];                         \
      if (BYTES == Q5_1_BYTES) total += half_value(row + 2) * a.block_sums[token * blocks + block];                  \
      total += (float)sum * (half_value(row) * a.scales[token * blocks + block]);                                    \
    }                                                                                                                \
    return total;                                                                                                    \
  }                                                                                                                  \
                                                                                                                     \
  __attribute__((export_name("multiply_" #KIND))) void multiply_##KIND(float *out, const uint8_t *matrix,            \
                                                                       uint8_t *rounded, int rows, int columns,      \
                                                                       int tokens) {                                 \
    const Activations a = activations_at(rounded, tokens * columns);                                                 \
    const int group = columns / BLOCK * BYTES * 4;                                                                   \
    int row = 0;                                                                                                     \
    for (; row + 4 * MANY <= rows; row += 4 * MANY, matrix += MANY * group) {                                        \
      int token = 0;                                                                                                 \
      for (; token + 4 <= tokens; token += 4) KIND##_many_four(out + row, matrix, a, token, rows, columns);          \
      for (; token < tokens; token++) KIND##_many_one(out + row, matrix, a, token, rows, columns);                   \
    }                                                                                                                \
    for (; row + 4 <= rows; row += 4, matrix += group)                                                               \
      for (int token = 0; token < tokens; token++) KIND##_one_one(out + row, matrix, a, token, rows, columns);       \
    for (; row < rows; row++, matrix += group / 4)                                                                   \
      for (int token = 0; token < tokens; token++)                                                                   \
        out[token * rows + row] = loose_##KIND(matrix, a, token, columns);                                           \
  }                                                                                                                  \
                                                                                                                     \
  __attribute__((export_name("row_" #KIND))) void row_##KIND(float *out, const uint8_t *matrix, int row, int rows,   \
                                                             int columns) {                                          \
    const int blocks = columns / BLOCK, is_woven = row < (rows & ~3), lane = row & 3;                                \
    const uint8_t *block = matrix + (is_woven ? row & ~3 : row) * blocks * BYTES;                                    \
    for (int at = 0; at < blocks; at++, block += is_woven ? 4 * BYTES : BYTES, out += BLOCK) {                       \
      const float scale = half_value(is_woven ? block + 80 + lane * 2 : block);                                      \
      const float added = BYTES == Q5_1_BYTES ? half_value(is_woven ? block + 88 + lane * 2 : block + 2) : 0;        \
      for (int i = 0; i < BLOCK; i++) {                                                                              \
        const int weight = is_woven ? woven_weight(block, lane, i) : loose_weight(block, BYTES, i);                  \
        out[i] = scale * (weight - (BYTES == Q5_BYTES ? 16 : 0)) + added;                                            \
      }                                                                                                              \
    }                                                                                                                \
  }

DEFINE_FORMAT(q5, Q5_BYTES)
DEFINE_FORMAT(q5_1, Q5_1_BYTES)
