// How a gateway must behave while it answers: rules about what the vendor saw and what came with the answer. Pure.
import { type Fields, pick } from '../client.ts'
import type { LabRequest } from '../wire.ts'
import type { Seen } from './judge.ts'
import type { Transcript } from './transcript.ts'

/** A `required` rule that is broken fails a case, an `advisory` one is a blemish. */
export type Weight = 'required' | 'advisory'

export interface Rule {
  readonly weight: Weight
  /** What is wrong, in a few words; undefined where nothing is. */
  readonly look: (seen: Seen) => string | undefined
}

type Look = Rule['look']

export const must = (look: Look): Rule => ({ weight: 'required', look })
export const should = (look: Look): Rule => ({ weight: 'advisory', look })

interface Bounds {
  readonly min?: number
  readonly max?: number
}

const between =
  (what: string, count: (seen: Seen) => number, { min = 0, max = Number.POSITIVE_INFINITY }: Bounds): Look =>
  (seen) => {
    const found = count(seen)
    const wanted = min === max ? `exactly ${min}` : found < min ? `at least ${min}` : `at most ${max}`
    return found >= min && found <= max ? undefined : `${found} ${what} instead of ${wanted}`
  }

export const primaryAttempts = (bounds: Bounds): Look =>
  between('attempts on the primary', ({ primary }) => primary.length, bounds)

export const spareAttempts = (bounds: Bounds): Look =>
  between('attempts on the fallback', ({ spare }) => spare.length, bounds)

/** Attempts on the primary within so many milliseconds of the first. */
export const primaryWithin = (ms: number, max: number): Look =>
  between(
    `attempts within ${ms / 1_000} s`,
    ({ primary }) => primary.filter(({ at }) => at - (primary[0]?.at ?? 0) < ms).length,
    { max },
  )

/** The second attempt on the primary, where there is one, comes no sooner than it was asked for. */
export const waited =
  (ms: number): Look =>
  ({ primary: [first, second] }) =>
    first === undefined || second === undefined || second.at - first.at >= ms
      ? undefined
      : `tried again after ${second.at - first.at} ms`

/** Every call is over by then. */
export const within =
  (ms: number): Look =>
  ({ calls }) => {
    const longest = Math.max(...calls.map(({ startedAt, endedAt }) => endedAt - startedAt))
    return longest <= ms ? undefined : `took ${(longest / 1_000).toFixed(1)} s`
  }

export const tellsUsage: Look = ({ calls }) =>
  calls.every(({ usage }) => Number(pick(usage, 'completion_tokens')) > 0) ? undefined : 'no usage reported'

/** The answer is named after the model that gave it. */
export const namesTheSpare: Look = ({ calls, spare }) => {
  const [call] = calls
  const name = spare[0]?.model
  const told = [...(call?.models ?? []), call?.headers['x-minnow-model'] ?? '']
  return name !== undefined && told.some((model) => model.endsWith(name))
    ? undefined
    : `named after ${call?.models.join(', ') ?? 'nobody'}`
}

/** What is said anywhere in the body of an answer. */
export const neverSays =
  (words: RegExp): Look =>
  ({ calls }) => {
    const found = calls.map(({ raw }) => words.exec(raw)?.[0]).find((text) => text !== undefined)
    return found === undefined ? undefined : `the caller was told "${found.slice(0, 60)}"`
  }

/** A provider that keeps us waiting is cut off, not only given up on. */
export const hungUp: Look = ({ primary }) =>
  primary.every(({ leftAt, endedAt }) => leftAt !== undefined || endedAt !== undefined)
    ? undefined
    : 'the silent connection was left open'

export const staysHealthy: Look = ({ after }) =>
  after?.status === 200 && after.finishes.length === 1 ? undefined : 'not healthy afterwards'

/** Each failed attempt, with its status and its milliseconds. */
export const namesEveryAttempt: Look = ({ calls, primary, spare }) => {
  const made = [...primary, ...spare].map(({ model }) => model)
  return calls.every((call) => isAccount(call, made)) ? undefined : 'not every attempt is named'
}

