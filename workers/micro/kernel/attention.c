// Attention of a few tokens over the keys and values that lie, as halves, in a list of pages.
// A page holds `page_tokens` positions; inside it each layer has its keys and then its values.
#include "exponent.h"
#include "half.h"

// Keeps `count` values, a multiple of 4, as halves.
__attribute__((export_name("store_half"))) void store_half(uint16_t *out, const float *x, int count) {
  for (int i = 0; i < count; i += 4) {
    const v128_t bits = half_bits(wasm_v128_load(x + i));
    wasm_v128_store64_lane(out + i, wasm_u16x8_narrow_i32x4(bits, bits), 0);
  }
}

static inline double sum_double(v128_t lanes) {
  const v128_t low = wasm_f64x2_promote_low_f32x4(lanes);
  const v128_t high = wasm_f64x2_promote_low_f32x4(wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
  const v128_t pair = wasm_f64x2_add(low, high);
  return wasm_f64x2_extract_lane(pair, 0) + wasm_f64x2_extract_lane(pair, 1);
}

// Turns `count` scores into weights that add up to one, rounded to halves as llama.cpp does before it mixes the
// values. The last vector must be writable to its end.
static void softmax(float *scores, int count, float factor) {
  for (int i = count; i % 4 != 0; i++) scores[i] = -__builtin_inff();
  v128_t peaks = wasm_v128_load(scores);
  for (int i = 4; i < count; i += 4) peaks = wasm_f32x4_pmax(peaks, wasm_v128_load(scores + i));
  peaks = wasm_f32x4_pmax(peaks, wasm_i32x4_shuffle(peaks, peaks, 2, 3, 0, 1));
  peaks = wasm_f32x4_pmax(peaks, wasm_i32x4_shuffle(peaks, peaks, 1, 0, 3, 2));
  const v128_t by = wasm_f32x4_splat(factor), top = wasm_f32x4_mul(peaks, by);
  double total = 0;
  for (int i = 0; i < count; i += 4) {
    const v128_t power = exp_lanes(wasm_f32x4_sub(wasm_f32x4_mul(wasm_v128_load(scores + i), by), top));
    wasm_v128_store(scores + i, power);
    total += sum_double(power);
  }
  const v128_t share = wasm_f32x4_splat((float)(1.0 / total));
  for (int i = 0; i < count; i += 4)
    wasm_v128_store(scores + i, round_lanes(wasm_f32x4_mul(wasm_v128_load(scores + i), share)));
}

static inline void widen(float *out, const uint16_t *halves, int count) {
  for (int i = 0; i < count; i += 4) wasm_v128_store(out + i, load_half4(halves + i));
}

// Four scores at once: the query against four neighbouring rows.
static inline v128_t score4(const float *query, const float *rows, int width) {
  v128_t a = wasm_f32x4_splat(0), b = a, c = a, d = a;
  for (int i = 0; i < width; i += 4) {
    const v128_t q = wasm_v128_load(query + i);
    a = wasm_f32x4_relaxed_madd(q, wasm_v128_load(rows + i), a);
    b = wasm_f32x4_relaxed_madd(q, wasm_v128_load(rows + width + i), b);
    c = wasm_f32x4_relaxed_madd(q, wasm_v128_load(rows + 2 * width + i), c);
    d = wasm_f32x4_relaxed_madd(q, wasm_v128_load(rows + 3 * width + i), d);
  }
  const v128_t ab = wasm_f32x4_add(wasm_i32x4_shuffle(a, b, 0, 2, 4, 6), wasm_i32x4_shuffle(a, b, 1, 3, 5, 7));
  const v128_t cd = wasm_f32x4_add(wasm_i32x4_shuffle(c, d, 0, 2, 4, 6), wasm_i32x4_shuffle(c, d, 1, 3, 5, 7));
  return wasm_f32x4_add(wasm_i32x4_shuffle(ab, cd, 0, 2, 4, 6), wasm_i32x4_shuffle(ab, cd, 1, 3, 5, 7));
}

// Adds `count` rows to out, each by its share; VECTORS of four values are kept in registers meanwhile.
#define DEFINE_MIX(NAME, VECTORS)                                                                          \
  static inline void NAME(float *out, const float *shares, const float *rows, int count, int width) {      \
    v128_t sums[VECTORS];                                                                                  \
    _Pragma("unroll") for (int v = 0; v < VECTORS; v++) sums[v] = wasm_v128_load(out + 4 * v);             \
    for (int i = 0; i < count; i++, rows += width) {                                                       \
      const v128_t share = wasm_v128_load32_splat(shares + i);                                             \
      _Pragma("unroll") for (int v = 0; v < VECTORS; v++) sums[v] =                                        \
          wasm_f32x4_relaxed_madd(share, wasm_v128_load(rows + 4 * v), sums[v]);                    \
    }                                                                                                      \
    _Pragma("unroll") for (int v = 0; v < VECTORS; v++) wasm_v128_store(out + 4 * v, sums[v]);             \
  }

DEFINE_MIX(mix_eight, 8)
DEFINE_MIX(mix_one, 1)

static inline int smaller(int a, int b) { return a < b ? a : b; }

// out, query: [tokens][heads * head_width], token t at position first + t; room: [page_tokens * head_width] floats;
// scores: [tokens * heads / kv_heads] rows of `stride` floats, stride being first + tokens or more, rounded up to 4.
// A page is widened once for all tokens and query heads that look at it.
__attribute__((export_name("attend"))) void attend(float *out, const float *query, const uint32_t *pages, int first,
                                                   int tokens, int page_tokens, int key_offset, int value_offset,
                                                   int heads, int kv_heads, int head_width, float *room, float *scores,
                                                   int stride) {
  const int group = heads / kv_heads, kv_width = kv_heads * head_width, width = heads * head_width;
  const float factor = 1.0f / __builtin_sqrtf((float)head_width);
  const int total = first + tokens;
  for (int kv = 0; kv < kv_heads; kv++) {
    const int head = kv * group * head_width;
    for (int start = 0, page = 0; start < total; start += page_tokens, page++) {
      const uint16_t *key = (const uint16_t *)(pages[page] + key_offset) + kv * head_width;
      const int slots = smaller(page_tokens, (total - start + 3) & ~3);
      for (int i = 0; i < slots; i++) widen(room + i * head_width, key + i * kv_width, head_width);
      for (int t = 0; t < tokens; t++) {
        const int seen = smaller(slots, first + t + 1 - start);
        for (int h = 0; h < group; h++) {
          float *row = scores + (t * group + h) * stride + start;
          for (int i = 0; i < seen; i += 4)
            wasm_v128_store(row + i, score4(query + t * width + head + h * head_width, room + i * head_width, head_width));
        }
      }
    }
    for (int t = 0; t < tokens; t++) {
      for (int h = 0; h < group; h++) softmax(scores + (t * group + h) * stride, first + t + 1, factor);
      float *o = out + t * width + head;
      for (int j = 0; j < group * head_width; j += 4) wasm_v128_store(o + j, wasm_f32x4_splat(0));
    }
    for (int start = 0, page = 0; start < total; start += page_tokens, page++) {
      const uint16_t *value = (const uint16_t *)(pages[page] + value_offset) + kv * head_width;
      const int slots = smaller(page_tokens, total - start);
      for (int i = 0; i < slots; i++) widen(room + i * head_width, value + i * kv_width, head_width);
      for (int t = 0; t < tokens; t++) {
        const int seen = smaller(slots, first + t + 1 - start);
        for (int h = 0; h < group; h++) {
          const float *shares = scores + (t * group + h) * stride + start;
          float *o = out + t * width + head + h * head_width;
          int j = 0;
          for (; j + 32 <= head_width; j += 32) mix_eight(o + j, shares, room + j, seen, head_width);
          for (; j < head_width; j += 4) mix_one(o + j, shares, room + j, seen, head_width);
        }
      }
    }
  }
}
