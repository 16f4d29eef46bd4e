// What is kept of a request to learn from it: its looks in bytes, its words as hashed buckets. No text. Pure.
import type { ModelRequest } from '../../shared/request.ts'
import { packGaps, readGaps } from './gaps.ts'
import { GRAMS } from './hash.ts'
import { MAX_GRAMS, type Reading, readRequest, type View } from './reading.ts'

/** Another way of reading requests needs another number: sketches of an older one say nothing any more. */
const VERSION = 3
/** The version, how many looks there are of the whole and of its beginning, and how many words in two bytes. */
const HEAD = 5

/** What a text is to a model. */
export interface Look {
  /** 0..1; in the order of `TRAITS`, and what else was looked at after them. */
  readonly traits: Float32Array
  /** Ascending, each once. Their order in the text is lost, and with it the text. */
  readonly grams: Uint32Array
}

export interface Sketch extends Look {
  /** The first words; absent where there is no more than them. Its grams are among those of the whole. */
  readonly beginning?: Look
}

export const sketchOf = (request: ModelRequest): string => packSketch(sketchReading(readRequest(request)))

export const sketchReading = ({ grams, whole, beginning }: Reading): Sketch => ({
  ...lookAt(grams, whole),
  ...(beginning === undefined ? {} : { beginning: lookAt(grams, beginning) }),
})

const lookAt = (grams: Uint32Array, view: View): Look => ({
  traits: view.traits,
  grams: grams.slice(0, view.grams).sort(),
})

export const packSketch = (sketch: Sketch): string => btoa(String.fromCharCode(...writeSketch(sketch)))

const bytesOf = (traits: Float32Array): number[] =>
  Array.from(traits, (value) => Math.round(Math.min(1, Math.max(0, value)) * 255))

/** At most about 900 bytes. Of a beginning: its looks, and a bit for each gram of the whole that it has, too. */
export function writeSketch({ traits, grams, beginning }: Sketch): number[] {
  const kept = grams.subarray(0, MAX_GRAMS)
  const marks = new Uint8Array(beginning === undefined ? 0 : Math.ceil(kept.length / 8))
  const first = new Set(beginning?.grams)
  if (beginning !== undefined)
    for (const [at, gram] of kept.entries())
      if (first.has(gram)) marks[at >>> 3] = (marks[at >>> 3] ?? 0) | (1 << (at & 7))
  const looks = bytesOf(traits)
  const firstLooks = beginning === undefined ? [] : bytesOf(beginning.traits)
  return [
    VERSION,
    looks.length,
    firstLooks.length,
    kept.length >>> 8,
    kept.length & 255,
    ...looks,
    ...firstLooks,
    ...marks,
    ...packGaps(kept, GRAMS),
  ]
}

/** Undefined for what is no sketch of this version. */
export function readSketch(bytes: Uint8Array): Sketch | undefined {
  const [version, looks = 0, firstLooks = 0, high, low] = bytes
  if (version !== VERSION || high === undefined || low === undefined) return undefined
  const count = (high << 8) | low
  const first = HEAD + looks
  const marks = first + firstLooks
  const end = marks + (firstLooks === 0 ? 0 : Math.ceil(count / 8))
  const grams = readGaps(bytes.subarray(end), count, GRAMS)
  if (grams === undefined) return undefined
  const whole = { traits: traitsIn(bytes.subarray(HEAD, first)), grams }
  if (firstLooks === 0) return whole
  const isFirst = (_: number, at: number): boolean =>
    (((bytes[marks + (at >>> 3)] ?? 0) >>> (at & 7)) & 1) === 1
  return {
    ...whole,
    beginning: { traits: traitsIn(bytes.subarray(first, marks)), grams: grams.filter(isFirst) },
  }
}

const traitsIn = (bytes: Uint8Array): Float32Array => Float32Array.from(bytes, (value) => value / 255)

export function openSketch(text: string): Sketch | undefined {
  try {
    return readSketch(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
  } catch {
    return undefined // not base64
  }
}
