// Matrices kept as f32, f16 or bf16 times f32 activations, eight tokens to a row so that a row is read and widened once.
#include "half.h"

#define TOKENS 8

static inline v128_t load_float4(const float *source) { return wasm_v128_load(source); }

// The upper halves of floats.
typedef struct {
  uint16_t bits;
} Brain;

static inline v128_t load_brain4(const Brain *source) { return wasm_i32x4_shl(wasm_u32x4_load16x4(source), 16); }

#define DEFINE_MULTIPLY(NAME, TYPE, LOAD)                                                                            \
  __attribute__((export_name(#NAME))) void NAME(float *out, const TYPE *weights, const float *x, int rows,           \
                                                int columns, int tokens) {                                           \
    for (int row = 0; row < rows; row++) {                                                                           \
      const TYPE *w = weights + row * columns;                                                                       \
      int token = 0;                                                                                                 \
      for (; token + TOKENS <= tokens; token += TOKENS) {                                                            \
        v128_t sums[TOKENS] = {0};                                                                                   \
        for (int i = 0; i < columns; i += 4) {                                                                       \
          const v128_t lanes = LOAD(w + i);                                                                          \
          _Pragma("unroll") for (int t = 0; t < TOKENS; t++) sums[t] =                                               \
              wasm_f32x4_add(sums[t], wasm_f32x4_mul(lanes, wasm_v128_load(x + (token + t) * columns + i)));         \
        }                                                                                                            \
        _Pragma("unroll") for (int t = 0; t < TOKENS; t++) out[(token + t) * rows + row] = sum_lanes(sums[t]);       \
      }                                                                                                              \
      for (; token < tokens; token++) {                                                                              \
        v128_t sum = wasm_f32x4_splat(0);                                                                            \
        for (int i = 0; i < columns; i += 4)                                                                         \
          sum = wasm_f32x4_add(sum, wasm_f32x4_mul(LOAD(w + i), wasm_v128_load(x + token * columns + i)));           \
        out[token * rows + row] = sum_lanes(sum);                                                                    \
      }                                                                                                              \
    }                                                                                                                \
  }

DEFINE_MULTIPLY(multiply_f32, float, load_float4)
DEFINE_MULTIPLY(multiply_f16, uint16_t, load_half4)
DEFINE_MULTIPLY(multiply_bf16, Brain, load_brain4)

// One matrix row as f32: the embedding of a token.
#define DEFINE_ROW(NAME, TYPE, LOAD)                                                                             \
  __attribute__((export_name(#NAME))) void NAME(float *out, const TYPE *weights, int row, int columns) {         \
    for (int i = 0; i < columns; i += 4) wasm_v128_store(out + i, LOAD(weights + row * columns + i));            \
  }

DEFINE_ROW(row_f32, float, load_float4)
DEFINE_ROW(row_f16, uint16_t, load_half4)
DEFINE_ROW(row_bf16, Brain, load_brain4)

// Rounds activations to half precision and back, which llama.cpp does before it multiplies with f16 weights.
// `count` is a multiple of 4.
__attribute__((export_name("round_half"))) void round_half(float *out, const float *x, int count) {
  for (int i = 0; i < count; i += 4) wasm_v128_store(out + i, round_lanes(wasm_v128_load(x + i)));
}

// The same for bf16: the nearest float whose lower half is zero; ties go to even.
__attribute__((export_name("round_brain"))) void round_brain(float *out, const float *x, int count) {
  for (int i = 0; i < count; i += 4) {
    const v128_t bits = wasm_v128_load(x + i);
    const v128_t odd = wasm_v128_and(wasm_u32x4_shr(bits, 16), wasm_i32x4_splat(1));
    const v128_t raised = wasm_i32x4_add(wasm_i32x4_add(bits, wasm_i32x4_splat(0x7fff)), odd);
    wasm_v128_store(out + i, wasm_v128_and(raised, wasm_i32x4_splat((int)0xffff0000)));
  }
}
