// The number formats of tensors that micro runs: how they lie in a file, and which functions of the kernel work with them.
// Pure. Sources: docs/gguf.md and src/ggml-common.h of github.com/ggml-org/ggml.

/** What activations are rounded to before they are multiplied, as llama.cpp does it for each format of weights. */
export type Rounding = 'none' | 'half' | 'brain' | 'blocks of 32' | 'blocks of 256'

export type FloatName = 'f32' | 'f16' | 'bf16'
export type QuantizedName = 'q8' | 'q4' | 'q4_1' | 'q5' | 'q5_1' | 'q2_k' | 'q3_k' | 'q4_k' | 'q5_k' | 'q6_k'

interface Common {
  /** Its number in files. */
  readonly number: number
  /** Values in a block, and bytes that a block takes. */
  readonly values: number
  readonly bytes: number
  readonly rounding: Rounding
}

/** `name` is what the kernel's functions for it end in. */
export type Format =
  | (Common & { readonly kind: 'float'; readonly name: FloatName })
  | (Common & { readonly kind: 'quantized'; readonly name: QuantizedName })

const float = (number: number, name: FloatName, bytes: number, rounding: Rounding): Format => ({
  kind: 'float',
  number,
  name,
  values: 1,
  bytes,
  rounding,
})

const small = (number: number, name: QuantizedName, bytes: number): Format => ({
  kind: 'quantized',
  number,
  name,
  values: 32,
  bytes,
  rounding: 'blocks of 32',
})

const large = (number: number, name: QuantizedName, bytes: number): Format => ({
  kind: 'quantized',
  number,
  name,
  values: 256,
  bytes,
  rounding: 'blocks of 256',
})

export const FORMATS = {
  F32: float(0, 'f32', 4, 'none'),
  F16: float(1, 'f16', 2, 'half'),
  BF16: float(30, 'bf16', 2, 'brain'),
  Q8_0: small(8, 'q8', 34),
  Q4_0: small(2, 'q4', 18),
  Q4_1: small(3, 'q4_1', 20),
  Q5_0: small(6, 'q5', 22),
  Q5_1: small(7, 'q5_1', 24),
  Q2_K: large(10, 'q2_k', 84),
  Q3_K: large(11, 'q3_k', 110),
  Q4_K: large(12, 'q4_k', 144),
  Q5_K: large(13, 'q5_k', 176),
  Q6_K: large(14, 'q6_k', 210),
} as const satisfies Readonly<Record<string, Format>>

export type TensorType = keyof typeof FORMATS

export const TENSOR_TYPES = Object.keys(FORMATS) as readonly TensorType[]

/** Names of what files may hold and micro does not run, for the refusal. */
const OTHERS: Readonly<Record<number, string>> = {
  9: 'Q8_1',
  15: 'Q8_K',
  16: 'IQ2_XXS',
  17: 'IQ2_XS',
  18: 'IQ3_XXS',
  19: 'IQ1_S',
  20: 'IQ4_NL',
  21: 'IQ3_S',
  22: 'IQ2_S',
  23: 'IQ4_XS',
  24: 'I8',
  25: 'I16',
  26: 'I32',
  27: 'I64',
  28: 'F64',
  29: 'IQ1_M',
  34: 'TQ1_0',
  35: 'TQ2_0',
  39: 'MXFP4',
}

const BY_NUMBER = new Map<number, TensorType>(TENSOR_TYPES.map((type) => [FORMATS[type].number, type]))

export const typeOf = (number: number): TensorType | undefined => BY_NUMBER.get(number)

/** What a type is called that micro does not run. */
export const nameOf = (number: number): string => OTHERS[number] ?? `number ${number}`
