// What is kept of a request to learn from it: its shape in bytes, its words as hashed buckets. No text. Pure.
import type { ModelRequest } from '../../shared/request.ts'
import { gramsOf, SHAPES, shapeOf } from './features.ts'

/** Another way of reading requests needs another number: sketches of an older one say nothing any more. */
const VERSION = 1
const MAX_BYTES = 870 // 1,160 characters of base64

export interface Sketch {
  /** In the order of `SHAPES`, 0..1. */
  readonly shape: Float32Array
  /** Ascending, each once. */
  readonly grams: Uint16Array
}

export function lookAt(request: ModelRequest): Sketch {
  const shape = shapeOf(request)
  return {
    shape: Float32Array.from(SHAPES, (name) => Math.round((shape[name] ?? 0) * 255) / 255),
    grams: gramsOf(request).sort(),
  }
}

export const sketchOf = (request: ModelRequest): string => packSketch(lookAt(request))

/** Buckets are written as gaps, seven bits a byte; what does not fit is left out. */
export function packSketch({ shape, grams }: Sketch): string {
  const bytes = [VERSION, ...Array.from(shape, (value) => Math.round(value * 255))]
  let previous = -1
  for (const gram of grams) {
    let gap = gram - previous - 1
    previous = gram
    while (gap > 127) {
      bytes.push((gap & 127) | 128)
      gap >>>= 7
    }
    bytes.push(gap)
    if (bytes.length > MAX_BYTES - 3) break
  }
  return btoa(String.fromCharCode(...bytes))
}

/** Undefined for what is no sketch of this version. */
export function readSketch(text: string): Sketch | undefined {
  let bytes: Uint8Array
  try {
    bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))
  } catch {
    return undefined // not base64
  }
  const start = 1 + SHAPES.length
  if (bytes[0] !== VERSION || bytes.length < start) return undefined
  const grams: number[] = []
  let previous = -1
  let gap = 0
  let shift = 0
  for (const byte of bytes.subarray(start)) {
    gap |= (byte & 127) << shift
    shift += 7
    if (byte > 127) continue
    previous += gap + 1
    if (previous > 0xffff || shift > 21) return undefined
    grams.push(previous)
    gap = 0
    shift = 0
  }
  return {
    shape: Float32Array.from(bytes.subarray(1, start), (value) => value / 255),
    grams: Uint16Array.from(grams),
  }
}
