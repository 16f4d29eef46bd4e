// The one knob for thinking, as chat completions and their vendors spell it: read from any, written in the vendor's own. Pure.
import type { WireTarget } from '../../dialect.ts'
import { fieldsOf, isFields } from '../../fields.ts'
import type { ModelRequest, Reasoning, ReasoningEffort } from '../../request.ts'
import type { ChatOptions, ThinkingKnob } from './options.ts'
import type { ChatBody } from './schema.ts'

const ORDER: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** Words of clients; `max` is OpenAI's above `xhigh`, which is our highest. */
const WORDS: ReadonlyMap<unknown, ReasoningEffort> = new Map<unknown, ReasoningEffort>([
  ...ORDER.map((effort): [string, ReasoningEffort] => [effort, effort]),
  ['max', 'xhigh'],
])

/**
 * Efforts as tokens, for vendors that count: Google's own table for its chat completions, which ends at `high`, and
 * the largest budget that its models take. https://ai.google.dev/gemini-api/docs/openai#thinking
 */
const BUDGETS: Readonly<Record<ReasoningEffort, number>> = {
  none: 0,
  minimal: 1024,
  low: 1024,
  medium: 8192,
  high: 24_576,
  xhigh: 32_768,
}

const tokens = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : undefined

/** What the client asked for, by whichever vendor's field; the first that says anything counts. */
export function readReasoning(chat: ChatBody): Reasoning | undefined {
  const { reasoning, thinking } = chat
  const routed = fieldsOf(reasoning) // https://openrouter.ai/docs/use-cases/reasoning-tokens
  const visible =
    typeof routed['exclude'] === 'boolean'
      ? !routed['exclude']
      : typeof chat.include_reasoning === 'boolean'
        ? chat.include_reasoning
        : undefined
  const template = fieldsOf(chat.chat_template_kwargs) // https://docs.vllm.ai/en/latest/features/reasoning_outputs.html
  const amount =
    worded(chat.reasoning_effort) ??
    worded(routed['effort']) ??
    counted(routed['max_tokens']) ??
    switched(routed['enabled']) ??
    (isFields(thinking)
      ? thinking['type'] === 'disabled'
        ? switched(false)
        : (counted(thinking['budget_tokens']) ?? switched(true))
      : undefined) ??
    (chat.enable_thinking === false ? switched(false) : counted(chat.thinking_budget)) ??
    switched(chat.enable_thinking) ??
    switched(template['enable_thinking']) ??
    switched(template['thinking'])
  if (amount === undefined && visible === undefined) return undefined
  return { ...amount, ...(visible === undefined ? {} : { visible }) }
}

function worded(value: unknown): Reasoning | undefined {
  const effort = WORDS.get(value)
  return effort === undefined ? undefined : { effort }
}

function counted(value: unknown): Reasoning | undefined {
  const budgetTokens = tokens(value)
  return budgetTokens === undefined ? undefined : { budgetTokens }
}

/** Only on or off: on is as much as vendors think by themselves. */
const switched = (value: unknown): Reasoning | undefined =>
  typeof value === 'boolean' ? { effort: value ? 'medium' : 'none' } : undefined

/** What of a client's fields said something about thinking that we have no word for. */
export function unreadThinking(chat: ChatBody): string[] {
  const odd = (value: unknown): boolean => value !== undefined && value !== null
  const template = Object.keys(fieldsOf(chat.chat_template_kwargs))
  return [
    ...(odd(chat.reasoning_effort) && !WORDS.has(chat.reasoning_effort) ? ['reasoning_effort'] : []),
    ...(template.some((key) => key !== 'enable_thinking' && key !== 'thinking')
      ? ['chat_template_kwargs']
      : []),
  ]
}

export function effortOf({ effort, budgetTokens }: Reasoning): ReasoningEffort | undefined {
  if (effort !== undefined || budgetTokens === undefined) return effort
  if (budgetTokens === 0) return 'none'
  return (
    ORDER.find((word) => word !== 'none' && word !== 'minimal' && BUDGETS[word] >= budgetTokens) ?? 'xhigh'
  )
}

type Body = Record<string, unknown>

const FIELDS = ['reasoning_effort', 'reasoning', 'thinking', 'enable_thinking', 'thinking_budget']
export const isThinkingField = (field: string): boolean => FIELDS.includes(field)

const SWITCHES = new Set(['enable_thinking', 'thinking'])

/** Tells the vendor how much to think, in its own fields; a client's other vendor's fields go. False where it cannot be told. */
export function writeThinking(
  body: Body,
  request: ModelRequest,
  target: WireTarget,
  options: Pick<ChatOptions, 'thinking'>,
): boolean {
  const asked = request.reasoning
  if (asked === undefined) return true
  const effort = effortOf(asked)
  const thinks = target.facts?.reasoning !== false
  const knob = options.thinking?.find(({ models }) => models === undefined || models.test(target.model))
  if (thinks && options.thinking === undefined) {
    // No record says how: a client of this dialect knows its vendor, others get OpenAI's way.
    if (!FIELDS.some((field) => field in body) && !('chat_template_kwargs' in body)) {
      if (effort !== undefined) body['reasoning_effort'] = effort
    }
    return true
  }
  const own = thinks ? fieldsOfKnob(knob ?? {}) : new Set<string>()
  clear(body, own)
  if (!thinks) return effort === undefined || effort === 'none'
  if (isTold(body, own, knob ?? {})) return true
  return effort === undefined ? hide(body, asked, knob) : turn(body, asked, effort, knob ?? {})
}

