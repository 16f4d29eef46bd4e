// Half-precision numbers in four lanes: stored as 16 bits, computed as 32.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

// Four u32 lanes holding f16 bits -> four f32 lanes. Subnormals come out right; infinities and NaN never occur here.
static inline v128_t half_lanes(v128_t bits) {
  v128_t magnitude = wasm_i32x4_shl(wasm_v128_and(bits, wasm_i32x4_splat(0x7fff)), 13);
  v128_t sign = wasm_i32x4_shl(wasm_v128_and(bits, wasm_i32x4_splat(0x8000)), 16);
  v128_t value = wasm_f32x4_mul(magnitude, wasm_f32x4_splat(0x1p112f));
  return wasm_v128_or(value, sign);
}

static inline v128_t load_half4(const uint16_t *source) { return half_lanes(wasm_u32x4_load16x4(source)); }

// Rounds to the nearest half, ties to even, and saturates at 65504.
static inline uint16_t to_half(float value) {
  union { float f; uint32_t u; } in = {value}, magic = {.u = (127u - 15u + 127u - 126u + 11u) << 23};
  uint32_t sign = (in.u >> 16) & 0x8000u;
  in.u &= 0x7fffffffu;
  if (in.u >= 0x477ff000u) return (uint16_t)(sign | 0x7bffu);
  if (in.u < 0x38800000u) {
    magic.u = 0x3f000000u;
    in.f += magic.f;
    return (uint16_t)(sign | (in.u - magic.u));
  }
  uint32_t odd = (in.u >> 13) & 1u;
  return (uint16_t)(sign | ((in.u - 0x38000000u + 0xfffu + odd) >> 13));
}

static inline float from_half(uint16_t bits) {
  return wasm_f32x4_extract_lane(half_lanes(wasm_i32x4_splat(bits)), 0);
}

static inline float sum_lanes(v128_t lanes) {
  v128_t pairs = wasm_f32x4_add(lanes, wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}
