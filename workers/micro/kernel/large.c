// Matrices of the K formats times activations that are rounded to 8 bits in blocks of 256. What has a scale of its own is
// summed as integers and scaled as integers, exactly; a block becomes a number only at its end, in its order, so a prompt
// gives the same bits whether it is prefilled at once or token by token.
#include "large.h"

// Groups of four rows that go together; see quantized.c.
#define MANY 4

typedef struct {
  const int8_t *values;
  // For each block what its integers are multiplied with; the sums of its integers, by 16 and by 32.
  const float *scales;
  const int32_t *sums16, *sums32;
} Activations;

static inline Activations activations_at(uint8_t *at, int count) {
  const float *scales = (const float *)(at + count);
  const int32_t *sums16 = (const int32_t *)(scales + count / LARGE);
  return (Activations){(const int8_t *)at, scales, sums16, sums16 + count / 16};
}

// Rounds activations as llama.cpp does before it multiplies with K formats; ties go to even. Its sign of the scale, which
// is that of the largest value, falls out of every product.
__attribute__((export_name("quantize_large"))) void quantize_large(uint8_t *out, const float *x, int count) {
  const Activations a = activations_at(out, count);
  for (int block = 0; block < count / LARGE; block++) {
    const float *in = x + block * LARGE;
    v128_t largest = wasm_f32x4_splat(0);
    for (int i = 0; i < LARGE; i += 4) largest = wasm_f32x4_pmax(largest, wasm_f32x4_abs(wasm_v128_load(in + i)));
    largest = wasm_f32x4_pmax(largest, wasm_i32x4_shuffle(largest, largest, 2, 3, 0, 1));
    const float peak = wasm_f32x4_extract_lane(wasm_f32x4_pmax(largest, wasm_i32x4_shuffle(largest, largest, 1, 0, 3, 2)), 0);
    const float inverse = peak > 0 ? 127.0f / peak : 0;
    ((float *)a.scales)[block] = peak > 0 ? 1 / inverse : 0;
    for (int part = 0; part < LARGE / 16; part++) {
      int sum = 0;
      for (int i = part * 16; i < part * 16 + 16; i += 4) {
        const v128_t whole = wasm_i32x4_relaxed_trunc_f32x4(
            wasm_f32x4_nearest(wasm_f32x4_mul(wasm_v128_load(in + i), wasm_f32x4_splat(inverse))));
        const v128_t narrow = wasm_i8x16_narrow_i16x8(wasm_i16x8_narrow_i32x4(whole, whole), whole);
        wasm_v128_store32_lane((int8_t *)a.values + block * LARGE + i, narrow, 0);
        sum += wasm_i32x4_extract_lane(whole, 0) + wasm_i32x4_extract_lane(whole, 1) +
               wasm_i32x4_extract_lane(whole, 2) + wasm_i32x4_extract_lane(whole, 3);
      }
      const int at = block * (LARGE / 16) + part;
      ((int32_t *)a.sums16)[at] = sum;
      ((int32_t *)a.sums32)[at / 2] = part % 2 ? a.sums32[at / 2] + sum : sum;
    }
  }
}

