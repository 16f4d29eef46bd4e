// Matrices of 8-bit and 4-bit blocks times 8-bit activations. Whole blocks of 32 columns are summed as integers, exactly,
// and only then scaled, in their order, so a prompt gives the same bits whether it is prefilled at once or token by token.
//
// A matrix lies where its file's bytes were and takes no more: four rows at a time have been put in the order in which they
// are read (repack.c), so that a lane of a vector is a row. Rows that are left over stay as they are in the file.
#include "activations.h"
#include "half.h"
#include "packed.h"

// Groups of four rows that go together: more than there are registers for, but large weights come from memory, and the
// more places are read at once, the less each is waited for. 8 is a fifth faster than 2.
#define MANY 8

// The second factor of the dot product has seven bits only. Activations are therefore kept as what is positive of them and what is negative: w * x = w * positive + ~w * negative + negative.
static inline v128_t dot_narrow(v128_t sum, v128_t w, v128_t inverse, const uint8_t *positive, const uint8_t *negative) {
  sum = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(w, wasm_v128_load32_splat(positive), sum);
  return wasm_i32x4_relaxed_dot_i8x16_i7x16_add(inverse, wasm_v128_load32_splat(negative), sum);
}

// One rounding, as llama.cpp does it, where the processor can.
static inline v128_t add_scaled(v128_t total, v128_t sum, v128_t scales, const float *token_scale) {
  const v128_t by = wasm_f32x4_mul(scales, wasm_v128_load32_splat(token_scale));
  return wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(sum), by, total);
}

// GROUPS times four rows and TOKENS tokens; everything in the braces below is unrolled.
#define DEFINE_TILE_NARROW(NAME, GROUPS, TOKENS)                                                                        \
  static inline void NAME(float *out, const uint8_t *group, Activations a, int token, int rows, int columns) {      \
    const int blocks = columns / BLOCK;                                                                             \
    const int stride = blocks * 4 * Q8_BYTES;                                                                       \
    v128_t totals[GROUPS][TOKENS] = {0};                                                                            \
    for (int block = 0; block < blocks; block++) {                                                                  \
      v128_t sums[GROUPS][TOKENS];                                                                                  \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                          \
        const v128_t start = wasm_v128_load32_splat(a.negative_sums + (token + t) * blocks + block);                \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++) sums[g][t] = start;                                      \
      }                                                                                                             \
      _Pragma("unroll") for (int v = 0; v < 8; v++) {                                                               \
        v128_t w[GROUPS], inverse[GROUPS];                                                                          \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                        \
          const v128_t shifted = wasm_v128_load(group + g * stride + (block * 8 + v) * 16);                         \
          w[g] = wasm_v128_xor(shifted, wasm_i8x16_splat((char)0x80));                                              \
          inverse[g] = wasm_v128_xor(shifted, wasm_i8x16_splat(0x7f));                                              \
        }                                                                                                           \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                        \
          const int at = (token + t) * columns + block * BLOCK + v * 4;                                             \
          _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                        \
            sums[g][t] = dot_narrow(sums[g][t], w[g], inverse[g], a.positive + at, a.negative + at);                    \
        }                                                                                                           \
      }                                                                                                             \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                          \
        const v128_t scales = load_half4((const uint16_t *)(group + g * stride + blocks * 4 * BLOCK) + block * 4);  \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                          \
          totals[g][t] = add_scaled(totals[g][t], sums[g][t], scales, a.scales + (token + t) * blocks + block);     \
      }                                                                                                             \
    }                                                                                                               \
    _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                              \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                            \
        wasm_v128_store(out + (token + t) * rows + g * 4, totals[g][t]);                                            \
  }

// The same where the processor takes all eight bits of the second factor, which `is_wide` finds out: the weights are kept
// as w + 128, and 128 * x is taken off again.
#define DEFINE_TILE_WIDE(NAME, GROUPS, TOKENS)                                                                      \
  static inline void NAME(float *out, const uint8_t *group, Activations a, int token, int rows, int columns) {      \
    const int blocks = columns / BLOCK;                                                                             \
    const int stride = blocks * 4 * Q8_BYTES;                                                                       \
    v128_t totals[GROUPS][TOKENS] = {0};                                                                            \
    for (int block = 0; block < blocks; block++) {                                                                  \
      v128_t sums[GROUPS][TOKENS];                                                                                  \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                          \
        const v128_t start = wasm_v128_load32_splat(a.offset_sums + (token + t) * blocks + block);                  \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++) sums[g][t] = wasm_i32x4_shl(start, 4);                   \
      }                                                                                                             \
      _Pragma("unroll") for (int v = 0; v < 8; v++) {                                                               \
        v128_t w[GROUPS];                                                                                           \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                          \
          w[g] = wasm_v128_load(group + g * stride + (block * 8 + v) * 16);                                         \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                        \
          const v128_t x = wasm_v128_load32_splat(a.values + (token + t) * columns + block * BLOCK + v * 4);        \
          _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                        \
            sums[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(x, w[g], sums[g][t]);                               \
        }                                                                                                           \
      }                                                                                                             \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                          \
        const v128_t scales = load_half4((const uint16_t *)(group + g * stride + blocks * 4 * BLOCK) + block * 4);  \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                          \
          totals[g][t] = add_scaled(totals[g][t], sums[g][t], scales, a.scales + (token + t) * blocks + block);     \
      }                                                                                                             \
    }                                                                                                               \
    _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                              \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                            \
        wasm_v128_store(out + (token + t) * rows + g * 4, totals[g][t]);                                            \
  }

