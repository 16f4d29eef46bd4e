// Why a model was chosen, as a row keeps it: no text, only numbers and words. Pure.
import type { DialSetting } from '../../shared/dial.ts'
import { fieldsOf, parse } from '../../shared/fields.ts'
import type { Plan } from '../../shared/plan.ts'

/** How an answer was come by without asking a model. */
export interface Reused {
  readonly age_ms: number
  /** Of another question that was taken for this one. */
  readonly similarity?: number
  /** What it cost when a model was asked, in micro-dollars. */
  readonly saved_micros?: number
}

/** What of its conversation a request was sent with. */
export interface SentContext {
  readonly turn: string
  /** Of everything that was sent of it, as they were counted here. */
  readonly tokens: number
  /** Absent where nothing was left out. */
  readonly left_out?: { readonly turns: number; readonly tokens: number; readonly tool_results: number }
  /** A summary stood for turns that were left out. */
  readonly summary?: true
  /** The turn could not be written down in time. */
  readonly kept?: false
}

interface Context {
  readonly turn: string
  readonly tokens: number
  readonly left: { readonly turns: number; readonly tokens: number; readonly results: number }
  readonly summary: boolean
}

export const contextOf = ({ turn, tokens, left, summary }: Context, isKept: boolean): SentContext => ({
  turn,
  tokens,
  ...(left.turns + left.results + left.tokens === 0
    ? {}
    : { left_out: { turns: left.turns, tokens: left.tokens, tool_results: left.results } }),
  ...(summary ? { summary: true } : {}),
  ...(isKept ? {} : { kept: false }),
})

export interface Routing {
  /** Scores above it go to the strong model. */
  readonly cut?: number
  readonly share?: number
  readonly dial?: DialSetting
  /** Why the first target was the first of its tier. */
  readonly by?: string
  /** What was seen of the request. */
  readonly features?: Readonly<Record<string, number>>
  readonly cache?: Reused
  /** Who had the conversation's prompt in a cache and was not asked, and what that would have saved. */
  readonly left?: { readonly target: string; readonly cached_tokens: number; readonly worth_micros?: number }
  readonly context?: SentContext
}

/** Undefined where a plan says nothing of it: one model was asked for by its name. */
export function routingOf(
  plan: Plan | undefined,
  cache?: Reused,
  context?: SentContext,
): Routing | undefined {
  if (plan === undefined) return undefined
  const { cut, share, dial, by, features, left } = plan
  const routing: Routing = {
    ...(cut === undefined ? {} : { cut }),
    ...(share === undefined ? {} : { share: round(share) }),
    ...(dial === undefined ? {} : { dial }),
    ...(by === undefined ? {} : { by }),
    ...(features === undefined ? {} : { features: rounded(features) }),
    ...(cache === undefined ? {} : { cache }),
    ...(left === undefined ? {} : { left: writeLeft(left) }),
    ...(context === undefined ? {} : { context }),
  }
  return Object.keys(routing).length === 0 ? undefined : routing
}

const writeLeft = ({
  target,
  cachedTokens,
  worthMicros,
}: NonNullable<Plan['left']>): NonNullable<Routing['left']> => ({
  target,
  cached_tokens: cachedTokens,
  ...(worthMicros === undefined ? {} : { worth_micros: worthMicros }),
})

/** What `POST /v1/route` calls these, and receipts; null where there was nothing to say. */
export const writeRouting = ({ cut, share, dial, by, features, left }: Routing): Record<string, unknown> => ({
  cut: cut ?? null,
  share: share ?? null,
  dial: dial ?? null,
  chosen_by: by ?? null,
  features: features ?? {},
  ...(left === undefined ? {} : { left }),
})

export const readRouting = (value: unknown): Routing =>
  typeof value === 'string' ? (fieldsOf(parse(value)) as Routing) : {} // written by writeRow, or by an older version

const round = (value: number): number => Math.round(value * 1_000) / 1_000

const rounded = (features: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(features).map(([name, value]) => [name, round(value)]))