function fieldsOfKnob({ efforts, effortField, toggle, budget }: ThinkingKnob): ReadonlySet<string> {
  const effort = effortField ?? 'reasoning_effort'
  return new Set([
    ...(efforts === undefined ? [] : [effort, ...(effort === 'reasoning' ? ['reasoning_effort'] : [])]),
    ...(toggle === undefined ? [] : [toggle === 'reasoning.enabled' ? 'reasoning' : toggle]),
    ...(budget === undefined ? [] : [budget.split('.')[0] ?? budget]),
  ])
}

const given = (body: Body, field: string): boolean => {
  const [outer = field, inner] = field.split('.')
  return (inner === undefined ? body[outer] : fieldsOf(body[outer])[inner]) !== undefined
}

/** Has the client said it itself, in the vendor's own way? */
function isTold(body: Body, own: ReadonlySet<string>, knob: ThinkingKnob): boolean {
  const word = body['reasoning_effort']
  if (word !== undefined && !wordsOf(knob).has(word)) return false
  return [...own].some((field) => given(body, field))
}

const wordsOf = ({ efforts = [], words, also = [] }: ThinkingKnob): ReadonlySet<unknown> =>
  new Set<unknown>([...efforts.map((one) => words?.[one] ?? one), ...also])

/** Takes out what is not the vendor's own, and what says nothing. */
function clear(body: Body, own: ReadonlySet<string>): void {
  for (const field of FIELDS) if (!own.has(field) || body[field] === null) delete body[field]
  if (!isFields(body['chat_template_kwargs'])) return
  const kept = Object.entries(body['chat_template_kwargs']).filter(
    ([key]) => !SWITCHES.has(key) || own.has(`chat_template_kwargs.${key}`),
  )
  if (kept.length === 0) delete body['chat_template_kwargs']
  else body['chat_template_kwargs'] = Object.fromEntries(kept)
}

function turn(body: Body, asked: Reasoning, effort: ReasoningEffort, knob: ThinkingKnob): boolean {
  const { efforts, toggle, budget } = knob
  const off = effort === 'none'
  const counts = budget !== undefined && !off && (efforts === undefined || asked.effort === undefined)
  let told = false
  if (toggle !== undefined) told = flip(body, toggle, !off)
  if (counts) told = spend(body, budget, asked.budgetTokens ?? BUDGETS[effort])
  else if (efforts !== undefined && off && !efforts.includes('none') && toggle !== undefined) {
    delete body[knob.effortField ?? 'reasoning_effort']
  } else if (efforts !== undefined) told = name(body, effort, knob) || told
  return hide(body, asked, knob) && told
}

/** True where the vendor has a word for it, exact or near; what cannot be turned off is turned low. */
function name(body: Body, effort: ReasoningEffort, knob: ThinkingKnob): boolean {
  const known = knob.efforts ?? []
  const nearest = near(effort, known)
  const word = nearest === undefined ? undefined : (knob.words?.[nearest] ?? nearest)
  if (word === undefined) return false
  if (knob.effortField === 'reasoning') {
    delete body['reasoning_effort']
    body['reasoning'] = { effort: word, ...fieldsOf(body['reasoning']) }
  } else body['reasoning_effort'] = word
  return effort !== 'none' || nearest === 'none'
}

/** The nearest word, of two equally near the higher; `none` only for itself. */
function near(effort: ReasoningEffort, known: readonly ReasoningEffort[]): ReasoningEffort | undefined {
  if (known.includes(effort)) return effort
  const at = ORDER.indexOf(effort)
  const others = ORDER.filter((word) => word !== 'none' && known.includes(word))
  return others
    .toReversed()
    .sort((a, b) => Math.abs(ORDER.indexOf(a) - at) - Math.abs(ORDER.indexOf(b) - at))[0]
}

function flip(body: Body, toggle: NonNullable<ThinkingKnob['toggle']>, on: boolean): boolean {
  if (toggle === 'thinking') {
    body['thinking'] ??= { type: on ? 'enabled' : 'disabled' }
  } else if (toggle === 'enable_thinking') {
    body['enable_thinking'] ??= on
  } else if (toggle === 'reasoning.enabled') {
    body['reasoning'] = { enabled: on, ...fieldsOf(body['reasoning']) }
  } else {
    const key = toggle.slice('chat_template_kwargs.'.length)
    body['chat_template_kwargs'] = { [key]: on, ...fieldsOf(body['chat_template_kwargs']) }
  }
  return true
}

function spend(body: Body, budget: NonNullable<ThinkingKnob['budget']>, amount: number): boolean {
  if (budget === 'thinking_budget') body['thinking_budget'] ??= amount
  else if (budget === 'reasoning.max_tokens') {
    if (Object.keys(fieldsOf(body['reasoning'])).length === 0) body['reasoning'] = { max_tokens: amount }
  } else body['thinking'] = { type: 'enabled', budget_tokens: amount, ...fieldsOf(body['thinking']) }
  return true
}

/** Thoughts that nobody wants to read need not be sent; only OpenRouter can be told so. */
function hide(body: Body, asked: Reasoning, knob: ThinkingKnob | undefined): boolean {
  if (asked.visible === false && knob?.effortField === 'reasoning') {
    body['reasoning'] = { ...fieldsOf(body['reasoning']), exclude: true }
  }
  return true
}
