// Mid-stream rescue as every client's dialect writes it: whatever was told before the seam, natively or not, and what
// another target adds are one answer, with one end and one bill.
import { describe, expect, it } from 'vitest'
import { entries } from './dialects.ts'
import { expectWellFormed, finishOf } from './said.ts'
import { continuations, cutsOf, FAILURE, joined, USAGE, wholeOf, word } from './seams.ts'
import { saidBy } from './said.ts'
import { read, sse, written } from './wire.ts'

for (const entry of entries) {
  const { dialect, streams, carried = (said) => said, carriedUsage = (usage) => usage } = entry
  for (const how of ['native', 'foreign'] as const) {
    describe(`a ${how} stream of ${dialect.id} goes on`, () => {
      for (const { name, data, says } of streams) {
        if (says.length > 1) continue // rescue is for one choice
        const cuts = cutsOf(entry, data, how)
        if (cuts.length === 0) continue
        for (const [after, go] of continuations) {
          it(`after every piece of it with ${after}: ${name}`, () => {
            for (const cut of cuts) {
              const rest = go(cut.told)
              const again = read(dialect, sse(written(dialect, joined(cut, rest))))
              expectWellFormed(again)
              expect(saidBy(again), cut.name).toEqual(wholeOf(cut.told, rest).map(carried))
              expect(finishOf(again)?.usage, cut.name).toEqual(carriedUsage(USAGE))
            }
          })
        }

        it(`and ends with an error where nobody can go on: ${name}`, () => {
          for (const cut of cuts) {
            for (const more of [[], [word(' and on')]]) {
              const rest = [...more, { type: 'error', failure: FAILURE } as const].map((event) => ({
                events: [event],
              }))
              const again = read(dialect, sse(written(dialect, joined(cut, rest))))
              expectWellFormed(again)
              expect(again.at(-1)?.type, cut.name).toBe('error')
            }
          }
        })
      }
    })
  }
}