function isAccount({ error, raw }: Transcript, made: readonly string[]): boolean {
  const attempts = pick(error, 'attempts') ?? pick(error, 'error', 'attempts')
  // A dialect without room for a list says it in its message.
  const named = Array.isArray(attempts)
    ? attempts.filter(
        (attempt) =>
          made.some((model) => String(pick(attempt, 'target')).endsWith(model)) &&
          typeof pick(attempt, 'status') === 'number' &&
          typeof pick(attempt, 'durationMs') === 'number',
      )
    : raw
        .split(';')
        .filter((part) => made.some((model) => part.includes(model)) && /\b\d{3}\b.*\b\d+ ms/.test(part))
  return named.length === made.length
}

export const saysNoRetry: Look = ({ calls }) =>
  calls.every(({ headers }) => headers['x-should-retry'] === 'false') ? undefined : 'no x-should-retry: false'

/** Upstream calls that the client left are cut off within a second. */
export const cancelledWithin =
  (ms: number): Look =>
  ({ calls, primary: [asked] }) => {
    const leftAt = calls[0]?.endedAt ?? 0
    if (asked?.leftAt === undefined) return 'the upstream call was not cancelled'
    return asked.leftAt - leftAt <= ms ? undefined : `cancelled after ${asked.leftAt - leftAt} ms`
  }

export const drained: Look = ({ primary: [asked] }) =>
  asked?.endedAt === undefined ? 'the upstream call was not read to its end' : undefined

/** Of a flapping primary: how many attempts it gets while it is down, for how many requests. */
export const probesSparingly =
  (downMs: number, graceMs: number): Look =>
  ({ calls, primary }) => {
    const begin = primary[0]?.at ?? 0
    const late = (at: number): boolean => at - begin >= graceMs && at - begin < downMs - 50
    const requests = calls.filter(({ startedAt }) => late(startedAt)).length
    const attempts = primary.filter(({ at }) => late(at)).length
    return attempts <= requests / 2
      ? undefined
      : `${attempts} attempts on the primary for ${requests} requests once its state was known`
  }

/** Of a flapping primary: it answers again soon after it has recovered. */
export const returnsWithin =
  (downMs: number, ms: number): Look =>
  ({ primary }) => {
    const recovered = (primary[0]?.at ?? 0) + downMs
    const back = primary.find(({ at, events }) => at >= recovered && events > 0)
    if (back === undefined) return 'not back on the primary'
    const took = back.at - recovered
    return took <= ms ? undefined : `back on the primary only after ${(took / 1_000).toFixed(1)} s`
  }

/** Rules about the gateway's own account; where it keeps none they say nothing. */
const account =
  (look: (rows: readonly Fields[], seen: Seen) => string | undefined): Look =>
  (seen) =>
    seen.rows === undefined ? undefined : look(seen.rows, seen)

/** Each call leaves one row. */
export const oneRowEach: Look = account((rows, { calls }) => {
  const ids = rows.map((row) => row['request_id'])
  return rows.length === calls.length && new Set(ids).size === calls.length
    ? undefined
    : `${rows.length} rows of ${calls.length} requests`
})

/** What the calls cost together, micro-dollars. */
export const costs = (bounds: Bounds): Look =>
  account((rows, seen) =>
    between(
      'micro-dollars',
      () => rows.reduce((sum, row) => sum + Number(row['cost_micros']), 0),
      bounds,
    )(seen),
  )

export const settledAs = (end: string, source: string): Look =>
  account(([row]) =>
    row?.['end'] === end && pick(row, 'tokens', 'source') === source
      ? undefined
      : `recorded as ${String(row?.['end'])}, ${String(pick(row, 'tokens', 'source'))}`,
  )

/** Which keys the primary was asked with: each dead one once. */
export const setsAside =
  (dead: string, maxTries: number): Look =>
  ({ primary }) => {
    const tries = primary.filter((request) => keyOf(request) === dead).length
    return tries >= 1 && tries <= maxTries ? undefined : `the dead key was tried ${tries} times`
  }

const keyOf = ({ headers }: LabRequest): string | undefined => headers.authorization?.replace(/^Bearer /, '')
