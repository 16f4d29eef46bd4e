// What one answer cost, over every call that was begun for it: parts that were cut off, hedges that lost, the one that ended.
import type { Batch } from '../../shared/event.ts'
import type { Failure } from '../../shared/failure.ts'
import { classIn, costMicros, type Price, promptSavedMicros } from '../../shared/money.ts'
import type { Attempt, Ending, Plan, Target } from '../../shared/plan.ts'
import { noUsage, type Usage } from '../../shared/usage.ts'
import type { Raced } from './race.ts'

export interface Billed {
  readonly attempts: Attempt[]
  readonly targets: readonly Target[]
  /** Tokens of the prompt as every target was sent it. */
  readonly promptTokens: () => Promise<number>
}

export interface Bill {
  /** Tokens that cut-off parts of the answer have. */
  saidTokens(): number
  /** What everything but the part at hand costs, in micro-dollars. */
  aside(): Promise<number>
  /** Notes a part that did not end the answer. */
  cut(position: number, ending: Ending, end: string): void
  /** The finish of the last part, with the usage of the whole answer. */
  whole(batch: Batch, startedOver: boolean): Batch
  /** The ending of the whole answer, whose last part is this one. `told` where others said parts of it. */
  close(position: number, ending: Ending, told: string): Promise<Ending>
  /** The ending where no part ended it. */
  fail(told: string, failure: Failure): Promise<Ending>
}

/** A call that lost, or that nobody waited for, was sent the prompt and is taken to have read it. */
const UNHEARD = new Set(['lost', 'cancelled'])

export function openBill({ attempts, targets, promptTokens }: Billed): Bill {
  const parts: Ending[] = []
  /** Calls that are no part of the answer; they had ended when it began. */
  const asides = attempts.filter(({ aside }) => aside === true)

  const note = (position: number, more: Partial<Attempt>): void => {
    const attempt = attempts[position]
    if (attempt !== undefined) attempts[position] = { ...attempt, ...more }
  }

  const targetAt = (position: number): Target | undefined =>
    targets.find(({ name }) => name === attempts[position]?.target)

  const noteUse = (position: number, ending: Ending): void =>
    note(position, useOf(targetAt(position), ending))

  /** Counts calls that nobody heard out. What a vendor really bills for one is not known. */
  const countUnheard = async (): Promise<readonly Attempt[]> => {
    for (const [position, attempt] of attempts.entries()) {
      if (!UNHEARD.has(attempt.end) || attempt.usage !== undefined) continue
      const usage: Usage = { ...noUsage, input: await promptTokens() }
      const cost = priced(targetAt(position), (price) => costMicros(usage, price))
      note(position, { usage, usageSource: 'estimated', ...cost })
    }
    return attempts.filter((attempt) => UNHEARD.has(attempt.end))
  }

  const sum = async (last: Ending): Promise<Ending> => {
    const unheard = await countUnheard()
    if (parts.length === 0 && unheard.length === 0 && asides.length === 0) return last
    const used = [...parts, ...asides, ...unheard]
    const isCounted = parts.length > 0 || [...asides, ...unheard].some(isEstimated)
    return {
      ...last,
      usage: used.reduce(
        (total, { usage }) => (usage === undefined ? total : plus(total, usage)),
        last.usage,
      ),
      usageSource: isCounted ? 'estimated' : last.usageSource,
      costMicros: used.reduce((total, { costMicros: cost = 0 }) => total + cost, last.costMicros),
    }
  }

  return {
    saidTokens: () => parts.reduce((total, { usage }) => total + usage.output, 0),
    aside: async () => {
      const costs = [...parts, ...asides, ...(await countUnheard())]
      return costs.reduce((total, { costMicros: cost = 0 }) => total + cost, 0)
    },
    cut(position, ending, end) {
      note(position, { end })
      noteUse(position, ending)
      parts.push(ending)
    },
    whole: (batch, startedOver) =>
      batch.map((piece) => ({
        ...piece,
        events: piece.events.map((event) =>
          event.type === 'finish' && event.usage !== undefined
            ? { ...event, usage: wholeUsage(parts, event.usage, startedOver) }
            : event,
        ),
      })),
    async close(position, ending, told) {
      const whole = await sum(ending)
      noteUse(position, ending)
      if (parts.length === 0) return whole
      return { ...whole, text: told, reasoning: [] } // thoughts of several models prove nothing to any
    },
    fail: async (told, failure) =>
      sum({
        end: failure.kind === 'cancelled' ? 'cancelled' : 'error',
        usage: noUsage,
        usageSource: 'estimated',
        costMicros: 0,
        failure,
        text: told,
        reasoning: [],
        toolCalls: [],
      }),
  }
}

/** What one call used and cost, for its place in the receipt. */
export const useOf = (target: Target | undefined, ending: Ending): Partial<Attempt> => ({
  usage: ending.usage,
  ...(ending.usageSource === 'none' ? {} : { usageSource: ending.usageSource }),
  ...priced(target, () => ending.costMicros, ending.serviceTier),
  ...saved(target?.price, ending),
})

function saved(price: Price | undefined, { usage, serviceTier }: Ending): Pick<Attempt, 'promptSavedMicros'> {
  const cached = usage.cacheRead + usage.cacheWrite + (usage.cacheWriteLong ?? 0)
  if (price === undefined || cached === 0) return {}
  return { promptSavedMicros: promptSavedMicros(usage, price, serviceTier) }
}

function priced(
  { price, priceVersion }: Pick<Target, 'price' | 'priceVersion'> = {},
  cost: (price: Price) => number,
  serviceTier?: string,
): Pick<Attempt, 'costMicros' | 'price'> {
  if (price === undefined) return {}
  const billedClass = classIn(price, serviceTier)
  const version = priceVersion && {
    ...priceVersion,
    ...(billedClass === undefined ? {} : { class: billedClass }),
  }
  return { costMicros: cost(price), ...(version === undefined ? {} : { price: version }) }
}

const isEstimated = ({ usageSource }: Attempt): boolean => usageSource !== 'reported'

export interface Unanswered extends Pick<Billed, 'promptTokens'> {
  readonly raced: Raced | undefined
  readonly plan: Plan | undefined
}

/** What a request used that had no answer yet when its client left; undefined where that is nothing. */
export async function unheard({ raced, plan, promptTokens }: Unanswered): Promise<Ending | undefined> {
  if (raced?.ok !== false || plan === undefined) return undefined
  const { attempts, failure } = raced
  if (!attempts.some(({ end, aside }) => aside === true || UNHEARD.has(end))) return undefined
  return openBill({ attempts, targets: plan.targets, promptTokens }).fail('', failure)
}

/**
 * The usage of one answer that several models said: the prompt once, each word once. No vendor saw it whole, so what
 * was cut off is counted here; a model that started over has counted everything itself.
 */
function wholeUsage(parts: readonly Ending[], own: Usage, startedOver: boolean): Usage {
  const [first] = parts
  if (first === undefined) return own
  const said = startedOver ? 0 : parts.reduce((total, { usage }) => total + usage.output, 0)
  return { ...noUsage, input: first.usage.input, output: said + own.output, reasoning: own.reasoning }
}

const plus = (a: Usage, b: Usage): Usage => {
  const long = (a.cacheWriteLong ?? 0) + (b.cacheWriteLong ?? 0)
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    ...(long === 0 ? {} : { cacheWriteLong: long }),
    output: a.output + b.output,
    reasoning: a.reasoning + b.reasoning,
  }
}
