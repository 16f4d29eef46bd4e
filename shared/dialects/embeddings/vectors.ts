// Vectors as clients may ask for them: lists of numbers, or base64 of 32-bit floats in little-endian order. Pure.
import { decodeBytes, encodeBytes } from '../gemini/base64.ts'

const FLOAT_BYTES = 4

/** Characters a call of fromCharCode is given at once; more arguments overflow the stack. */
const STEP = 4096

export function packVector(vector: readonly number[]): string {
  const view = new DataView(new ArrayBuffer(vector.length * FLOAT_BYTES))
  for (const [at, value] of vector.entries()) view.setFloat32(at * FLOAT_BYTES, value, true)
  const bytes = new Uint8Array(view.buffer)
  let text = ''
  for (let at = 0; at < bytes.length; at += STEP)
    text += String.fromCharCode(...bytes.subarray(at, at + STEP))
  return encodeBytes(text)
}

/** Undefined for what is no base64, or no whole number of floats. */
export function unpackVector(base64: string): number[] | undefined {
  const text = decodeBytes(base64)
  if (text === undefined || text === '' || text.length % FLOAT_BYTES !== 0) return undefined
  const view = new DataView(new ArrayBuffer(text.length))
  for (let at = 0; at < text.length; at += 1) view.setUint8(at, text.charCodeAt(at))
  return Array.from({ length: text.length / FLOAT_BYTES }, (_, at) => view.getFloat32(at * FLOAT_BYTES, true))
}

export const isVector = (value: unknown): value is number[] =>
  Array.isArray(value) && value.length > 0 && value.every((entry) => typeof entry === 'number')
