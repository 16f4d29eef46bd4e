// What is kept of a request to learn from it: its looks in bytes, its words as hashed buckets. No text. Pure.
import type { ModelRequest } from '../../shared/request.ts'
import { packGaps, readGaps } from './gaps.ts'
import { GRAMS } from './hash.ts'
import { MAX_GRAMS, type Reading, readRequest } from './reading.ts'
import { TRAITS } from './traits.ts'

/** Another way of reading requests needs another number: sketches of an older one say nothing any more. */
const VERSION = 2

export interface Sketch {
  /** 0..1; in the order of `TRAITS`, and what else was looked at after them. */
  readonly traits: Float32Array
  /** Ascending, each once. Their order in the text is lost, and with it the text. */
  readonly grams: Uint32Array
}

export const sketchOf = (request: ModelRequest): string => packSketch(sketchReading(readRequest(request)))

/** The whole of what was read. */
export const sketchReading = ({ grams, views }: Reading): Sketch => ({
  traits: views.at(-1)?.traits ?? new Float32Array(TRAITS.length),
  grams: grams.toSorted(),
})

export const packSketch = (sketch: Sketch): string => btoa(String.fromCharCode(...writeSketch(sketch)))

/** At most about 900 bytes. */
export function writeSketch({ traits, grams }: Sketch): number[] {
  const kept = grams.subarray(0, MAX_GRAMS)
  const looks = Array.from(traits, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255))
  return [VERSION, looks.length, ...looks, kept.length >>> 8, kept.length & 255, ...packGaps(kept, GRAMS)]
}

/** Undefined for what is no sketch of this version. */
export function readSketch(bytes: Uint8Array): Sketch | undefined {
  const [version, looks = 0] = bytes
  const start = 2 + looks
  const [high, low] = bytes.subarray(start, start + 2)
  if (version !== VERSION || high === undefined || low === undefined) return undefined
  const grams = readGaps(bytes.subarray(start + 2), (high << 8) | low, GRAMS)
  if (grams === undefined) return undefined
  return { traits: Float32Array.from(bytes.subarray(2, start), (value) => value / 255), grams }
}

export function openSketch(text: string): Sketch | undefined {
  try {
    return readSketch(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
  } catch {
    return undefined // not base64
  }
}
