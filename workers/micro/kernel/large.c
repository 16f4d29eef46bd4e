// Matrices of the K formats times activations that are rounded to 8 bits in blocks of 256. What has a scale of its own is
// summed as integers; their sums times the whole-numbered scales are whole numbers too, and as floats exact below 2^24.
// Everything is added in its order, so a prompt gives the same bits whether it is prefilled at once or token by token.
//
// For several tokens a block of 16 rows is unpacked and then multiplied with all of them; for one token it is multiplied as
// it is unpacked, which saves writing it down. Both are short loops, for which there are registers, and add alike.
#include "large.h"

// Groups of four rows that go together with four tokens: as many sums as there are registers for.
#define SOME 2

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

static Unpacked unpacked;
// The halves by which the scales and the least values of the rows are multiplied, as numbers.
static v128_t tops[2][MANY];

// Adds to `out` a block of GROUPS times four rows, from group `g` on, times TOKENS tokens.
#define DEFINE_TILE(NAME, PARTS, GROUPS, TOKENS)                                                                     \
  static void NAME(float *out, int g0, Activations a, int token, int block, int rows, int blocks,             \
                          int raised) {                                                                              \
    v128_t sums[GROUPS][TOKENS] = {0}, least[GROUPS][TOKENS] = {0};                                                  \
    _Pragma("nounroll") for (int k = 0; k < 8 * PARTS; k++) {                                                        \
      const int p = PARTS == 2 ? (k / 8 * 4 + k % 4) * 2 + k / 4 % 2 : k;                                            \
      v128_t part[GROUPS][TOKENS], whole[TOKENS];                                                                    \
      _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                           \
        const int at = ((token + t) * blocks + block) * 8 * PARTS + p;                                               \
        whole[t] = wasm_v128_load32_splat((PARTS == 2 ? a.sums16 : a.sums32) + at);                                  \
        _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                           \
          part[g][t] = PARTS == 2 ? wasm_i32x4_mul(whole[t], wasm_i32x4_splat(-raised)) : wasm_i32x4_splat(0);       \
      }                                                                                                              \
      const v128_t(*weights)[MANY] = &unpacked.weights[0][0] + p * (8 / PARTS);                                      \
      _Pragma("unroll") for (int u = 0; u < 8 / PARTS; u++) {                                                        \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                         \
          const int at = ((token + t) * blocks + block) * LARGE + (p * (8 / PARTS) + u) * 4;                         \
          const v128_t x = wasm_v128_load32_splat(a.values + at);                                                    \
          _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                         \
            part[g][t] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(x, weights[u][g0 + g], part[g][t]);                  \
        }                                                                                                            \
      }                                                                                                              \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++)                                                             \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                         \
          sums[g][t] = wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(part[g][t]), unpacked.scales[p][g0 + g],     \
                                               sums[g][t]);                                                          \
          least[g][t] = wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(whole[t]), unpacked.least[p][g0 + g],       \
                                                least[g][t]);                                                        \
        }                                                                                                            \
    }                                                                                                                \
    _Pragma("unroll") for (int t = 0; t < TOKENS; t++) {                                                             \
      const v128_t by = wasm_v128_load32_splat(a.scales + (token + t) * blocks + block);                             \
      _Pragma("unroll") for (int g = 0; g < GROUPS; g++) {                                                           \
        float *to = out + (token + t) * rows + (g0 + g) * 4;                                                         \
        const v128_t total = wasm_f32x4_relaxed_madd(sums[g][t], wasm_f32x4_mul(tops[0][g0 + g], by),                \
                                                     wasm_v128_load(to));                                            \
        wasm_v128_store(to, wasm_f32x4_relaxed_nmadd(least[g][t], wasm_f32x4_mul(tops[1][g0 + g], by), total));      \
      }                                                                                                              \
    }                                                                                                                \
  }

DEFINE_TILE(add_four_1, 1, SOME, 4)
DEFINE_TILE(add_four_2, 2, SOME, 4)
DEFINE_TILE(add_one_1, 1, 1, 1)
DEFINE_TILE(add_one_2, 2, 1, 1)

