// The one knob for thinking, as the Responses API turns it: an effort, and a summary for who wants to read along. Pure.
import { fieldsOf, text } from '../../fields.ts'
import type { Reasoning, ReasoningEffort } from '../../request.ts'

const ORDER: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** The words of clients; `max` stands above `xhigh`, which is our highest. */
const WORDS: ReadonlyMap<string, ReasoningEffort> = new Map<string, ReasoningEffort>([
  ...ORDER.map((effort): [string, ReasoningEffort] => [effort, effort]),
  ['max', 'xhigh'],
])

/** Which efforts the models behind a server take; the first row whose `models` match. Others get the word as it is. */
export type EffortTable = readonly { readonly models: RegExp; readonly efforts: readonly ReasoningEffort[] }[]

/**
 * The one table. Source: the description of `reasoning.effort` in the API reference, model by model, and the values that
 * the API lists when it refuses one: https://developers.openai.com/api/docs/guides/reasoning,
 * https://learn.microsoft.com/en-us/javascript/api/@azure/ai-projects/reasoningeffort
 */
export const OPENAI_EFFORTS: EffortTable = [
  { models: /gpt-5-pro/, efforts: ['high'] },
  { models: /gpt-5\.1-codex-max/, efforts: ['low', 'medium', 'high', 'xhigh'] },
  { models: /gpt-5\.1-codex/, efforts: ['low', 'medium', 'high'] },
  { models: /gpt-5\.1/, efforts: ['none', 'low', 'medium', 'high'] },
  { models: /gpt-5\.\d+-codex/, efforts: ['low', 'medium', 'high', 'xhigh'] },
  { models: /gpt-5\.\d|gpt-6/, efforts: ['none', 'low', 'medium', 'high', 'xhigh'] },
  { models: /gpt-5-codex/, efforts: ['low', 'medium', 'high'] },
  { models: /gpt-5/, efforts: ['minimal', 'low', 'medium', 'high'] },
  { models: /(?:^|\/)o\d|gpt-oss|computer-use/, efforts: ['low', 'medium', 'high'] },
]

/**
 * Tokens as an effort, for clients that count: Google's own table between the two, read backwards.
 * https://ai.google.dev/gemini-api/docs/openai#thinking
 */
const BUDGETS: readonly (readonly [most: number, effort: ReasoningEffort])[] = [
  [0, 'none'],
  [1_024, 'low'],
  [8_192, 'medium'],
  [24_576, 'high'],
]

const effortOf = ({ effort, budgetTokens }: Reasoning): ReasoningEffort | undefined => {
  if (effort !== undefined || budgetTokens === undefined) return effort
  return BUDGETS.find(([most]) => budgetTokens <= most)?.[1] ?? 'xhigh'
}

export interface ReadReasoning {
  readonly reasoning?: Reasoning
  /** A word for the effort that nobody here knows. */
  readonly isUnread: boolean
}

export function readReasoning(value: unknown): ReadReasoning {
  const fields = fieldsOf(value)
  const word = text(fields['effort'])
  const effort = WORDS.get(word)
  const summary = text(fields['summary']) || text(fields['generate_summary'])
  const isUnread = word !== '' && effort === undefined
  if (effort === undefined && summary === '') return { isUnread }
  return {
    reasoning: { ...(effort === undefined ? {} : { effort }), ...(summary === '' ? {} : { visible: true }) },
    isUnread,
  }
}

export interface WrittenReasoning {
  readonly fields?: Readonly<Record<string, unknown>>
  /** The model cannot be told, or not all of it. */
  readonly isLost: boolean
}

export function writeReasoning(reasoning: Reasoning, model: string, table: EffortTable): WrittenReasoning {
  const asked = effortOf(reasoning)
  const known = table.find(({ models }) => models.test(model))?.efforts
  const effort = asked === undefined || known === undefined ? asked : nearest(asked, known)
  const fields = {
    ...(effort === undefined ? {} : { effort }),
    ...(reasoning.visible === true ? { summary: 'auto' } : {}),
  }
  const isLost = asked === 'none' && effort !== 'none'
  return Object.keys(fields).length === 0 ? { isLost } : { fields, isLost }
}

/** The effort itself, else the next one up, else the highest there is. */
function nearest(asked: ReasoningEffort, known: readonly ReasoningEffort[]): ReasoningEffort | undefined {
  const at = ORDER.indexOf(asked)
  const sorted = ORDER.filter((effort) => known.includes(effort) && effort !== 'none')
  if (known.includes(asked)) return asked
  return sorted.find((effort) => ORDER.indexOf(effort) > at) ?? sorted.at(-1)
}
