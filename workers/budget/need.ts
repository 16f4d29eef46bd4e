// The most that a request can use, and the limits it is sent with so that this stays true.
import { Failed } from '../../shared/failure.ts'
import { worstCaseMicros, writeDollars } from '../../shared/money.ts'
import type { Plan, Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { countPrompt, type Tokenizer } from '../../shared/tokens.ts'
import type { Caller } from '../service.ts'
import type { Amounts } from './ledger.ts'

export interface Need {
  readonly amounts: Amounts
  /** The output limit that the amounts assume, per choice; undefined where nothing depends on it. */
  readonly maxOutput: number | undefined
  /** The request's own limit was lowered to its x-minnow-max-cost. */
  readonly clamped: boolean
}

/** Where neither the client nor the catalogue bounds the output, a budget does. */
const DEFAULT_MAX_OUTPUT = 4_096
/** An answer shorter than this is of no use to anybody. */
const LEAST_OUTPUT = 16

const NOTHING: Need = { amounts: { usd: 0, tokens: 0, requests: 1 }, maxOutput: undefined, clamped: false }

/** Over every target that may serve the request, because failover may end at the dearest. */
export async function needOf(
  request: ModelRequest,
  plan: Plan,
  caller: Caller,
  tokenizer: Tokenizer,
): Promise<Need> {
  const { maxCostMicros } = request.limits
  const dollars = maxCostMicros !== undefined || caller.budgets.some((budget) => budget.unit === 'usd')
  const tokens = caller.budgets.some((budget) => budget.unit === 'tokens')
  if (!dollars && !tokens) return NOTHING
  if (dollars) plan.targets.forEach(requirePrice)
  if (!tokens && plan.targets.every((target) => isFree(target))) return NOTHING
  const ids = (request.embedding?.tokens ?? []).reduce((sum, list) => sum + list.length, 0)
  const prompt = ids + countPrompt(request.messages, request.tools, await tokenizer())
  const asked = request.embedding === undefined ? outputOf(request, plan) : 0
  const output = maxCostMicros === undefined ? asked : affordable(plan, prompt, asked, request, maxCostMicros)
  return {
    amounts: {
      usd: dearest(plan, prompt, output * request.choices, request.serviceTier),
      tokens: prompt + output * request.choices,
      requests: 1,
    },
    maxOutput: output,
    clamped: output < asked,
  }
}

/** The most that an answer can be long, in tokens, per choice. */
const outputOf = (request: ModelRequest, plan: Plan): number =>
  request.limits.maxOutput ??
  Math.min(DEFAULT_MAX_OUTPUT, ...plan.targets.map((target) => target.maxOutput ?? DEFAULT_MAX_OUTPUT))

/** The request as it may be sent: never with a higher output limit than was reserved for. */
export function reserve(request: ModelRequest, need: Need): ModelRequest {
  if (
    request.embedding !== undefined ||
    need.maxOutput === undefined ||
    need.maxOutput === request.limits.maxOutput
  )
    return request
  return { ...request, limits: { ...request.limits, maxOutput: need.maxOutput } }
}

const isFree = (target: Target): boolean =>
  target.price !== undefined && worstCaseMicros(1_000_000, 1_000_000, target.price, 'auto') === 0

const dearest = (plan: Plan, prompt: number, output: number, serviceTier: string | undefined): number =>
  Math.max(
    ...plan.targets.map((target) =>
      target.price === undefined ? 0 : worstCaseMicros(prompt, output, target.price, serviceTier),
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
  plan: Plan,
  prompt: number,
  asked: number,
  { choices, serviceTier }: ModelRequest,
  maxCostMicros: number,
): number {
  if (dearest(plan, prompt, asked * choices, serviceTier) <= maxCostMicros) return asked
  let [low, high] = [0, asked]
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if (dearest(plan, prompt, middle * choices, serviceTier) <= maxCostMicros) low = middle
    else high = middle - 1
  }
  if (asked > 0 && low >= Math.min(LEAST_OUTPUT, asked)) return low
  const message =
    `x-minnow-max-cost of $${writeDollars(maxCostMicros)} does not cover this request: its prompt of ${prompt} tokens ` +
    `alone can cost $${writeDollars(dearest(plan, prompt, 0, serviceTier))}. Raise the limit, shorten the prompt or choose a cheaper model.`
  throw new Failed({ kind: 'over-budget', unit: 'usd', code: 'insufficient_quota', message })
}
