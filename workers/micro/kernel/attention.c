// Attention of one token over the keys and values that lie, as halves, in a list of pages.
// A page holds `page_tokens` positions; inside it each layer has its keys and then its values.
#include "exponent.h"
#include "half.h"

#define WIDEST_HEAD 256

__attribute__((export_name("store_half"))) void store_half(uint16_t *out, const float *x, int count) {
  for (int i = 0; i < count; i++) out[i] = to_half(x[i]);
}

// Turns `count` scores into weights that add up to one. The tail of the last vector must be writable.
static void softmax(float *scores, int count, float factor) {
  float peak = scores[0];
  for (int i = 1; i < count; i++) peak = scores[i] > peak ? scores[i] : peak;
  const v128_t top = wasm_f32x4_splat(peak * factor), by = wasm_f32x4_splat(factor);
  for (int i = count; i % 4 != 0; i++) scores[i] = -__builtin_inff();
  double total = 0;
  for (int i = 0; i < count; i += 4) {
    v128_t power = exp_lanes(wasm_f32x4_sub(wasm_f32x4_mul(wasm_v128_load(scores + i), by), top));
    wasm_v128_store(scores + i, power);
    for (int j = i; j < i + 4 && j < count; j++) total += scores[j];
  }
  const float share = (float)(1.0 / total);
  for (int i = 0; i < count; i++) scores[i] = from_half(to_half(scores[i] * share));
}

static inline void widen(float *out, const uint16_t *halves, int count) {
  for (int i = 0; i < count; i += 4) wasm_v128_store(out + i, load_half4(halves + i));
}

// out, query: [heads * head_width]; scores: room for heads / kv_heads rows of `stride` floats, stride being count or
// more, rounded up to 4. A key or value is widened once for all query heads that share it.
__attribute__((export_name("attend"))) void attend(float *out, const float *query, const uint32_t *pages, int count,
                                                   int page_tokens, int key_offset, int value_offset, int heads,
                                                   int kv_heads, int head_width, float *scores, int stride) {
  const int group = heads / kv_heads, kv_width = kv_heads * head_width;
  const float factor = 1.0f / __builtin_sqrtf((float)head_width);
  float wide[WIDEST_HEAD];
  for (int kv = 0; kv < kv_heads; kv++) {
    const float *q = query + kv * group * head_width;
    float *o = out + kv * group * head_width;
    for (int first = 0, page = 0; first < count; first += page_tokens, page++) {
      const uint16_t *key = (const uint16_t *)(pages[page] + key_offset) + kv * head_width;
      for (int i = first; i < first + page_tokens && i < count; i++, key += kv_width) {
        widen(wide, key, head_width);
        for (int h = 0; h < group; h++) {
          v128_t sum = wasm_f32x4_splat(0);
          for (int j = 0; j < head_width; j += 4)
            sum = wasm_f32x4_add(sum, wasm_f32x4_mul(wasm_v128_load(wide + j), wasm_v128_load(q + h * head_width + j)));
          scores[h * stride + i] = sum_lanes(sum);
        }
      }
    }
    for (int h = 0; h < group; h++) softmax(scores + h * stride, count, factor);
    for (int j = 0; j < group * head_width; j += 4) wasm_v128_store(o + j, wasm_f32x4_splat(0));
    for (int first = 0, page = 0; first < count; first += page_tokens, page++) {
      const uint16_t *value = (const uint16_t *)(pages[page] + value_offset) + kv * head_width;
      for (int i = first; i < first + page_tokens && i < count; i++, value += kv_width) {
        widen(wide, value, head_width);
        for (int h = 0; h < group; h++) {
          const v128_t share = wasm_v128_load32_splat(scores + h * stride + i);
          float *to = o + h * head_width;
          for (int j = 0; j < head_width; j += 4)
            wasm_v128_store(to + j, wasm_f32x4_add(wasm_v128_load(to + j), wasm_f32x4_mul(share, wasm_v128_load(wide + j))));
        }
      }
    }
  }
}
