// The K formats: blocks of 256 weights in which every 32 or 16 have a whole-numbered scale of their own. For each format
// what a vector of weights is, which scale it has and, where the format has one, which least value is taken off again;
// then the same for a single weight of a single row. `b` counts 32 weights, `h` their halves of 16, `u` words of four.
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
// By how many bits a one must be moved to be what all weights are too large by; 0 where they are not.
#define Q2_K_RAISED 0
#define Q3_K_RAISED 2
#define Q4_K_RAISED 0
#define Q5_K_RAISED 0
#define Q6_K_RAISED 5
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

static inline v128_t word_of(const uint8_t *block, int word) { return wasm_v128_load(block + 16 * word); }
static inline v128_t bits_of(v128_t bytes, int from, int mask) {
  return wasm_v128_and(wasm_u16x8_shr(bytes, from), wasm_i8x16_splat((char)mask));
}
// One byte of each lane as a number.
static inline v128_t lane_byte(v128_t lanes, int byte) {
  return wasm_v128_and(wasm_u32x4_shr(lanes, 8 * byte), wasm_i32x4_splat(255));
}

static inline v128_t q2_k_weights(const uint8_t *block, int b, int u) {
  return bits_of(word_of(block, 4 + b / 4 * 8 + u), b % 4 * 2, 3);
}
static inline v128_t q2_k_scale(const uint8_t *block, int b, int h) {
  return wasm_v128_and(lane_byte(word_of(block, b / 2), b % 2 * 2 + h), wasm_i32x4_splat(15));
}
static inline v128_t q2_k_least(const uint8_t *block, int b, int h) {
  return wasm_u32x4_shr(lane_byte(word_of(block, b / 2), b % 2 * 2 + h), 4);
}

static inline v128_t q3_k_weights(const uint8_t *block, int b, int u) {
  const v128_t low = bits_of(word_of(block, 8 + b / 4 * 8 + u), b % 4 * 2, 3);
  return wasm_v128_or(low, wasm_i16x8_shl(bits_of(word_of(block, u), b, 1), 2));
}
static inline v128_t q3_k_scale(const uint8_t *block, int b, int h) {
  const int i = b * 2 + h;
  const v128_t low = wasm_u32x4_shr(lane_byte(word_of(block, 24 + i % 8 / 4), i % 4), i / 8 * 4);
  const v128_t high = wasm_u32x4_shr(lane_byte(word_of(block, 26), i % 4), i / 4 * 2);
  const v128_t scale = wasm_v128_or(wasm_v128_and(low, wasm_i32x4_splat(15)),
                                    wasm_i32x4_shl(wasm_v128_and(high, wasm_i32x4_splat(3)), 4));
  return wasm_i32x4_sub(scale, wasm_i32x4_splat(32));
}
static inline v128_t q3_k_least(const uint8_t *block, int b, int h) {
  (void)block, (void)b, (void)h;
  return wasm_i32x4_splat(0);
}

// Eight scales and eight least values of six bits each in three words: Q4_K and Q5_K.
static inline v128_t six_bits(const uint8_t *block, int b, int first, int shift) {
  if (b < 4) return wasm_v128_and(lane_byte(word_of(block, first), b), wasm_i32x4_splat(63));
  const v128_t low = wasm_u32x4_shr(lane_byte(word_of(block, 3), b - 4), shift);
  const v128_t high = wasm_u32x4_shr(lane_byte(word_of(block, first), b - 4), 6);
  return wasm_v128_or(wasm_v128_and(low, wasm_i32x4_splat(15)), wasm_i32x4_shl(high, 4));
}

static inline v128_t q4_k_weights(const uint8_t *block, int b, int u) {
  return bits_of(word_of(block, 4 + b / 2 * 8 + u), b % 2 * 4, 15);
}
static inline v128_t q4_k_scale(const uint8_t *block, int b, int h) { return (void)h, six_bits(block, b, 1, 0); }
static inline v128_t q4_k_least(const uint8_t *block, int b, int h) { return (void)h, six_bits(block, b, 2, 4); }

static inline v128_t q5_k_weights(const uint8_t *block, int b, int u) {
  const v128_t low = bits_of(word_of(block, 12 + b / 2 * 8 + u), b % 2 * 4, 15);
  return wasm_v128_or(low, wasm_i16x8_shl(bits_of(word_of(block, 4 + u), b, 1), 4));
}
static inline v128_t q5_k_scale(const uint8_t *block, int b, int h) { return (void)h, six_bits(block, b, 1, 0); }
static inline v128_t q5_k_least(const uint8_t *block, int b, int h) { return (void)h, six_bits(block, b, 2, 4); }

static inline v128_t q6_k_weights(const uint8_t *block, int b, int u) {
  const v128_t low = bits_of(word_of(block, b / 4 * 16 + b % 2 * 8 + u), b % 4 / 2 * 4, 15);
  return wasm_v128_or(low, wasm_i16x8_shl(bits_of(word_of(block, 32 + b / 4 * 8 + u), b % 4 * 2, 3), 4));
}
static inline v128_t q6_k_scale(const uint8_t *block, int b, int h) {
  return wasm_i32x4_shr(wasm_i32x4_shl(word_of(block, 48 + b / 2), 24 - 8 * (b % 2 * 2 + h)), 24);
}
static inline v128_t q6_k_least(const uint8_t *block, int b, int h) {
  (void)block, (void)b, (void)h;
  return wasm_i32x4_splat(0);
}

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
