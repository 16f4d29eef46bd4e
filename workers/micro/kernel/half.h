// Half-precision numbers in four lanes: stored as 16 bits, computed as 32.
#pragma once
#include <stdint.h>
#include <wasm_simd128.h>

// Four lanes holding sign-extended f16 bits -> four f32 lanes: sign, exponent and fraction move to their places at once
// and a multiplication puts the exponent right. Subnormals come out right; infinities and NaN never occur here.
static inline v128_t half_lanes(v128_t bits) {
  v128_t moved = wasm_v128_and(wasm_i32x4_shl(bits, 13), wasm_i32x4_splat((int)0x8fffe000));
  return wasm_f32x4_mul(moved, wasm_f32x4_splat(0x1p112f));
}

// The half that lies here, at any address.
static inline float half_value(const uint8_t *at) {
  return wasm_f32x4_extract_lane(half_lanes(wasm_i32x4_splat((int16_t)(at[0] | at[1] << 8))), 0);
}

static inline v128_t load_half4(const uint16_t *source) { return half_lanes(wasm_i32x4_load16x4(source)); }

// Four f32 lanes -> the bits of the nearest halves in u32 lanes; ties go to even, too large values to 65504.
static inline v128_t half_bits(v128_t value) {
  const v128_t size = wasm_v128_and(value, wasm_i32x4_splat(0x7fffffff));
  const v128_t sign = wasm_v128_and(wasm_u32x4_shr(value, 16), wasm_i32x4_splat(0x8000));
  const v128_t odd = wasm_v128_and(wasm_u32x4_shr(size, 13), wasm_i32x4_splat(1));
  const v128_t rounded = wasm_i32x4_add(wasm_i32x4_add(size, wasm_i32x4_splat(0xfff - 0x38000000)), odd);
  const v128_t normal = wasm_u32x4_shr(rounded, 13);
  // Below 2^-14 an addition of one half rounds to the last bit that a subnormal half has.
  const v128_t shifted = wasm_f32x4_add(size, wasm_f32x4_splat(0.5f));
  const v128_t subnormal = wasm_i32x4_sub(shifted, wasm_i32x4_splat(0x3f000000));
  const v128_t bits = wasm_v128_bitselect(subnormal, normal, wasm_i32x4_lt(size, wasm_i32x4_splat(0x38800000)));
  const v128_t large = wasm_i32x4_ge(size, wasm_i32x4_splat(0x477ff000));
  return wasm_v128_or(sign, wasm_v128_bitselect(wasm_i32x4_splat(0x7bff), bits, large));
}

static inline v128_t round_lanes(v128_t value) {
  return half_lanes(wasm_i32x4_shr(wasm_i32x4_shl(half_bits(value), 16), 16));
}

static inline float sum_lanes(v128_t lanes) {
  v128_t pairs = wasm_f32x4_add(lanes, wasm_i32x4_shuffle(lanes, lanes, 2, 3, 0, 1));
  return wasm_f32x4_extract_lane(pairs, 0) + wasm_f32x4_extract_lane(pairs, 1);
}