// The same for one token and groups that are not unpacked, but for their scales.
#define DEFINE_DIRECT(KIND, FORMAT)                                                                                  \
  static void KIND##_direct(float *out, const uint8_t *group, int stride, int g0, Activations a, int token,   \
                                   int block, int rows, int blocks) {                                                \
    const int parts = FORMAT##_PARTS, words = 8 / parts;                                                             \
    const int8_t *x = a.values + (token * blocks + block) * LARGE;                                                   \
    v128_t sums[SOME] = {wasm_f32x4_splat(0), wasm_f32x4_splat(0)};                                                  \
    v128_t least[SOME] = {wasm_f32x4_splat(0), wasm_f32x4_splat(0)};                                                 \
    _Pragma("unroll") for (int n = 0; n < 2; n++) {                                                                  \
      _Pragma("nounroll") for (int h = 0; h < parts; h++) {                                                          \
        v128_t part[4][SOME], whole[4];                                                                              \
        _Pragma("unroll") for (int s = 0; s < 4; s++) {                                                              \
          const int at = (token * blocks + block) * 8 * parts + (n * 4 + s) * parts + h;                             \
          whole[s] = wasm_v128_load32_splat((parts == 2 ? a.sums16 : a.sums32) + at);                                \
          _Pragma("unroll") for (int g = 0; g < SOME; g++)                                                           \
            part[s][g] = FORMAT##_RAISED ? wasm_i32x4_mul(whole[s], wasm_i32x4_splat(-FORMAT##_RAISED))              \
                                         : wasm_i32x4_splat(0);                                                      \
        }                                                                                                            \
        _Pragma("nounroll") for (int u = h * words; u < (h + 1) * words; u++) {                                      \
          _Pragma("unroll") for (int s = 0; s < 4; s++) {                                                            \
            const v128_t four = wasm_v128_load32_splat(x + (n * 4 + s) * 32 + u * 4);                                \
            _Pragma("unroll") for (int g = 0; g < SOME; g++)                                                         \
              part[s][g] = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(                                                   \
                  four, KIND##_weights(group + g * stride, n * 4 + s, u), part[s][g]);                               \
          }                                                                                                          \
        }                                                                                                            \
        _Pragma("unroll") for (int s = 0; s < 4; s++) {                                                              \
          const int p = (n * 4 + s) * parts + h;                                                                     \
          _Pragma("unroll") for (int g = 0; g < SOME; g++) {                                                         \
            sums[g] = wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(part[s][g]), unpacked.scales[p][g0 + g], sums[g]); \
            if (FORMAT##_HAS_LEAST)                                                                                  \
              least[g] = wasm_f32x4_relaxed_madd(wasm_f32x4_convert_i32x4(whole[s]), unpacked.least[p][g0 + g], least[g]); \
          }                                                                                                          \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
    const v128_t by = wasm_v128_load32_splat(a.scales + token * blocks + block);                                     \
    _Pragma("unroll") for (int g = 0; g < SOME; g++) {                                                               \
      float *to = out + token * rows + (g0 + g) * 4;                                                                 \
      v128_t total = wasm_f32x4_relaxed_madd(sums[g], wasm_f32x4_mul(tops[0][g0 + g], by), wasm_v128_load(to));      \
      if (FORMAT##_HAS_LEAST) total = wasm_f32x4_relaxed_nmadd(least[g], wasm_f32x4_mul(tops[1][g0 + g], by), total); \
      wasm_v128_store(to, total);                                                                                    \
    }                                                                                                                \
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
    const int blocks = columns / LARGE, group = blocks * FORMAT##_BYTES * 4;                                         \
    int row = 0;                                                                                                     \
    for (int groups; (groups = (rows - row) / 4) > 0; row += groups * 4, matrix += groups * group) {                 \
      if (groups > MANY) groups = MANY;                                                                              \
      for (int token = 0; token < tokens; token++)                                                                   \
        for (int g = 0; g < groups; g++) wasm_v128_store(out + token * rows + row + g * 4, wasm_f32x4_splat(0));     \
      for (int block = 0; block < blocks; block++) {                                                                 \
        for (int g = 0; g < groups; g++) {                                                                           \
          const uint8_t *at = matrix + g * group + block * 4 * FORMAT##_BYTES, *halves = at + 4 * FORMAT##_SCALE;    \
          if (tokens > 1 || groups < MANY) KIND##_unpack(&unpacked, g, at);                                          \
          KIND##_parts(&unpacked, g, at);                                                                            \
          const v128_t pair = wasm_v128_load(FORMAT##_HAS_LEAST ? halves : at);                                      \
          tops[0][g] = FORMAT##_HAS_LEAST ? half_lanes(wasm_i32x4_shr(wasm_i32x4_shl(pair, 16), 16))                 \
                                          : load_half4((const uint16_t *)halves);                                    \
          tops[1][g] = FORMAT##_HAS_LEAST ? half_lanes(wasm_i32x4_shr(pair, 16)) : wasm_f32x4_splat(0);              \
        }                                                                                                            \
        int token = 0;                                                                                               \
        for (; groups == MANY && token + 4 <= tokens; token += 4)                                                    \
          for (int g = 0; g < MANY; g += SOME)                                                                       \
            (FORMAT##_PARTS == 1 ? add_four_1 : add_four_2)(out + row, g, a, token, block, rows, blocks, FORMAT##_RAISED); \
        for (; token < tokens; token++) {                                                                            \
          if (groups == MANY)                                                                                        \
            for (int g = 0; g < MANY; g += SOME)                                                                     \
              KIND##_direct(out + row, matrix + g * group + block * 4 * FORMAT##_BYTES, group, g, a, token, block,   \
                            rows, blocks);                                                                           \
          else                                                                                                       \
            for (int g = 0; g < groups; g++)                                                                         \
              (FORMAT##_PARTS == 1 ? add_one_1 : add_one_2)(out + row, g, a, token, block, rows, blocks, FORMAT##_RAISED); \
        }                                                                                                            \
      }                                                                                                              \
    }                                                                                                                \
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
  DEFINE_DIRECT(KIND, FORMAT)                                                                                        \
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