// GROUPS times four rows and TOKENS tokens; what has `unroll` before it is written out.
#define DEFINE_TILE(NAME, KIND, FORMAT, GROUPS, TOKENS)                                                              \
  static inline void NAME(float *out, const uint8_t *group, Activations a, int token, int rows, int columns) {       \
    const int blocks = columns / LARGE, stride = blocks * 4 * FORMAT##_BYTES;                                        \
    const int parts = FORMAT##_PARTS, words = 8 / parts;                                                             \
    v128_t totals[GROUPS][TOKENS] = {0};                                                                             \
    for (int block = 0; block < blocks; block++, group += 4 * FORMAT##_BYTES) {                                      \
      v128_t sums[GROUPS][TOKENS] = {0}, least[GROUPS][TOKENS] = {0};                                                \
      _Pragma("nounroll") for (int b = 0; b < 8; b++) {                                                              \
        _Pragma("unroll") for (int h = 0; h < parts; h++) {                                                          \
          v128_t part[GROUPS][TOKENS], whole[TOKENS];                                                                \
          _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                       \
            const int at = ((token + t) * blocks + block) * 8 + b;                                                   \
            whole[t] = wasm_v128_load32_splat(parts == 2 ? a.sums16 + at * 2 + h : a.sums32 + at);                   \
            const v128_t raised = wasm_i32x4_neg(wasm_i32x4_shl(whole[t], FORMAT##_RAISED));                         \
            _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                       \
              part[g][t] = FORMAT##_RAISED ? raised : wasm_i32x4_splat(0);                                           \
          }                                                                                                          \
          _Pragma("unroll") for (int u = h * words; u < (h + 1) * words; u++) {                                      \
            v128_t w[GROUPS];                                                                                        \
            _Pragma("unroll") for (int g = 0; g < GROUPS; g++) w[g] = KIND##_weights(group + g * stride, b, u);      \
            _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                     \
              const v128_t x = wasm_v128_load32_splat(a.values + (token + t) * columns + block * LARGE + b * 32 + u * 4); \
              _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                     \
                part[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(x, w[g], part[g][t]);                            \
            }                                                                                                        \
          }                                                                                                          \
          _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                       \
            const v128_t scale = KIND##_scale(group + g * stride, b, h);                                             \
            _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                       \
              sums[g][t] = wasm_i32x4_add(sums[g][t], wasm_i32x4_mul(part[g][t], scale));                            \
            if (!FORMAT##_HAS_LEAST) continue;                                                                       \
            const v128_t off = KIND##_least(group + g * stride, b, h);                                               \
            _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                       \
              least[g][t] = wasm_i32x4_add(least[g][t], wasm_i32x4_mul(whole[t], off));                              \
          }                                                                                                          \
        }                                                                                                            \
      }                                                                                                              \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                           \
        const uint8_t *scales = group + g * stride + 4 * FORMAT##_SCALE;                                             \
        const v128_t pair = wasm_v128_load(FORMAT##_HAS_LEAST ? scales : group);                                     \
        const v128_t scale = FORMAT##_HAS_LEAST ? half_lanes(wasm_i32x4_shr(wasm_i32x4_shl(pair, 16), 16))           \
                                                : load_half4((const uint16_t *)scales);                              \
        const v128_t off = half_lanes(wasm_i32x4_shr(pair, 16));                                                     \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                         \
          const v128_t by = wasm_v128_load32_splat(a.scales + (token + t) * blocks + block);                         \
          totals[g][t] = wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(sums[g][t]), wasm_f32x4_mul(scale, by),    \
                                                 totals[g][t]);                                                      \
          if (FORMAT##_HAS_LEAST)                                                                                    \
            totals[g][t] = wasm_f32x4_relaxed_nmadd(wasm_f32x4_convert_i32x4(least[g][t]), wasm_f32x4_mul(off, by),  \
                                                    totals[g][t]);                                                   \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
    _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                               \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++)                                                             \
        wasm_v128_store(out + (token + t) * rows + g * 4, totals[g][t]);                                             \
  }

// A row as it is in the file times one token.
#define DEFINE_LOOSE(KIND, FORMAT)                                                                                   \
  static float loose_##KIND(const uint8_t *row, Activations a, int token, int columns) {                             \
    const int blocks = columns / LARGE;                                                                              \
    float total = 0;                                                                                                 \
    for (int block = 0; block < blocks; block++, row += FORMAT##_BYTES) {                                            \
      const int8_t *x = a.values + token * columns + block * LARGE;                                                  \
      int sum = 0, least = 0;                                                                                        \
      _Pragma("nounroll") for (int i = 0; i < LARGE; i++) {                                                          \
        sum += KIND##_scale_at(row, LOOSE, i) * KIND##_weight(row, LOOSE, i) * x[i];                                 \
        least += KIND##_least_at(row, LOOSE, i) * x[i];                                                              \
      }                                                                                                              \
      const float by = a.scales[token * blocks + block];                                                             \
      total += (float)sum * (half_value(row + FORMAT##_SCALE) * by);                                                 \
      if (FORMAT##_HAS_LEAST) total -= (float)least * (half_value(row + FORMAT##_SCALE + 2) * by);                   \
    }                                                                                                                \
    return total;                                                                                                    \
  }

// out[token * rows + row] = matrix row . token, for `tokens` activations of `columns` values each, rounded by
// `quantize_large`.
#define DEFINE_MULTIPLY(KIND, FORMAT)                                                                                \
  __attribute__((export_name("multiply_" #KIND))) void multiply_##KIND(float *out, const uint8_t *matrix,            \
                                                                       uint8_t *rounded, int rows, int columns,      \
                                                                       int tokens) {                                 \
    const Activations a = activations_at(rounded, tokens * columns);                                                 \
    const int group = columns / LARGE * FORMAT##_BYTES * 4;                                                          \
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
  }

// One row as numbers: the embedding of a token.
#define DEFINE_ROW(KIND, FORMAT)                                                                                     \
  __attribute__((export_name("row_" #KIND))) void row_##KIND(float *out, const uint8_t *matrix, int row, int rows,   \
                                                             int columns) {                                          \
    const int blocks = columns / LARGE, is_woven = row < (rows & ~3), lane = is_woven ? row & 3 : LOOSE;             \
    const int bytes = is_woven ? 4 * FORMAT##_BYTES : FORMAT##_BYTES;                                                \
    const uint8_t *block = matrix + (is_woven ? row & ~3 : row) * blocks * FORMAT##_BYTES;                           \
    for (int at = 0; at < blocks; at++, block += bytes, out += LARGE) {                                              \
      const uint8_t scales[] = {BYTE(FORMAT, FORMAT##_SCALE), BYTE(FORMAT, FORMAT##_SCALE + 1),                      \
                                FORMAT##_HAS_LEAST ? BYTE(FORMAT, FORMAT##_SCALE + 2) : 0,                           \
                                FORMAT##_HAS_LEAST ? BYTE(FORMAT, FORMAT##_SCALE + 3) : 0};                          \
      const float scale = half_value(scales), least = half_value(scales + 2);                                        \
      _Pragma("nounroll") for (int i = 0; i < LARGE; i++)                                                            \
        out[i] = scale * KIND##_scale_at(block, lane, i) * KIND##_weight(block, lane, i) -                           \
                 least * KIND##_least_at(block, lane, i);                                                            \
    }                                                                                                                \
  }

#define DEFINE_FORMAT(KIND, FORMAT)                                                                                  \
  DEFINE_TILE(KIND##_many_four, KIND, FORMAT, MANY, 4)                                                               \
  DEFINE_TILE(KIND##_many_one, KIND, FORMAT, MANY, 1)                                                                \
  DEFINE_TILE(KIND##_one_one, KIND, FORMAT, 1, 1)                                                                    \
  DEFINE_LOOSE(KIND, FORMAT)                                                                                         \
  DEFINE_MULTIPLY(KIND, FORMAT)                                                                                      \
  DEFINE_ROW(KIND, FORMAT)                                                                                           \
  __attribute__((export_name("repack_" #KIND))) void repack_##KIND(uint8_t *matrix, uint8_t *room, int rows,         \
                                                                   int columns) {                                    \
    weave(matrix, room, rows, columns / LARGE, FORMAT##_BYTES);                                                      \
  }

DEFINE_FORMAT(q2_k, Q2_K)
DEFINE_FORMAT(q3_k, Q3_K)
DEFINE_FORMAT(q4_k, Q4_K)
DEFINE_FORMAT(q5_k, Q5_K)
DEFINE_FORMAT(q6_k, Q6_K)
