// Labels as bytes: what a learner keeps of each request it has learned from. Pure.
import type { Label, LabelSource } from '../../shared/label.ts'
import { openSketch, readSketch, type Sketch, writeSketch } from './sketch.ts'

const SOURCES: readonly LabelSource[] = ['shadow', 'cascade', 'feedback', 'rebench']

/** A label as a learner has it. */
export interface Stored extends Omit<Label, 'sketch' | 'look'> {
  readonly sketch: Sketch
  /** The gain that the learner expected before it knew the outcome; absent where it knew nothing yet. */
  readonly guess?: number
  /** The gain that whoever routes without the learner expects. */
  readonly prior: number
  /** What it takes when it is kept. */
  readonly bytes: number
}

/** Before each sketch: its length, the source, both qualities, both guesses, when. */
const HEAD = 2 + 1 + 2 + 8 + 8
const UNKNOWN = 255

export const sizeOf = (sketch: Sketch): number => HEAD + writeSketch(sketch).length

/** Undefined where the sketch is not one of this version. */
export function storedOf(
  { sketch: text, prior: told, look: _, ...label }: Label,
  judge: (sketch: Sketch) => Guesses,
): Stored | undefined {
  const sketch = openSketch(text)
  if (sketch === undefined) return undefined
  const { prior, ...guess } = judge(sketch)
  return { ...label, ...guess, prior: told ?? prior, sketch, bytes: sizeOf(sketch) }
}

export type Guesses = Pick<Stored, 'guess' | 'prior'>

export function packLabels(labels: readonly Stored[]): Uint8Array {
  const size = labels.reduce((sum, { bytes }) => sum + bytes, 0)
  const all = new Uint8Array(size)
  const view = new DataView(all.buffer)
  let at = 0
  for (const { sketch, source, weak, strong, guess, prior, at: when } of labels) {
    const body = writeSketch(sketch)
    view.setUint16(at, body.length)
    view.setUint8(at + 2, SOURCES.indexOf(source))
    view.setUint8(at + 3, byteOf(weak))
    view.setUint8(at + 4, byteOf(strong))
    view.setFloat32(at + 5, guess ?? Number.NaN)
    view.setFloat32(at + 9, prior)
    view.setFloat64(at + 13, when)
    all.set(body, at + HEAD)
    at += HEAD + body.length
  }
  return all
}

/** What is not of this version is left out. */
export function readLabels(all: Uint8Array): Stored[] {
  const view = new DataView(all.buffer, all.byteOffset, all.byteLength)
  const labels: Stored[] = []
  for (let at = 0; at + HEAD <= all.length;) {
    const bytes = HEAD + view.getUint16(at)
    const sketch = readSketch(all.subarray(at + HEAD, at + bytes))
    const source = SOURCES[view.getUint8(at + 2)]
    const guess = view.getFloat32(at + 5)
    if (sketch !== undefined && source !== undefined) {
      labels.push({
        sketch,
        source,
        ...known('weak', view.getUint8(at + 3)),
        ...known('strong', view.getUint8(at + 4)),
        ...(Number.isNaN(guess) ? {} : { guess }),
        prior: view.getFloat32(at + 9),
        at: view.getFloat64(at + 13),
        bytes,
      })
    }
    at += bytes
  }
  return labels
}

const byteOf = (quality: number | undefined): number =>
  quality === undefined ? UNKNOWN : Math.round(Math.min(1, Math.max(0, quality)) * 254)

const known = (side: 'weak' | 'strong', byte: number): { weak?: number; strong?: number } =>
  byte === UNKNOWN ? {} : { [side]: byte / 254 }