#define DEFINE_TILE_Q4(NAME, BYTES, GROUPS, TOKENS)                                                                        \
  static inline void NAME(float *out, const uint8_t *group, Activations a, int token, int rows, int columns) {      \
    const int blocks = columns / BLOCK;                                                                             \
    const int stride = blocks * 4 * BYTES;                                                                       \
    const v128_t nibble = wasm_i8x16_splat(15);                                                                     \
    v128_t totals[GROUPS][TOKENS] = {0};                                                                            \
    for (int block = 0; block < blocks; block++) {                                                                  \
      v128_t sums[GROUPS][TOKENS];                                                                                  \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                          \
        const v128_t start = BYTES == Q4_1_BYTES ? wasm_i32x4_splat(0)                                              \
                                                : wasm_v128_load32_splat(a.offset_sums + (token + t) * blocks + block);                  \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++) sums[g][t] = start;                                      \
      }                                                                                                             \
      _Pragma("unroll") for (int v = 0; v < 4; v++) {                                                               \
        v128_t low[GROUPS], high[GROUPS];                                                                           \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                        \
          const v128_t w = wasm_v128_load(group + g * stride + (block * 4 + v) * 16);                               \
          low[g] = wasm_v128_and(w, nibble);                                                                        \
          high[g] = wasm_v128_and(wasm_u16x8_shr(w, 4), nibble);                                                    \
        }                                                                                                           \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                        \
          const int8_t *x = a.values + (token + t) * columns + block * BLOCK + v * 4;                               \
          const v128_t first = wasm_v128_load32_splat(x), second = wasm_v128_load32_splat(x + 16);                  \
          _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                      \
            sums[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(first, low[g], sums[g][t]);                         \
            sums[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(second, high[g], sums[g][t]);                       \
          }                                                                                                         \
        }                                                                                                           \
      }                                                                                                             \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                          \
        const v128_t scales = load_half4((const uint16_t *)(group + g * stride + blocks * 4 * BLOCK / 2) + block * 4); \
        if (BYTES == Q4_1_BYTES) {                                                                                  \
          const v128_t added =                                                                                      \
              load_half4((const uint16_t *)(group + g * stride + blocks * 4 * BLOCK / 2) + (blocks + block) * 4);   \
          _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                        \
            totals[g][t] = wasm_f32x4_relaxed_madd(                                                                 \
                added, wasm_v128_load32_splat(a.block_sums + (token + t) * blocks + block), totals[g][t]);          \
        }                                                                                                           \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                          \
          totals[g][t] = add_scaled(totals[g][t], sums[g][t], scales, a.scales + (token + t) * blocks + block);     \
      }                                                                                                             \
    }                                                                                                               \
    _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                              \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                            \
        wasm_v128_store(out + (token + t) * rows + g * 4, totals[g][t]);                                            \
  }

DEFINE_TILE_NARROW(narrow_many_four, MANY, 4)
DEFINE_TILE_NARROW(narrow_many_one, MANY, 1)
DEFINE_TILE_NARROW(narrow_one_four, 1, 4)
DEFINE_TILE_NARROW(narrow_one_one, 1, 1)
DEFINE_TILE_WIDE(wide_many_four, MANY, 4)
DEFINE_TILE_WIDE(wide_many_one, MANY, 1)
DEFINE_TILE_WIDE(wide_one_four, 1, 4)
DEFINE_TILE_WIDE(wide_one_one, 1, 1)
DEFINE_TILE_Q4(q4_many_four, Q4_BYTES, MANY, 4)
DEFINE_TILE_Q4(q4_1_many_four, Q4_1_BYTES, MANY, 4)
DEFINE_TILE_Q4(q4_many_one, Q4_BYTES, MANY, 1)
DEFINE_TILE_Q4(q4_1_many_one, Q4_1_BYTES, MANY, 1)
DEFINE_TILE_Q4(q4_one_four, Q4_BYTES, 1, 4)
DEFINE_TILE_Q4(q4_1_one_four, Q4_1_BYTES, 1, 4)
DEFINE_TILE_Q4(q4_one_one, Q4_BYTES, 1, 1)
DEFINE_TILE_Q4(q4_1_one_one, Q4_1_BYTES, 1, 1)

