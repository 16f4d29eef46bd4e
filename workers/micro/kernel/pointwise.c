// The steps between the matrices: norm, rotation, activation, sum, and what the sampler asks of the logits.
#include "exponent.h"
#include "half.h"

__attribute__((export_name("rms_norm"))) void rms_norm(float *out, const float *x, const float *weight, int width, int tokens, float epsilon) {
  for (int t = 0; t < tokens; t++, x += width, out += width) {
    double sum = 0;
    for (int i = 0; i < width; i++) sum += (double)(x[i] * x[i]);
    const v128_t scale = wasm_f32x4_splat(1.0f / __builtin_sqrtf((float)(sum / width) + epsilon));
    for (int i = 0; i < width; i += 4)
      wasm_v128_store(out + i, wasm_f32x4_mul(wasm_f32x4_mul(wasm_v128_load(x + i), scale), wasm_v128_load(weight + i)));
  }
}

// Turns each neighbouring pair of the first `rotary` values of a head; `turns` is cos, sin for each pair of one position.
__attribute__((export_name("rotate"))) void rotate(float *x, const float *turns, int heads, int head_width, int rotary) {
  for (int h = 0; h < heads; h++, x += head_width) {
    for (int i = 0; i < rotary; i += 2) {
      const float a = x[i], b = x[i + 1], c = turns[i], s = turns[i + 1];
      x[i] = a * c - b * s;
      x[i + 1] = a * s + b * c;
    }
  }
}

// out = silu(gate) * up; count is a multiple of 4.
__attribute__((export_name("swiglu"))) void swiglu(float *out, const float *gate, const float *up, int count) {
  const v128_t one = wasm_f32x4_splat(1);
  for (int i = 0; i < count; i += 4) {
    v128_t g = wasm_v128_load(gate + i);
    v128_t silu = wasm_f32x4_div(g, wasm_f32x4_add(one, exp_lanes(wasm_f32x4_neg(g))));
    wasm_v128_store(out + i, wasm_f32x4_mul(silu, wasm_v128_load(up + i)));
  }
}

__attribute__((export_name("add"))) void add(float *x, const float *y, int count) {
  for (int i = 0; i < count; i += 4) wasm_v128_store(x + i, wasm_f32x4_add(wasm_v128_load(x + i), wasm_v128_load(y + i)));
}

// The first index of the largest value.
__attribute__((export_name("argmax"))) int argmax(const float *x, int count) {
  int best = 0;
  for (int i = 1; i < count; i++) if (x[i] > x[best]) best = i;
  return best;
}

// The sum of e^(x - peak), from which every log-probability follows as x - peak - log(sum).
__attribute__((export_name("exp_sum"))) double exp_sum(const float *x, int count, float peak) {
  const v128_t top = wasm_f32x4_splat(peak);
  double total = 0;
  int i = 0;
  for (; i + 4 <= count; i += 4) total += (double)sum_lanes(exp_lanes(wasm_f32x4_sub(wasm_v128_load(x + i), top)));
  for (; i < count; i++) total += (double)wasm_f32x4_extract_lane(exp_lanes(wasm_f32x4_splat(x[i] - peak)), 0);
  return total;
}
