// What the flaky provider does to a call, by the names of the scorecard of faults. Pure.
import { seededRandom } from '../../shared/random.ts'
import type { Behaviour } from '../../test/lab/behaviour.ts'

export interface Fault {
  readonly id: string
  readonly what: string
  readonly behaviour: Behaviour
  /** How often it comes up beside the others; 1 unless given. */
  readonly weight?: number
  /** The model answers every call with 503 for so long. */
  readonly outageMs?: number
}

/** The share of calls that something happens to. */
export const FAULTY = 0.3

/** Longer than any limit of the gateway under test: only a limit ends it. */
const LONG_MS = 60_000

const error = (message: string, type: string, code: string | null = null): unknown => ({
  error: { message, type, param: null, code },
})
const overloaded = `data: ${JSON.stringify(error('Overloaded', 'server_error'))}\n\n`

export const FAULTS: readonly Fault[] = [
  { id: 'S01', what: '429 with Retry-After', behaviour: { status: 429, headers: { 'retry-after': '1' } } },
  { id: 'S02', what: '429', behaviour: { status: 429 } },
  { id: 'S03', what: '500', behaviour: { status: 500 } },
  { id: 'S04', what: '503', behaviour: { status: 503 } },
  { id: 'S05', what: 'reset before any byte', behaviour: { cutAfter: 'nothing', cut: 'reset' } },
  { id: 'S05b', what: 'closed before any byte', behaviour: { cutAfter: 'nothing', cut: 'fin' } },
  { id: 'S06', what: 'no head', behaviour: { headAfterMs: LONG_MS } },
  { id: 'S07', what: 'no first token', behaviour: { firstAfterMs: LONG_MS } },
  { id: 'S08', what: 'closed in mid-stream', behaviour: { cutAfter: 14, cut: 'fin' } },
  { id: 'S08b', what: 'reset in mid-stream', behaviour: { cutAfter: 14, cut: 'reset' } },
  { id: 'S09', what: 'silent in mid-stream', behaviour: { stallAfter: 9, stallMs: LONG_MS } },
  {
    id: 'S10',
    what: 'an event that is no JSON',
    behaviour: { insert: [{ at: 10, text: 'data: {"id":"chatcmpl-x","choi\n\n' }] },
  },
  { id: 'S11', what: 'no [DONE]', behaviour: { done: false } },
  {
    id: 'S12',
    what: '400, the context is too long',
    behaviour: {
      status: 400,
      body: error(
        'The maximum context length is 8192 tokens.',
        'invalid_request_error',
        'context_length_exceeded',
      ),
    },
  },
  {
    id: 'S13',
    what: '400, against the policy',
    behaviour: {
      status: 400,
      body: error('Rejected by our safety system.', 'invalid_request_error', 'content_policy_violation'),
    },
  },
  { id: 'S15', what: 'down for half a second', behaviour: { status: 503 }, outageMs: 500, weight: 0.05 },
  {
    id: 'M01',
    what: 'an error as the first event',
    behaviour: { contentType: 'text/event-stream', body: overloaded },
  },
  {
    id: 'M01b',
    what: 'an error as the whole body',
    behaviour: { body: error('Overloaded', 'server_error') },
  },
  { id: 'M02', what: 'a role, then an error', behaviour: { insert: [{ at: 1, text: overloaded }] } },
  { id: 'M03', what: 'an empty body', behaviour: { body: '' } },
  { id: 'M03b', what: 'an empty stream', behaviour: { body: '', contentType: 'text/event-stream' } },
  { id: 'M03c', what: 'a finish without a word', behaviour: { pieces: [] } },
  { id: 'M04', what: 'an error in mid-stream', behaviour: { failAt: 12 } },
  {
    id: 'M04b',
    what: 'an error in mid-stream, by its event',
    behaviour: { insert: [{ at: 12, text: `event: error\n${overloaded}` }] },
  },
  {
    id: 'M05',
    what: 'cut inside the arguments of a tool call',
    behaviour: {
      toolCalls: [{ name: 'weather', arguments: { city: 'Reykjavik', days: [1, 2, 3] } }],
      cutAfter: 4,
    },
  },
  { id: 'M06', what: 'split at every byte', behaviour: { everyByte: true }, weight: 0.1 },
  { id: 'M06b', what: 'CRLF, BOM and comments', behaviour: { lineEnd: '\r\n', bom: true, comments: true } },
  { id: 'M06c', what: 'CR alone, no space after data:', behaviour: { lineEnd: '\r', tight: true } },
  { id: 'M07', what: '401', behaviour: { status: 401 } },
  { id: 'M07b', what: '403', behaviour: { status: 403 } },
  { id: 'M08', what: 'gzip that nobody asked for', behaviour: { gzip: true } },
  {
    id: 'M08b',
    what: 'a wrong content-length',
    behaviour: { body: '{"id":"x"', headers: { 'content-length': '5000' }, cutAfter: 1, cut: 'fin' },
  },
  { id: 'M09', what: 'a trickle', behaviour: { everyMs: 400 } },
]

const TOTAL = FAULTS.reduce((sum, { weight = 1 }) => sum + weight, 0)

/** What happens to a call, decided by the numbers alone, so that a seed says it; undefined for nothing. */
export function faultOf(seed: number, request: number, model: number, call: number): Fault | undefined {
  const dice = seededRandom(
    (seed ^ Math.imul(request + 1, 0x9e3779b1)) + model * 0x85ebca6b + call * 0xc2b2ae35,
  )
  if (dice() >= FAULTY) return undefined
  let at = dice() * TOTAL
  return FAULTS.find(({ weight = 1 }) => (at -= weight) < 0) ?? FAULTS[0]
}
