// Streams that die in the middle and are gone on with by another target: every place where one may be cut, and what may
// come behind it. The pieces are those that the layer of attempts hands to a client's writer.
import type { ModelEvent, Piece } from '../../shared/event.ts'
import { isFields, parse } from '../../shared/fields.ts'
import type { Seam } from '../../shared/plan.ts'
import type { Entry } from './entry.ts'
import { type Said, saidBy } from './said.ts'
import { bytesOf, eventsOf, piecesOf, sse, unnative } from './wire.ts'

const seam: Seam = {
  target: {
    name: 'other',
    provider: 'lab',
    model: 'other-1',
    tier: 'fixed',
    timeouts: {
      headMs: 1,
      firstTokenMs: 1,
      idleMs: 1,
      totalMs: 1,
      replyMs: 1,
      floorTokensPerSecond: 0,
      floorWindowMs: 1,
    },
  },
  resumed: 'asked',
  failure: { kind: 'malformed', reason: 'the stream ended early' },
}
export const SEAM: Piece = { events: [], seam }

/** Of the whole answer, as the meter fills it in. */
export const USAGE = { input: 11, cacheRead: 4, cacheWrite: 0, output: 23, reasoning: 5 }
export const COST = 1_500_000
export const FAILURE = { kind: 'timeout', phase: 'idle', limitMs: 5 } as const

export const word = (text: string): ModelEvent => ({ type: 'text-delta', index: 0, text })
export const think = (text: string): ModelEvent => ({ type: 'reasoning-delta', index: 0, text })
export const proof: ModelEvent = {
  type: 'reasoning-signature',
  index: 0,
  signature: { dialect: 'other', kind: 'signature', data: 'EqQB' },
}

const called = (events: readonly ModelEvent[]): number =>
  events.filter(({ type }) => type === 'tool-start').length

/** A call of the next free number, whole. */
const callAfter = (told: readonly ModelEvent[]): ModelEvent[] => {
  const call = called(told)
  return [
    { type: 'tool-start', index: 0, call, id: `after_${call}`, name: 'look' },
    { type: 'tool-delta', index: 0, call, json: '{"at":' },
    { type: 'tool-delta', index: 0, call, json: '[1]}' },
  ]
}

const ended = (told: readonly ModelEvent[], more: readonly (ModelEvent | Piece)[]): Piece[] => {
  const pieces = more.map((one): Piece => ('type' in one ? { events: [one] } : one))
  const reason = called([...told, ...eventsOf(pieces)]) > 0 ? 'tool-calls' : 'stop'
  return [
    ...pieces,
    { events: [{ type: 'choice-end', index: 0, reason }] },
    { events: [{ type: 'finish', reason, usage: USAGE, costMicros: COST }] },
  ]
}

/** What comes behind the seam, by what was told before it. */
export const continuations: readonly (readonly [string, (told: readonly ModelEvent[]) => Piece[]])[] = [
  ['text', (told) => ended(told, [word(' and on'), word(' it goes.')])],
  ['nothing more', (told) => ended(told, [])],
  ['thoughts, signed, then text', (told) => ended(told, [think('Again'), think('.'), proof, word(' So.')])],
  ['thoughts without a proof, then a call', (told) => ended(told, [think('Again.'), ...callAfter(told)])],
  ['text, then a call', (told) => ended(told, [word(' Look:'), ...callAfter(told)])],
  ['text, another seam, text', (told) => ended(told, [word(' and'), SEAM, word(' on')])],
  ['thoughts, another seam, text', (told) => ended(told, [think('Hm'), SEAM, word(' on')])],
]

/** After these nobody can go on. */
const CLOSED: ReadonlySet<ModelEvent['type']> = new Set([
  'other-delta',
  'refusal-delta',
  'logprobs',
  'choice-end',
  'finish',
  'error',
])

/** As far as the layer of attempts lets it be cut: something was told, no call is half built, and it has not ended. */
function mayCut(told: readonly ModelEvent[]): boolean {
  if (!told.some(({ type }) => type === 'text-delta' || type === 'reasoning-delta' || type === 'tool-start'))
    return false
  if (told.some(({ type }) => CLOSED.has(type))) return false
  if (told.some((event) => 'index' in event && event.index !== 0)) return false
  const calls = saidBy(told)[0]?.calls ?? []
  return calls.every(({ json }) => isFields(parse(json)))
}

export interface Cut {
  readonly name: string
  readonly told: readonly ModelEvent[]
  readonly pieces: readonly Piece[]
}

/** Every beginning of a stream that may be gone on with: passed on as its vendor sent it, or as another dialect's. */
export function cutsOf({ dialect }: Entry, data: readonly string[], how: 'native' | 'foreign'): Cut[] {
  const came = piecesOf(dialect, [bytesOf(sse(data))])
  const pieces = how === 'native' ? came : unnative(came)
  return pieces.flatMap((_, at) => {
    const before = pieces.slice(0, at + 1)
    const told = eventsOf(before)
    return mayCut(told) ? [{ name: `after ${at + 1} of ${pieces.length}`, told, pieces: before }] : []
  })
}

/** The answer as a whole: what was told before the seam and what was told behind it. */
export const wholeOf = (told: readonly ModelEvent[], after: readonly Piece[]): Said[] =>
  saidBy([...told, ...eventsOf(after)])

/** The start and all that was told, then the seam and the rest. */
export const joined = (cut: Cut, after: readonly Piece[]): Piece[] => [...cut.pieces, SEAM, ...after]
