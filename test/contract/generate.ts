// Random requests and answers for properties: everything a dialect must carry, nothing a wire cannot say.
import * as fc from 'fast-check'
import type { FinishReason, ModelEvent } from '../../shared/event.ts'
import type { Usage } from '../../shared/usage.ts'
import type { Reach } from './entry.ts'

const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
const name = fc.stringMatching(/^[a-z][a-z0-9_]{0,15}$/)
const count = fc.nat(100_000)

export const usages: fc.Arbitrary<Usage> = fc.record({
  input: count,
  cacheRead: count,
  cacheWrite: count,
  output: count,
  reasoning: count,
})

const reasons: fc.Arbitrary<FinishReason> = fc.constantFrom('stop', 'length', 'tool-calls', 'content-filter')

/** The JSON of an object in pieces of any length, as providers cut it. */
const objectPieces = fc
  .tuple(fc.dictionary(name, fc.jsonValue({ maxDepth: 1 }), { maxKeys: 3 }), fc.integer({ min: 1, max: 9 }))
  .map(([value, size]) => {
    const json = JSON.stringify(value)
    return Array.from({ length: Math.ceil(json.length / size) }, (_, at) =>
      json.slice(at * size, (at + 1) * size),
    )
  })

/** One choice: deltas in any order, every tool call begun before its pieces, and an end. */
const choice = (index: number, reach: Reach): fc.Arbitrary<ModelEvent[]> => {
  const delta = fc.oneof(
    text.map((text): ModelEvent => ({ type: 'text-delta', index, text })),
    ...(reach.reasoning ? [text.map((text): ModelEvent => ({ type: 'reasoning-delta', index, text }))] : []),
    ...(reach.refusals ? [text.map((text): ModelEvent => ({ type: 'refusal-delta', index, text }))] : []),
  )
  const pieces = reach.rawArguments ? fc.array(text, { maxLength: 4 }) : objectPieces
  const calls = fc.array(fc.record({ name, pieces }), { maxLength: 3 }).map((list) => {
    const starts = list.map(({ name }, call): ModelEvent => ({
      type: 'tool-start',
      index,
      call,
      id: `call_${index}_${call}`,
      name,
    }))
    // The pieces of all calls take turns, as parallel calls may.
    const longest = Math.max(0, ...list.map(({ pieces }) => pieces.length))
    const pieces = Array.from({ length: longest }, (_, turn) =>
      list.flatMap(({ pieces }, call): ModelEvent[] => {
        const json = pieces[turn]
        return json === undefined ? [] : [{ type: 'tool-delta', index, call, json }]
      }),
    ).flat()
    return [...starts, ...pieces]
  })
  return fc
    .tuple(fc.array(delta, { maxLength: 8 }), calls, reasons)
    .map(([deltas, called, reason]) => [...deltas, ...called, { type: 'choice-end', index, reason }])
}

/** A whole answer of one to three choices. Its times are whole seconds, which is all that most wires carry. */
export const answersFor = (reach: Reach): fc.Arbitrary<ModelEvent[]> =>
  fc
    .tuple(
      fc.record({
        id: name,
        model: name,
        createdAt: fc.integer({ min: 1, max: 2_000_000_000 }).map((seconds) => seconds * 1000),
      }),
      fc
        .integer({ min: 1, max: reach.choices ? 3 : 1 })
        .chain((n) => fc.tuple(...Array.from({ length: n }, (_, index) => choice(index, reach)))),
      usages,
    )
    .map(([start, choices, usage]) => {
      const [first] = choices
      const end = first?.at(-1)
      const reason = end?.type === 'choice-end' ? end.reason : 'stop'
      return [{ type: 'start', ...start }, ...choices.flat(), { type: 'finish', reason, usage }]
    })

/** A JSON value that survives being written and read, and keys that mean nothing to anybody. */
export const json = fc.jsonValue({ maxDepth: 2 }).map((value): unknown => JSON.parse(JSON.stringify(value)))
export const unheard = fc.dictionary(fc.stringMatching(/^x_[a-z]{1,8}$/), json, { maxKeys: 3 })
export { name, text }
