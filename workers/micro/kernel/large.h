// The K formats: blocks of 256 weights in which every 32 or 16 have a whole-numbered scale of their own. For each format
// how four rows' blocks are unpacked to vectors of four bytes of each row, and to their scales and, where the format has
// them, the least values that are taken off again; then the same for a single weight of a single row.
// Source: the layouts in ggml-common.h, the meaning in ggml-quants.c (github.com/ggml-org/ggml/tree/master/src).
#pragma once
#include "half.h"
#include "words.h"

#define LARGE 256

#define Q2_K_BYTES 84
#define Q3_K_BYTES 110
#define Q4_K_BYTES 144
#define Q5_K_BYTES 176
#define Q6_K_BYTES 210
// Scales for each 32 weights.
#define Q2_K_PARTS 2
#define Q3_K_PARTS 2
#define Q4_K_PARTS 1
#define Q5_K_PARTS 1
#define Q6_K_PARTS 2
// By what all weights are too large.
#define Q2_K_RAISED 0
#define Q3_K_RAISED 4
#define Q4_K_RAISED 0
#define Q5_K_RAISED 0
#define Q6_K_RAISED 32
#define Q2_K_HAS_LEAST 1
#define Q3_K_HAS_LEAST 0
#define Q4_K_HAS_LEAST 1
#define Q5_K_HAS_LEAST 1
#define Q6_K_HAS_LEAST 0
// Where the half lies that scales all, in bytes.
#define Q2_K_SCALE 80
#define Q3_K_SCALE 108
#define Q4_K_SCALE 0
#define Q5_K_SCALE 0
#define Q6_K_SCALE 208

// Groups of four rows that go together; see quantized.c.
#define MANY 4

// What becomes of a block: vectors of weights, eight for each of 8 times 32, and numbers for each part of them.
typedef struct {
  v128_t weights[8][8][MANY], scales[16][MANY], least[16][MANY];
} Unpacked;

static inline v128_t word_of(const uint8_t *block, int word) { return wasm_v128_load(block + 16 * word); }
static inline v128_t bits_of(v128_t bytes, int from, int mask) {
  return wasm_v128_and(wasm_u16x8_shr(bytes, from), wasm_i8x16_splat((char)mask));
}
// So many bits of each byte from one place on, moved to another and joined to what is there.
static inline v128_t join(v128_t low, v128_t bytes, int from, int to, int ones) {
  const v128_t moved = from < to ? wasm_i16x8_shl(bytes, to - from) : wasm_u16x8_shr(bytes, from - to);
  return wasm_v128_or(low, wasm_v128_and(moved, wasm_i8x16_splat((char)(ones << to))));
}
// Four signed bytes of each lane as numbers, for four parts that follow each other.
static inline void spread(v128_t (*out)[MANY], v128_t bytes) {
  _Pragma("unroll") for (int i = 0; i < 4; i++)
    out[i][0] = wasm_f32x4_convert_i32x4(wasm_i32x4_shr(wasm_i32x4_shl(bytes, 24 - i * 8), 24));
}

#define DEFINE_UNPACK(KIND)                                                                                          \
  static inline void KIND##_unpack(Unpacked *out, int g, const uint8_t *block) {                                     \
    _Pragma("nounroll") for (int u = 0; u < 8; u++)                                                                  \
      _Pragma("unroll") for (int b = 0; b < 8; b++) out->weights[b][u][g] = KIND##_weights(block, b, u);             \
  }

static inline v128_t q2_k_weights(const uint8_t *block, int b, int u) {
  return bits_of(word_of(block, 4 + b / 4 * 8 + u), b % 4 * 2, 3);
}
static inline void q2_k_parts(Unpacked *out, int g, const uint8_t *block) {
  for (int i = 0; i < 4; i++) {
    const v128_t both = word_of(block, i);
    spread((v128_t(*)[MANY]) & out->scales[i * 4][g], bits_of(both, 0, 15));
    spread((v128_t(*)[MANY]) & out->least[i * 4][g], bits_of(both, 4, 15));
  }
}

static inline v128_t q3_k_weights(const uint8_t *block, int b, int u) {
  return join(bits_of(word_of(block, 8 + b / 4 * 8 + u), b % 4 * 2, 3), word_of(block, u), b, 2, 1);
}
static inline void q3_k_parts(Unpacked *out, int g, const uint8_t *block) {
  _Pragma("unroll") for (int i = 0; i < 4; i++) {
    const v128_t low = bits_of(word_of(block, 24 + i % 2), i / 2 * 4, 15);
    const v128_t scales = wasm_i8x16_sub(join(low, word_of(block, 26), i * 2, 4, 3), wasm_i8x16_splat(32));
    spread((v128_t(*)[MANY]) & out->scales[i * 4][g], scales);
  }
}

// Eight scales and eight least values of six bits each in three words: Q4_K and Q5_K.
static inline void six_bit_parts(Unpacked *out, int g, const uint8_t *block) {
  const v128_t first = word_of(block, 1), second = word_of(block, 2), third = word_of(block, 3);
  spread((v128_t(*)[MANY]) & out->scales[0][g], bits_of(first, 0, 63));
  spread((v128_t(*)[MANY]) & out->least[0][g], bits_of(second, 0, 63));
  spread((v128_t(*)[MANY]) & out->scales[4][g], join(bits_of(third, 0, 15), first, 6, 4, 3));
  spread((v128_t(*)[MANY]) & out->least[4][g], join(bits_of(third, 4, 15), second, 6, 4, 3));
}

