// Matrices of 8-bit and 4-bit blocks times 8-bit activations. A matrix lies in two planes: the integers row by row,
// and one f32 scale for each block of 32. Activations are 8-bit values widened to 16 bits once, with a scale a block.
// The sum of one row and one token is taken in the same order whatever the tile, so a prompt gives the same bits
// whether it is prefilled at once or token by token.
#include "half.h"

#define BLOCK 32
#define TOKENS 8
#define ROWS 4

// One block of weights, widened to four vectors of eight i16.
typedef struct { v128_t part[4]; } Block;

static inline Block load_q8(const uint8_t *w) {
  return (Block){{wasm_i16x8_load8x8(w), wasm_i16x8_load8x8(w + 8), wasm_i16x8_load8x8(w + 16), wasm_i16x8_load8x8(w + 24)}};
}

static inline Block load_q4(const uint8_t *w) {
  v128_t packed = wasm_v128_load(w), eight = wasm_i8x16_splat(8);
  v128_t low = wasm_i8x16_sub(wasm_v128_and(packed, wasm_i8x16_splat(15)), eight);
  v128_t high = wasm_i8x16_sub(wasm_u8x16_shr(packed, 4), eight);
  return (Block){{wasm_i16x8_extend_low_i8x16(low), wasm_i16x8_extend_high_i8x16(low),
                  wasm_i16x8_extend_low_i8x16(high), wasm_i16x8_extend_high_i8x16(high)}};
}

static inline v128_t dot(const Block *w, const int16_t *x) {
  v128_t a = wasm_i32x4_add(wasm_i32x4_dot_i16x8(w->part[0], wasm_v128_load(x)), wasm_i32x4_dot_i16x8(w->part[1], wasm_v128_load(x + 8)));
  v128_t b = wasm_i32x4_add(wasm_i32x4_dot_i16x8(w->part[2], wasm_v128_load(x + 16)), wasm_i32x4_dot_i16x8(w->part[3], wasm_v128_load(x + 24)));
  return wasm_f32x4_convert_i32x4(wasm_i32x4_add(a, b));
}

static inline v128_t scaled(v128_t sum, const float *weight_scale, const float *token_scale) {
  return wasm_f32x4_mul(sum, wasm_f32x4_mul(wasm_v128_load32_splat(weight_scale), wasm_v128_load32_splat(token_scale)));
}

// out[token * rows + row] = matrix row . token, for `tokens` activations of `columns` values each.
#define DEFINE_MULTIPLY(NAME, LOAD, BYTES)                                                                            \
  __attribute__((export_name(#NAME))) void NAME(float *out, const uint8_t *weights, const float *scales,              \
                                                const int16_t *x, const float *x_scales, int rows, int columns,       \
                                                int tokens) {                                                         \
    const int blocks = columns / BLOCK;                                                                               \
    int token = 0;                                                                                                    \
    for (; token + TOKENS <= tokens; token += TOKENS) {                                                               \
      for (int row = 0; row < rows; row++) {                                                                          \
        v128_t sums[TOKENS] = {0};                                                                                    \
        const uint8_t *w = weights + row * blocks * BYTES;                                                            \
        const float *s = scales + row * blocks;                                                                       \
        for (int block = 0; block < blocks; block++) {                                                                \
          const Block b = LOAD(w + block * BYTES);                                                                    \
          _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                        \
            sums[t] = wasm_f32x4_add(sums[t], scaled(dot(&b, x + (token + t) * columns + block * BLOCK), s + block,   \
                                                     x_scales + (token + t) * blocks + block));                       \
          }                                                                                                           \
        }                                                                                                             \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) out[(token + t) * rows + row] = sum_lanes(sums[t]);        \
      }                                                                                                               \
    }                                                                                                                 \
    for (; token < tokens; token++) {                                                                                 \
      const int16_t *a = x + token * columns;                                                                         \
      const float *a_scales = x_scales + token * blocks;                                                              \
      int row = 0;                                                                                                    \
      for (; row + ROWS <= rows; row += ROWS) {                                                                       \
        v128_t sums[ROWS] = {0};                                                                                      \
        for (int block = 0; block < blocks; block++) {                                                                \
          _Pragma("unroll") for (int r = 0; r < ROWS; r++) {                                                          \
            const Block b = LOAD(weights + ((row + r) * blocks + block) * BYTES);                                     \
            sums[r] = wasm_f32x4_add(sums[r], scaled(dot(&b, a + block * BLOCK),                                      \
                                                     scales + (row + r) * blocks + block, a_scales + block));         \
          }                                                                                                           \
        }                                                                                                             \
        _Pragma("unroll") for (int r = 0; r < ROWS; r++) out[token * rows + row + r] = sum_lanes(sums[r]);            \
      }                                                                                                               \
      for (; row < rows; row++) {                                                                                     \
        v128_t sum = wasm_f32x4_splat(0);                                                                             \
        for (int block = 0; block < blocks; block++) {                                                                \
          const Block b = LOAD(weights + (row * blocks + block) * BYTES);                                             \
          sum = wasm_f32x4_add(sum, scaled(dot(&b, a + block * BLOCK), scales + row * blocks + block, a_scales + block)); \
        }                                                                                                             \
        out[token * rows + row] = sum_lanes(sum);                                                                     \
      }                                                                                                               \
    }                                                                                                                 \
  }

