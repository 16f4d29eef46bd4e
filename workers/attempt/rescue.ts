// Mid-stream rescue: when a stream dies after its first content, another target goes on with the same answer.
import type { Batch, Piece } from '../../shared/event.ts'
import { type Failure, failureOf, reasonOf } from '../../shared/failure.ts'
import type { Ending, Plan, Seam, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Answer, Cx, Service } from '../service.ts'
import { openBill } from './bill.ts'
import {
  type Continuation,
  continuationsFor,
  isRescuable,
  mayAskOtherwise,
  mayResume,
  successors,
} from './continuing.ts'
import { type Joiner, openJoiner } from './joiner.ts'
import type { Meter } from './meter.ts'
import type { Race, Raced, Won } from './race.ts'
import { openTold } from './told.ts'

export interface Rescue {
  readonly request: ModelRequest
  readonly plan: Plan
  readonly raced: Won
  readonly race: Service<Race, Raced>
  /** Counts what an answer uses while it passes; `aside` is what else the request costs. */
  readonly meterOf: (answer: Answer, request: ModelRequest, aside: () => Promise<number>) => Meter
  /** May so much more be spent? It is asked before another target is. */
  readonly mayAsk: (request: ModelRequest, target: Target) => Promise<boolean>
  readonly promptTokens: () => Promise<number>
}

export interface Rescued {
  readonly batches: AsyncGenerator<Batch, void, undefined>
  /** Resolves exactly once, with the whole answer's ending, whoever said which part of it. */
  readonly end: Promise<Ending>
}

/** One target's part of the answer. The first one's is told as it comes; every other is joined to what was told. */
interface Part {
  readonly target: Target
  readonly meter: Meter
  readonly position: number
  readonly joiner?: Joiner
}

export function rescue(
  { request, plan, raced, race, meterOf, mayAsk, promptTokens }: Rescue,
  cx: Cx,
): Rescued {
  const { attempts } = raced
  const bill = openBill({ attempts, targets: plan.targets, promptTokens })
  const { promise: end, resolve } = Promise.withResolvers<Ending>()
  const partOf = (won: Won, asked: ModelRequest, from: number, joiner?: Joiner): Part => ({
    target: won.answer.target,
    meter: meterOf(won.answer, asked, bill.aside),
    position: from + won.position,
    ...(joiner === undefined ? {} : { joiner }),
  })
  const first = partOf(raced, request, 0)
  if (!mayResume(request, plan)) {
    void first.meter.end.then((ending) => bill.close(first.position, ending, '')).then(resolve)
    return { batches: first.meter.batches, end }
  }

  const told = openTold()
  const tried = new Set<Target>([first.target])
  let isSettled = false
  const settle = (ending: () => Promise<Ending>): void => {
    if (!isSettled) void ending().then(resolve)
    isSettled = true
  }

  /** Asks the next target that may go on; undefined where none can. */
  const goOn = async (dead: Target, failure: Failure): Promise<Going | undefined> => {
    for (const target of successors(plan, dead)) {
      if (tried.has(target)) continue
      tried.add(target)
      for (const continuation of continuationsFor(request, target, told, bill.saidTokens())) {
        if (attempts.length >= plan.retries.total || cx.signal.aborted) return undefined
        if (!(await mayAsk(continuation.request, target))) return undefined
        const asked = await ask(target, continuation, failure)
        if (!('kind' in asked)) return asked
        if (!mayAskOtherwise(asked)) break
      }
    }
    return undefined
  }

  const ask = async (
    target: Target,
    { request: going, resumed, joint }: Continuation,
    failure: Failure,
  ): Promise<Going | Failure> => {
    const from = attempts.length
    const again = await race({ request: going, plan: soloPlan(plan, target) }, cx)
    const seamAt = told.text.length
    attempts.push(...again.attempts.map((attempt) => ({ ...attempt, resumed, seamAt })))
    if (!again.ok) return again.failure.kind === 'exhausted' ? again.failure.last : again.failure
    return {
      part: partOf(again, going, from, openJoiner(told.text, joint)),
      seam: { target, resumed, failure },
    }
  }

  const mayGoOn = (failure: Failure): boolean => isRescuable(failure) && !told.isClosed && !cx.signal.aborted

  /** Tells one part to its end, or returns why another has to go on. */
  async function* tell({
    meter,
    position,
    joiner,
  }: Part): AsyncGenerator<Batch, Death | undefined, undefined> {
    for (;;) {
      const next = await meter.batches.next()
      if (next.done === true) return undefined
      const joined = joiner === undefined ? next.value : joiner.join(next.value)
      const failure = joined === undefined ? DIVERGED : failureIn(joined)
      if (failure === undefined) {
        const passed = told.take(joined ?? [])
        const isLast = isFinished(passed)
        if (isLast) settle(async () => bill.close(position, await meter.end, told.text))
        if (passed.length > 0)
          yield isLast && joiner !== undefined ? bill.whole(passed, joiner.startedOver) : passed
        if (isLast) return undefined
        continue
      }
      const before = told.take((joined ?? []).filter((piece) => !isBroken(piece)))
      told.cut()
      if (mayGoOn(failure)) {
        if (before.length > 0) yield before
        return { failure, end: joined === undefined ? 'diverged' : `cut-${reasonOf(failure)}` }
      }
      settle(async () => bill.close(position, await meter.end, told.text))
      yield [...before, ...(joined?.filter(isBroken) ?? [broken(failure)])]
      return undefined
    }
  }

  async function* pass(): AsyncGenerator<Batch, void, undefined> {
    let part = first
    try {
      for (;;) {
        const death = yield* tell(part)
        if (death === undefined) return
        void part.meter.batches.return(undefined)
        bill.cut(part.position, await part.meter.end, death.end)
        const going = await goOn(part.target, death.failure)
        if (going === undefined) {
          const failure = cx.signal.aborted ? failureOf(cx.signal.reason) : death.failure
          settle(() => bill.fail(told.text, failure))
          yield [broken(failure)]
          return
        }
        part = going.part
        yield [{ events: [], seam: going.seam }]
      }
    } finally {
      void part.meter.batches.return(undefined)
      settle(async () => bill.close(part.position, await part.meter.end, told.text))
    }
  }

  return { batches: pass(), end }
}

interface Going {
  readonly part: Part
  readonly seam: Seam
}

interface Death {
  readonly failure: Failure
  /** What its attempt is said to have ended in. */
  readonly end: string
}

/** Words that do not go on with those that were told. */
const DIVERGED: Failure = {
  kind: 'malformed',
  reason: 'the answer broke off, and what another model said did not continue it',
}

/** One target alone, once, without company. */
function soloPlan({ hedgeAfterMs: _, probe: __, ...plan }: Plan, target: Target): Plan {
  return { ...plan, targets: [target], retries: { sameTarget: 0, total: 1 } }
}

const broken = (failure: Failure): Piece => ({ events: [{ type: 'error', failure }] })

const isBroken = ({ events }: Piece): boolean => events.some(({ type }) => type === 'error')

const isFinished = (batch: Batch): boolean =>
  batch.some(({ events }) => events.some(({ type }) => type === 'finish'))

function failureIn(batch: Batch): Failure | undefined {
  for (const { events } of batch) for (const event of events) if (event.type === 'error') return event.failure
  return undefined
}