static inline v128_t q4_k_weights(const uint8_t *block, int b, int u) {
  return bits_of(word_of(block, 4 + b / 2 * 8 + u), b % 2 * 4, 15);
}
#define q4_k_parts six_bit_parts

static inline v128_t q5_k_weights(const uint8_t *block, int b, int u) {
  return join(bits_of(word_of(block, 12 + b / 2 * 8 + u), b % 2 * 4, 15), word_of(block, 4 + u), b, 4, 1);
}
#define q5_k_parts six_bit_parts

static inline v128_t q6_k_weights(const uint8_t *block, int b, int u) {
  const v128_t low = bits_of(word_of(block, b / 4 * 16 + b % 2 * 8 + u), b % 4 / 2 * 4, 15);
  return join(low, word_of(block, 32 + b / 4 * 8 + u), b % 4 * 2, 4, 3);
}
static inline void q6_k_parts(Unpacked *out, int g, const uint8_t *block) {
  for (int i = 0; i < 4; i++) spread((v128_t(*)[MANY]) & out->scales[i * 4][g], word_of(block, 48 + i));
}

DEFINE_UNPACK(q2_k)
DEFINE_UNPACK(q3_k)
DEFINE_UNPACK(q4_k)
DEFINE_UNPACK(q5_k)
DEFINE_UNPACK(q6_k)

// Single weights: `i` counts them.
#define BYTE(FORMAT, K) byte_in(block, lane, FORMAT##_BYTES / 4, K)

static inline int q2_k_weight(const uint8_t *block, int lane, int i) {
  return BYTE(Q2_K, 16 + i / 128 * 32 + i % 32) >> i % 128 / 32 * 2 & 3;
}
static inline int q2_k_scale_at(const uint8_t *block, int lane, int i) { return BYTE(Q2_K, i / 16) & 15; }
static inline int q2_k_least_at(const uint8_t *block, int lane, int i) { return BYTE(Q2_K, i / 16) >> 4; }

static inline int q3_k_weight(const uint8_t *block, int lane, int i) {
  const int low = BYTE(Q3_K, 32 + i / 128 * 32 + i % 32) >> i % 128 / 32 * 2 & 3;
  return (low | (BYTE(Q3_K, i % 32) >> i / 32 & 1) << 2) - 4;
}
static inline int q3_k_scale_at(const uint8_t *block, int lane, int i) {
  const int at = i / 16;
  const int low = BYTE(Q3_K, 96 + at % 8) >> at / 8 * 4 & 15, high = BYTE(Q3_K, 104 + at % 4) >> at / 4 * 2 & 3;
  return (low | high << 4) - 32;
}
static inline int q3_k_least_at(const uint8_t *block, int lane, int i) { return (void)block, (void)lane, (void)i, 0; }

static inline int six_bits_at(const uint8_t *block, int lane, int words, int at, int first, int shift) {
  if (at < 4) return byte_in(block, lane, words, first + at) & 63;
  const int high = byte_in(block, lane, words, first + at - 4) >> 6;
  return (byte_in(block, lane, words, 8 + at) >> shift & 15) | high << 4;
}

static inline int q4_k_weight(const uint8_t *block, int lane, int i) {
  return BYTE(Q4_K, 16 + i / 64 * 32 + i % 32) >> i / 32 % 2 * 4 & 15;
}
static inline int q4_k_scale_at(const uint8_t *block, int lane, int i) {
  return six_bits_at(block, lane, Q4_K_BYTES / 4, i / 32, 4, 0);
}
static inline int q4_k_least_at(const uint8_t *block, int lane, int i) {
  return six_bits_at(block, lane, Q4_K_BYTES / 4, i / 32, 8, 4);
}

static inline int q5_k_weight(const uint8_t *block, int lane, int i) {
  const int low = BYTE(Q5_K, 48 + i / 64 * 32 + i % 32) >> i / 32 % 2 * 4 & 15;
  return low | (BYTE(Q5_K, 16 + i % 32) >> i / 32 & 1) << 4;
}
static inline int q5_k_scale_at(const uint8_t *block, int lane, int i) {
  return six_bits_at(block, lane, Q5_K_BYTES / 4, i / 32, 4, 0);
}
static inline int q5_k_least_at(const uint8_t *block, int lane, int i) {
  return six_bits_at(block, lane, Q5_K_BYTES / 4, i / 32, 8, 4);
}

static inline int q6_k_weight(const uint8_t *block, int lane, int i) {
  const int low = BYTE(Q6_K, i / 128 * 64 + i % 64) >> i % 128 / 64 * 4 & 15;
  return (low | (BYTE(Q6_K, 128 + i / 128 * 32 + i % 32) >> i % 128 / 32 * 2 & 3) << 4) - 32;
}
static inline int q6_k_scale_at(const uint8_t *block, int lane, int i) { return (int8_t)BYTE(Q6_K, 192 + i / 16); }
static inline int q6_k_least_at(const uint8_t *block, int lane, int i) { return (void)block, (void)lane, (void)i, 0; }