// A row as it is in the file times one token.
static inline float loose_narrow(const uint8_t *row, Activations a, int token, int columns) {
  const int blocks = columns / BLOCK;
  float total = 0;
  for (int block = 0; block < blocks; block++, row += Q8_BYTES) {
    const int8_t *x = a.values + token * columns + block * BLOCK;
    int sum = 0;
    for (int i = 0; i < BLOCK; i++) sum += (int8_t)row[2 + i] * x[i];
    total += (float)sum * (half_value(row) * a.scales[token * blocks + block]);
  }
  return total;
}

#define loose_wide loose_narrow

static inline float loose_q4(const uint8_t *row, Activations a, int token, int columns) {
  const int blocks = columns / BLOCK;
  float total = 0;
  for (int block = 0; block < blocks; block++, row += Q4_BYTES) {
    const int8_t *x = a.values + token * columns + block * BLOCK;
    int sum = 0;
    for (int i = 0; i < 16; i++) sum += ((row[2 + i] & 15) - 8) * x[i] + ((row[2 + i] >> 4) - 8) * x[i + 16];
    total += (float)sum * (half_value(row) * a.scales[token * blocks + block]);
  }
  return total;
}

static inline float loose_q4_1(const uint8_t *row, Activations a, int token, int columns) {
  const int blocks = columns / BLOCK;
  float total = 0;
  for (int block = 0; block < blocks; block++, row += Q4_1_BYTES) {
    const int8_t *x = a.values + token * columns + block * BLOCK;
    int sum = 0;
    for (int i = 0; i < 16; i++) sum += (row[4 + i] & 15) * x[i] + (row[4 + i] >> 4) * x[i + 16];
    total += half_value(row + 2) * a.block_sums[token * blocks + block];
    total += (float)sum * (half_value(row) * a.scales[token * blocks + block]);
  }
  return total;
}

// out[token * rows + row] = matrix row . token, for `tokens` activations of `columns` values each, rounded by `quantize`.
#define DEFINE_MULTIPLY(KIND, BYTES)                                                                                \
  __attribute__((export_name("multiply_" #KIND))) void multiply_##KIND(float *out, const uint8_t *matrix,           \
                                                                       uint8_t *rounded, int rows, int columns,     \
                                                                       int tokens) {                                \
    const Activations a = activations_at(rounded, tokens * columns);                                                \
    const int group = columns / BLOCK * BYTES * 4;                                                                  \
    int row = 0;                                                                                                    \
    for (; row + 4 * MANY <= rows; row += 4 * MANY, matrix += MANY * group) {                                                        \
      int token = 0;                                                                                                \
      for (; token + 4 <= tokens; token += 4) KIND##_many_four(out + row, matrix, a, token, rows, columns);          \
      for (; token < tokens; token++) KIND##_many_one(out + row, matrix, a, token, rows, columns);                   \
    }                                                                                                               \
    for (; row + 4 <= rows; row += 4, matrix += group) {                                                            \
      int token = 0;                                                                                                \
      for (; token + 4 <= tokens; token += 4) KIND##_one_four(out + row, matrix, a, token, rows, columns);          \
      for (; token < tokens; token++) KIND##_one_one(out + row, matrix, a, token, rows, columns);                   \
    }                                                                                                               \
    for (; row < rows; row++, matrix += group / 4)                                                                  \
      for (int token = 0; token < tokens; token++)                                                                  \
        out[token * rows + row] = loose_##KIND(matrix, a, token, columns);                                          \
  }

DEFINE_MULTIPLY(narrow, Q8_BYTES)
DEFINE_MULTIPLY(wide, Q8_BYTES)
DEFINE_MULTIPLY(q4, Q4_BYTES)
DEFINE_MULTIPLY(q4_1, Q4_1_BYTES)

// Whether relaxed dot products are exact with eight bits in the second factor, which the standard leaves open. The
// factors come from outside, so that the processor and not the compiler answers.
__attribute__((export_name("is_wide"))) int is_wide(int x, int w) {
  const v128_t sum = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(wasm_i8x16_splat((char)x), wasm_i8x16_splat((char)w),
                                                            wasm_i32x4_splat(1));
  return wasm_i32x4_extract_lane(sum, 1) == 4 * (int8_t)x * (uint8_t)w + 1;
}
