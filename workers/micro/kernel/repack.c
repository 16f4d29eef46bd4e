// Puts a quantized matrix into the order in which products read it, where it lies and in the same number of bytes, gives
// single rows back as numbers, and rounds activations.
#include "activations.h"
#include "half.h"
#include "packed.h"

// Four rows of a file, each a list of [scale][integers], become, block after block, vectors of four bytes of each of the
// four rows, and behind them the four scales of each block, and
// what else a block has. 8-bit integers become w + 128. `room` takes four rows.
static void repack(uint8_t *matrix, uint8_t *room, int rows, int columns, int bytes, int integers, uint32_t flip) {
  const int blocks = columns / BLOCK, row_bytes = blocks * bytes, halves = (bytes - integers) / 2;
  for (int row = 0; row + 4 <= rows; row += 4, matrix += 4 * row_bytes) {
    for (int i = 0; i < 4 * row_bytes; i++) room[i] = matrix[i];
    uint32_t *values = (uint32_t *)matrix;
    uint16_t *scales = (uint16_t *)(matrix + blocks * 4 * integers);
    for (int block = 0; block < blocks; block++) {
      for (int r = 0; r < 4; r++) {
        const uint8_t *from = room + r * row_bytes + block * bytes;
        for (int h = 0; h < halves; h++)
          scales[(h * blocks + block) * 4 + r] = (uint16_t)(from[2 * h] | from[2 * h + 1] << 8);
        for (int v = 0; v < integers / 4; v++) {
          const uint8_t *four = from + 2 * halves + v * 4;
          values[(block * integers / 4 + v) * 4 + r] =
              ((uint32_t)four[0] | (uint32_t)four[1] << 8 | (uint32_t)four[2] << 16 | (uint32_t)four[3] << 24) ^ flip;
        }
      }
    }
  }
}

__attribute__((export_name("repack_q8"))) void repack_q8(uint8_t *matrix, uint8_t *room, int rows, int columns) {
  repack(matrix, room, rows, columns, Q8_BYTES, 32, 0x80808080);
}

__attribute__((export_name("repack_q4"))) void repack_q4(uint8_t *matrix, uint8_t *room, int rows, int columns) {
  repack(matrix, room, rows, columns, Q4_BYTES, 16, 0);
}

__attribute__((export_name("repack_q4_1"))) void repack_q4_1(uint8_t *matrix, uint8_t *room, int rows, int columns) {
  repack(matrix, room, rows, columns, Q4_1_BYTES, 16, 0);
}

