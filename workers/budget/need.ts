// The most that a request can use, and the limits it is sent with so that this stays true.
import { Failed } from '../../shared/failure.ts'
import { type Price, worstCaseMicros, writeDollars } from '../../shared/money.ts'
import type { Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { countPrompt, type Tokenizer } from '../../shared/tokens.ts'
import type { Budget } from '../service.ts'
import type { Amounts } from './ledger.ts'

export interface Need {
  readonly amounts: Amounts
  /** What the shortest answer of any use needs; as `amounts` where nobody can make it shorter. */
  readonly least: Amounts
  /** The output limit that the amounts assume, per choice; undefined where nothing depends on it. */
  readonly maxOutput: number | undefined
  /** The request's own limit was lowered to what a budget covers. */
  readonly clamped: boolean
  /** The need of the longest answer that so much covers; undefined where not even the shortest one is. */
  readonly within: (held: Amounts) => Need | undefined
}

/** Where neither the client nor the catalogue bounds the output, a budget does. */
const DEFAULT_MAX_OUTPUT = 4_096
/** Of a picture in the best quality; speech is shorter. https://platform.openai.com/docs/guides/image-generation#cost-and-latency */
const DEFAULT_MEDIA_TOKENS = 8_192
/** What gpt-4o-transcribe reads: https://platform.openai.com/docs/models/gpt-4o-transcribe */
const DEFAULT_FILE_TOKENS = 16_000
/** An answer shorter than this is of no use to anybody. */
const LEAST_OUTPUT = 16

/** Every target that may serve the request. */
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

const isCovered = (need: Amounts, held: Amounts): boolean =>
  need.usd <= held.usd && need.tokens <= held.tokens && need.requests <= held.requests

/** Over every target that may serve the request, because failover may end at the dearest. */
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
  const prompt = (await textIn(request, tokenizer)) + filesIn(request, plan)
  const asked = outputOf(request, plan)
  const output = maxCostMicros === undefined ? asked : affordable(plan, prompt, asked, request, maxCostMicros)
  const amountsAt = (length: number): Amounts => ({
    usd: dearest(plan, prompt, length, request),
    tokens: prompt + length * request.choices,
    requests: 1,
  })
  return needAt(output, asked, canClamp(request) ? Math.min(LEAST_OUTPUT, asked) : asked, amountsAt)
}

/** The need of an answer so long, which may become shorter. */
function needAt(
  output: number,
  asked: number,
  shortest: number,
  amountsAt: (length: number) => Amounts,
): Need {
  const amounts = amountsAt(output)
  return {
    amounts,
    least: amountsAt(Math.min(shortest, output)),
    maxOutput: output,
    clamped: output < asked,
    within: (held) => {
      const length = longest(output, (candidate) => isCovered(amountsAt(candidate), held))
      return length < shortest || !isCovered(amountsAt(length), held)
        ? undefined
        : needAt(length, asked, shortest, amountsAt)
    },
  }
}

/** What is passed on cannot be made shorter, and vectors have no length. */
const canClamp = ({ embedding, proxied }: ModelRequest): boolean =>
  embedding === undefined && proxied === undefined

/** The most of 0..most that fits, where whatever is less than something that fits does too. */
function longest(most: number, fits: (length: number) => boolean): number {
  if (fits(most)) return most
  let [low, high] = [0, most]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (fits(middle)) low = middle
    else high = middle - 1
  }
  return low
}

async function textIn(request: ModelRequest, tokenizer: Tokenizer): Promise<number> {
  const ids = (request.embedding?.tokens ?? []).reduce((sum, list) => sum + list.length, 0)
  return ids + countPrompt(request.messages, request.tools, await tokenizer())
}

/** A sound or a picture counts as all that the model can read. */
const filesIn = ({ proxied }: ModelRequest, plan: Candidates): number =>
  (proxied?.files ?? 0) === 0
    ? 0
    : Math.max(...plan.targets.map((target) => target.contextWindow ?? DEFAULT_FILE_TOKENS))

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

/** `output` is each choice's. */
const dearest = (plan: Candidates, prompt: number, output: number, request: ModelRequest): number =>
  Math.max(
    ...plan.targets.map(({ price }) =>
      price === undefined
        ? 0
        : worstCaseMicros(prompt, output * request.choices, priceOf(price, request), request.serviceTier),
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
  plan: Candidates,
  prompt: number,
  asked: number,
  request: ModelRequest,
  maxCostMicros: number,
): number {
  if (dearest(plan, prompt, asked, request) <= maxCostMicros) return asked
  const low = longest(asked, (length) => dearest(plan, prompt, length, request) <= maxCostMicros)
  const isBound = request.proxied === undefined // what is passed on cannot be made shorter
  if (isBound && asked > 0 && low >= Math.min(LEAST_OUTPUT, asked)) return low
  const message =
    `x-minnow-max-cost of $${writeDollars(maxCostMicros)} does not cover this request: its prompt of ${prompt} tokens ` +
    `alone can cost $${writeDollars(dearest(plan, prompt, isBound ? 0 : asked, request))}. Raise the limit, shorten the prompt or choose a cheaper model.`
  throw new Failed({ kind: 'over-budget', unit: 'usd', code: 'insufficient_quota', message })
}
