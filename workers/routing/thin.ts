// Makes room among labels: first what is in one of them alone goes, which teaches nothing about others; then the oldest. Pure.
import { GRAMS } from './hash.ts'
import { type Stored, sizeOf } from './labels.ts'
import type { Look, Sketch } from './sketch.ts'

export function thin(labels: readonly Stored[], most: number): Stored[] {
  const counts = new Uint16Array(GRAMS)
  for (const { sketch } of labels)
    for (const gram of sketch.grams) counts[gram] = Math.min(9, (counts[gram] ?? 0) + 1)
  const withoutRare = ({ traits, grams }: Look): Look => ({
    traits,
    grams: grams.filter((gram) => (counts[gram] ?? 0) > 1),
  })
  const shared = labels.map((label): Stored => {
    const { beginning } = label.sketch
    const sketch: Sketch = {
      ...withoutRare(label.sketch),
      ...(beginning === undefined ? {} : { beginning: withoutRare(beginning) }),
    }
    return { ...label, sketch, bytes: sizeOf(sketch) }
  })
  let bytes = shared.reduce((sum, label) => sum + label.bytes, 0)
  let first = 0
  for (; bytes > most && first < shared.length; first += 1) bytes -= shared[first]?.bytes ?? 0
  return shared.slice(first)
}
