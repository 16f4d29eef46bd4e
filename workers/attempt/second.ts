// A second answer to the same question, asked only to see whether a small model's first one agrees with it.
import { agrees, type Heard, isComparable } from '../../shared/check/verdict.ts'
import { MICRO_PROVIDER } from '../../shared/config.ts'
import { Failed } from '../../shared/failure.ts'
import type { Attempt, Cascade, Ending, Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Answer, Cx, Service } from '../service.ts'
import { useOf } from './bill.ts'
import { scope } from './clock.ts'
import type { Meter } from './meter.ts'
import type { Race, Raced } from './race.ts'

export interface Seconding {
  readonly request: ModelRequest
  readonly plan: Plan
  readonly race: Service<Race, Raced>
  /** Counts what an answer used that is not given. */
  readonly meterOf: (answer: Answer, request: ModelRequest, aside: () => Promise<number>) => Meter
  /** May this call be paid? Asked before a second answer is. */
  readonly mayAsk: (request: ModelRequest, target: Target) => Promise<boolean>
}

export const nothing = async (): Promise<number> => 0

/** Reads a call to its end, and says what it used. */
export async function usedBy({ batches, end }: Meter): Promise<Ending> {
  for (let next = await batches.next(); next.done !== true; next = await batches.next());
  return end
}

/** The embedded model has judged its own answer by what no other shows: how sure it was of every token. */
export const wantsSecond = (
  request: ModelRequest,
  { secondAnswer }: Cascade,
  heard: Heard,
  target: Target,
): boolean => secondAnswer && target.provider !== MICRO_PROVIDER && isComparable(request, heard)

export interface First {
  readonly minis: readonly Target[]
  /** Who gave the first answer. */
  readonly target: Target
  readonly text: string
  readonly holdMs: number
  /** The request's attempts, to which this one is added. */
  readonly attempts: Attempt[]
}

/** Asks for a second cheap answer, of another small model where there is one; undefined where it shows nothing. */
export async function second(
  { request, plan, race, meterOf, mayAsk }: Seconding,
  { minis, target, text, holdMs, attempts }: First,
  cx: Cx,
): Promise<boolean | undefined> {
  const other = minis.find((mini) => mini !== target && mini.provider !== MICRO_PROVIDER) ?? target
  const asked = anew(request, other === target)
  if (!(await mayAsk(asked, other))) return undefined
  const inside = scope(cx)
  const timer = setTimeout(() => inside.abort(new Failed({ kind: 'cancelled' })), holdMs)
  try {
    const raced = await race({ request: asked, plan: solo(plan, other) }, inside.cx)
    const from = attempts.length
    attempts.push(...raced.attempts)
    if (!raced.ok) return undefined
    const ending = await usedBy(meterOf(raced.answer, asked, nothing))
    const same = ending.end === 'finish' ? agrees(request, text, ending.text) : undefined
    const end = same === undefined ? 'incomparable' : same ? 'agreed' : 'disagreed'
    const attempt = attempts[from + raced.position]
    if (attempt !== undefined)
      attempts[from + raced.position] = { ...attempt, end, aside: true, ...useOf(other, ending) }
    return same
  } finally {
    clearTimeout(timer)
    inside.close()
  }
}

/** A model that is asked the same again must be free to say something else. */
const FREE = 0.7

/** Whole and in our own words: what only the client's dialect knows, its sampling among it, would stand in the way. */
function anew(
  { unread: _, requireParameters: __, ...request }: ModelRequest,
  isSameModel: boolean,
): ModelRequest {
  const { seed: ___, temperature = 0, ...sampling } = request.sampling
  return {
    ...request,
    stream: false,
    streamUsage: false,
    sampling: isSameModel ? { ...sampling, temperature: Math.max(temperature, FREE) } : request.sampling,
    native: { dialect: 'minnow', body: {} },
  }
}

/** One target alone, once, without company. */
function solo({ hedgeAfterMs: _, probe: __, ...plan }: Plan, target: Target): Plan {
  return { ...plan, targets: [target], retries: { sameTarget: 0, total: 1 } }
}