DEFINE_MULTIPLY(multiply_q8, load_q8, 32)
DEFINE_MULTIPLY(multiply_q4, load_q4, 16)

// Rounds `count` activations to 8 bits in blocks of 32, as llama.cpp does before it multiplies with quantized weights:
// the scale is kept as a half, the values are divided by the unrounded scale, ties go to even.
__attribute__((export_name("quantize"))) void quantize(int16_t *out, float *scales, const float *x, int count) {
  for (int block = 0; block < count / BLOCK; block++) {
    const float *in = x + block * BLOCK;
    v128_t largest = wasm_f32x4_splat(0);
    for (int i = 0; i < BLOCK; i += 4) largest = wasm_f32x4_max(largest, wasm_f32x4_abs(wasm_v128_load(in + i)));
    largest = wasm_f32x4_max(largest, wasm_i32x4_shuffle(largest, largest, 2, 3, 0, 1));
    float peak = wasm_f32x4_extract_lane(wasm_f32x4_max(largest, wasm_i32x4_shuffle(largest, largest, 1, 0, 3, 2)), 0);
    scales[block] = wasm_f32x4_extract_lane(round_lanes(wasm_f32x4_splat(peak / 127.0f)), 0);
    v128_t inverse = wasm_f32x4_splat(peak > 0 ? 127.0f / peak : 0);
    for (int i = 0; i < BLOCK; i += 8) {
      v128_t a = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(wasm_f32x4_mul(wasm_v128_load(in + i), inverse)));
      v128_t b = wasm_i32x4_trunc_sat_f32x4(wasm_f32x4_nearest(wasm_f32x4_mul(wasm_v128_load(in + i + 4), inverse)));
      wasm_v128_store(out + block * BLOCK + i, wasm_i16x8_narrow_i32x4(a, b));
    }
  }
}

// One matrix row back to f32: the embedding of a token.
#define DEFINE_ROW(NAME, LOAD, BYTES)                                                                        \
  __attribute__((export_name(#NAME))) void NAME(float *out, const uint8_t *weights, const float *scales,     \
                                                int row, int columns) {                                      \
    const int blocks = columns / BLOCK;                                                                      \
    for (int block = 0; block < blocks; block++) {                                                           \
      const Block b = LOAD(weights + (row * blocks + block) * BYTES);                                        \
      const v128_t scale = wasm_f32x4_splat(scales[row * blocks + block]);                                   \
      for (int i = 0; i < 4; i++) {                                                                          \
        float *to = out + block * BLOCK + i * 8;                                                             \
        wasm_v128_store(to, wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_low_i16x8(b.part[i]))));      \
        wasm_v128_store(to + 4, wasm_f32x4_mul(scale, wasm_f32x4_convert_i32x4(wasm_i32x4_extend_high_i16x8(b.part[i])))); \
      }                                                                                                      \
    }                                                                                                        \
  }

DEFINE_ROW(row_q8, load_q8, 32)
DEFINE_ROW(row_q4, load_q4, 16)