// One row as numbers: the embedding of a token.
#define DEFINE_ROW(NAME, BYTES, INTEGERS, FLIP, STORE)                                                                              \
  __attribute__((export_name(#NAME))) void NAME(float *out, const uint8_t *matrix, int row, int rows, int columns) { \
    const int blocks = columns / BLOCK, row_bytes = blocks * BYTES, integers = INTEGERS, halves = (BYTES - INTEGERS) / 2; \
    const int is_packed = row < (rows & ~3);                                                                        \
    const uint8_t *group = matrix + (row & ~3) * row_bytes, *loose = matrix + row * row_bytes;                      \
    for (int block = 0; block < blocks; block++) {                                                                  \
      const uint8_t *scale = is_packed ? group + blocks * 4 * integers + (block * 4 + (row & 3)) * 2                \
                                       : loose + block * BYTES;                                                     \
      const uint8_t *added = is_packed ? scale + blocks * 8 : scale + 2;                                            \
      for (int i = 0; i < integers; i++) {                                                                          \
        const uint8_t byte = is_packed ? group[(block * integers / 4 + i / 4) * 16 + (row & 3) * 4 + i % 4]         \
                                       : loose[block * BYTES + 2 * halves + i];                                              \
        STORE(out + block * BLOCK, i, half_value(scale), halves > 1 ? half_value(added) : 0, is_packed ? byte ^ FLIP : byte);                                                     \
      }                                                                                                             \
    }                                                                                                               \
  }

static inline void store_q8(float *block, int i, float scale, float added, uint8_t byte) {
  (void)added;
  block[i] = scale * (int8_t)byte;
}

static inline void store_q4_1(float *block, int i, float scale, float added, uint8_t byte) {
  block[i] = scale * (byte & 15) + added;
  block[i + 16] = scale * (byte >> 4) + added;
}

static inline void store_q4(float *block, int i, float scale, float added, uint8_t byte) {
  (void)added;
  block[i] = scale * ((byte & 15) - 8);
  block[i + 16] = scale * ((byte >> 4) - 8);
}

DEFINE_ROW(row_q8, Q8_BYTES, 32, 0x80, store_q8)
DEFINE_ROW(row_q4, Q4_BYTES, 16, 0, store_q4)
DEFINE_ROW(row_q4_1, Q4_1_BYTES, 16, 0, store_q4_1)

static inline v128_t round4(const float *x, v128_t inverse) {
  return wasm_i32x4_relaxed_trunc_f32x4(wasm_f32x4_nearest(wasm_f32x4_mul(wasm_v128_load(x), inverse)));
}

static inline int sum_bytes(v128_t bytes) {
  const v128_t ones = wasm_i8x16_splat(1);
  v128_t sums = wasm_i32x4_relaxed_dot_i8x16_i7x16_add(bytes, ones, wasm_i32x4_splat(0));
  sums = wasm_i32x4_add(sums, wasm_i32x4_shuffle(sums, sums, 2, 3, 0, 1));
  return wasm_i32x4_extract_lane(sums, 0) + wasm_i32x4_extract_lane(sums, 1);
}

// Rounds `count` activations to 8 bits in blocks of 32, as llama.cpp does before it multiplies with quantized weights:
// the scale is kept as a half, the values are divided by the unrounded scale, ties go to even.
__attribute__((export_name("quantize"))) void quantize(uint8_t *out, const float *x, int count) {
  const Activations a = activations_at(out, count);
  const v128_t zero = wasm_i8x16_splat(0);
  for (int block = 0; block < count / BLOCK; block++) {
    const float *in = x + block * BLOCK;
    v128_t largest = wasm_f32x4_splat(0);
    for (int i = 0; i < BLOCK; i += 4) largest = wasm_f32x4_pmax(largest, wasm_f32x4_abs(wasm_v128_load(in + i)));
    largest = wasm_f32x4_pmax(largest, wasm_i32x4_shuffle(largest, largest, 2, 3, 0, 1));
    const float peak = wasm_f32x4_extract_lane(wasm_f32x4_pmax(largest, wasm_i32x4_shuffle(largest, largest, 1, 0, 3, 2)), 0);
    ((float *)a.scales)[block] = wasm_f32x4_extract_lane(round_lanes(wasm_f32x4_splat(peak / 127.0f)), 0);
    const v128_t inverse = wasm_f32x4_splat(peak > 0 ? 127.0f / peak : 0);
    int sum = 0, below = 0;
    for (int i = 0; i < BLOCK; i += 16) {
      const v128_t low = wasm_i16x8_narrow_i32x4(round4(in + i, inverse), round4(in + i + 4, inverse));
      const v128_t high = wasm_i16x8_narrow_i32x4(round4(in + i + 8, inverse), round4(in + i + 12, inverse));
      const v128_t bytes = wasm_i8x16_narrow_i16x8(low, high);
      const v128_t negative = wasm_i8x16_max(wasm_i8x16_neg(bytes), zero);
      wasm_v128_store((int8_t *)a.values + block * BLOCK + i, bytes);
      wasm_v128_store((uint8_t *)a.positive + block * BLOCK + i, wasm_i8x16_max(bytes, zero));
      wasm_v128_store((uint8_t *)a.negative + block * BLOCK + i, negative);
      sum += sum_bytes(bytes);
      below += sum_bytes(negative);
    }
    ((int32_t *)a.negative_sums)[block] = below;
    ((int32_t *)a.offset_sums)[block] = -8 * sum;
    ((float *)a.block_sums)[block] = wasm_f32x4_extract_lane(round_lanes(wasm_f32x4_splat(peak / 127.0f * sum)), 0);
  }
}
