// The most that a request can use, and the limits it is sent with so that this stays true.
import { Failed } from '../../shared/failure.ts'
import { type Price, worstCaseMicros, writeDollars } from '../../shared/money.ts'
import type { Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { countPrompt, type Tokenizer } from '../../shared/tokens.ts'
import type { Budget, Unit } from '../service.ts'
import type { Amounts } from './ledger.ts'
import { ABOUT_BOUNDS, type PromptAt, promptsAt } from './prompt.ts'

export interface Need {
  readonly amounts: Amounts
  /** What the shortest answer of any use needs; as `amounts` where nobody can make it shorter. */
  readonly least: Amounts
  /** The output limit that the amounts assume, per choice; undefined where nothing depends on it. */
  readonly maxOutput: number | undefined
  /** The request's own limit was lowered to what a budget covers. */
  readonly clamped: boolean
  /** The units in which the prompt was not counted but bounded: whoever is refused should know. */
  readonly bounded?: readonly Unit[]
  /** The need of the longest answer that so much covers; undefined where not even the shortest one is. */
  readonly within: (held: Amounts) => Need | undefined
}

/** Where neither the client nor the catalogue bounds the output, a budget does. */
const DEFAULT_MAX_OUTPUT = 4_096
/** Of a picture in the best quality; speech is shorter. https://platform.openai.com/docs/guides/image-generation#cost-and-latency */
const DEFAULT_MEDIA_TOKENS = 8_192
/** An answer shorter than this is of no use to anybody. */
const LEAST_OUTPUT = 16

/** The targets that are reserved for. */
export type Candidates = Pick<Plan, 'targets'>

/** A need of which nothing can be left out. */
export const whole = (amounts: Amounts): Need => ({
  amounts,
  least: amounts,
  maxOutput: undefined,
  clamped: false,
  within: (held) => (isCovered(amounts, held) ? whole(amounts) : undefined),
})

const NOTHING: Need = whole({ usd: 0, tokens: 0, requests: 1 })

export const isCovered = (need: Amounts, held: Amounts): boolean =>
  need.usd <= held.usd && need.tokens <= held.tokens && need.requests <= held.requests

/** Another call of a request that was counted when it began. */
export const uncounted = (need: Need): Need => ({
  ...need,
  amounts: { ...need.amounts, requests: 0 },
  least: { ...need.least, requests: 0 },
  within: (held) => {
    const less = need.within({ ...held, requests: 1 })
    return less && uncounted(less)
  },
})

/** At whichever of the targets is the dearest, because failover may end there. */
export async function needOf(
  request: ModelRequest,
  plan: Candidates,
  { budgets }: { readonly budgets: readonly Budget[] },
  tokenizer: Tokenizer,
): Promise<Need> {
  const { maxCostMicros } = request.limits
  const dollars = maxCostMicros !== undefined || budgets.some((budget) => budget.unit === 'usd')
  const tokens = budgets.some((budget) => budget.unit === 'tokens')
  if (!dollars && !tokens) return NOTHING
  if (dollars) plan.targets.forEach(requirePrice)
  if (!tokens && plan.targets.every((target) => isFree(target))) return NOTHING
  const prompts = await promptsAt(request, plan.targets, tokenizer)
  const isKept = budgets.some(({ unit, window }) => unit === 'tokens' && window !== 'rate')
  const dearest = dearestOf(prompts, request)
  const longest = isKept || !tokens ? longestOf(prompts) : await likelyPrompt(request, prompts, tokenizer)
  const asked = outputOf(request, plan)
  const output = maxCostMicros === undefined ? asked : affordable(prompts, asked, request, maxCostMicros)
  const amountsAt = (length: number): Amounts => ({
    usd: dearest(length),
    tokens: longest + length * request.choices,
    requests: 1,
  })
  const isBound = prompts.some((prompt) => prompt.isBound)
  const units = [...(dollars ? (['usd'] as const) : []), ...(isKept ? (['tokens'] as const) : [])]
  const shortest = canClamp(request) ? Math.min(LEAST_OUTPUT, asked) : asked
  return needAt(output, { asked, shortest, bounded: isBound ? units : [], amountsAt })
}

interface Scale {
  readonly asked: number
  readonly shortest: number
  readonly bounded: readonly Unit[]
  readonly amountsAt: (length: number) => Amounts
}

/** The need of an answer so long, which may become shorter. */
function needAt(output: number, scale: Scale): Need {
  const { asked, shortest, bounded, amountsAt } = scale
  const amounts = amountsAt(output)
  return {
    amounts,
    least: amountsAt(Math.min(shortest, output)),
    maxOutput: output,
    clamped: output < asked,
    ...(bounded.length === 0 ? {} : { bounded }),
    within: (held) => {
      const length = longestThat(output, (candidate) => isCovered(amountsAt(candidate), held))
      return length < shortest || !isCovered(amountsAt(length), held) ? undefined : needAt(length, scale)
    },
  }
}

/** What is passed on cannot be made shorter, and vectors have no length. */
const canClamp = ({ embedding, proxied }: ModelRequest): boolean =>
  embedding === undefined && proxied === undefined

/** The most of 0..most that fits, where whatever is less than something that fits does too. */
function longestThat(most: number, fits: (length: number) => boolean): number {
  if (fits(most)) return most
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return low
}

/**
 * A rate is not a budget: what a request turns out to have used more is drained from its bucket at once, so over any
 * longer time it holds with a likely count too. A bound could be more than a whole minute of it, and never be served.
 */
async function likelyPrompt(
  { messages, tools, embedding, proxied }: ModelRequest,
  prompts: readonly PromptAt[],
  tokenizer: Tokenizer,
): Promise<number> {
  if ((proxied?.files ?? 0) > 0) return longestOf(prompts)
  const ids = (embedding?.tokens ?? []).reduce((sum, list) => sum + list.length, 0)
  const likely = ids + countPrompt(messages, tools, await tokenizer())
  return Math.min(longestOf(prompts), likely)
}

const longestOf = (prompts: readonly PromptAt[]): number =>
  Math.max(0, ...prompts.map(({ tokens }) => tokens))

/** The most that an answer can be long, in tokens, per choice. What is passed on cannot be told a limit. */
function outputOf({ embedding, proxied, limits }: ModelRequest, plan: Candidates): number {
  if (embedding !== undefined || proxied?.endpoint === 'moderations') return 0
  const most = (usual: number): number[] => plan.targets.map((target) => target.maxOutput ?? usual)
  if (proxied !== undefined) return Math.max(...most(DEFAULT_MEDIA_TOKENS))
  return limits.maxOutput ?? Math.min(DEFAULT_MAX_OUTPUT, ...most(DEFAULT_MAX_OUTPUT))
}

/** The request as it may be sent: never with a higher output limit than was reserved for. */
export function reserve(request: ModelRequest, need: Need): ModelRequest {
  if (!canClamp(request) || need.maxOutput === undefined || need.maxOutput === request.limits.maxOutput)
    return request
  return { ...request, limits: { ...request.limits, maxOutput: need.maxOutput } }
}

/** Every picture is a request of its own, where requests have a price. */
export const priceOf = (price: Price, { proxied, choices }: ModelRequest): Price =>
  proxied === undefined || price.request === undefined
    ? price
    : { ...price, request: price.request * choices }

const isFree = (target: Target): boolean =>
  target.price !== undefined && worstCaseMicros(1_000_000, 1_000_000, target.price, 'auto') === 0

/** Of an answer so long, per choice: at the target where prompt and answer together cost most. */
const dearestOf =
  (prompts: readonly PromptAt[], request: ModelRequest) =>
  (output: number): number =>
    Math.max(
      0,
      ...prompts.map(({ target: { price }, tokens }) =>
        price === undefined
          ? 0
          : worstCaseMicros(tokens, output * request.choices, priceOf(price, request), request.serviceTier),
      ),
    )

function requirePrice(target: Target): void {
  if (target.price !== undefined) return
  const message =
    `The model '${target.name}' has no price, so it cannot be used under a dollar budget. ` +
    `Give it one in minnow.jsonc (models.<name>.price) or with PUT /admin/prices.`
  throw new Failed({ kind: 'invalid-request', message, param: 'model', code: 'model_without_price' })
}

/** The longest answer that stays within a request's own cost limit. */
function affordable(
  prompts: readonly PromptAt[],
  asked: number,
  request: ModelRequest,
  maxCostMicros: number,
): number {
  const dearest = dearestOf(prompts, request)
  if (dearest(asked) <= maxCostMicros) return asked
  const low = longestThat(asked, (length) => dearest(length) <= maxCostMicros)
  const isBound = request.proxied === undefined // what is passed on cannot be made shorter
  if (isBound && asked > 0 && low >= Math.min(LEAST_OUTPUT, asked)) return low
  const micros = dearest(isBound ? 0 : asked)
  const isGuess = prompts.some((prompt) => prompt.isBound)
  const size = `${isGuess ? 'at most ' : ''}${longestOf(prompts)} tokens`
  const message =
    `x-minnow-max-cost of $${writeDollars(maxCostMicros)} does not cover this request: its prompt of ${size} ` +
    `alone can cost $${writeDollars(micros)}.${isGuess ? ` ${ABOUT_BOUNDS}` : ''} ` +
    `Raise the limit, shorten the prompt or choose a cheaper model.`
  throw new Failed({ kind: 'over-budget', unit: 'usd', code: 'insufficient_quota', message })
}
