// What the configuration and a request say of conversations: how much of one is sent, how long it is kept, who sums it
// up, and where a turn goes on. Pure.
import { z } from 'zod'

const contextTokens = z
  .int()
  .min(1)
  .max(10_000_000)
  .optional()
  .describe(
    "Of a conversation that is kept, at most so many tokens are sent with a request; as many as the largest of the route's models can read unless given.",
  )

/** `conversations` at the top of the configuration, and on a route. */
export const talkSetting = z.strictObject({
  contextTokens,
  expireDays: z
    .number()
    .positive()
    .max(3_650)
    .optional()
    .describe('A conversation is erased so many days after its last turn; 30 unless given.'),
  summaryModel: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe(
      "Sums up the turns that are not sent any more; the route's first small model unless given, and nobody where that is micro.",
    ),
})

export type TalkSetting = z.infer<typeof talkSetting>

export const EXPIRE_DAYS = 30

const turnId = z
  .string()
  .regex(/^turn_[0-9a-f]{24}(?:\.\d{1,4})?$|^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?:\.\d{1,4})?$/)

/** The fields of a request's `minnow`. */
export const talkFields = {
  contextTokens,
  edit: turnId.optional(),
  parent: turnId.optional(),
  regenerate: z.union([z.literal(true), turnId]).optional(),
}

/** Where in its conversation a turn goes on. */
export type Goal =
  | { readonly kind: 'on' }
  /** In the place of that turn. */
  | { readonly kind: 'edit'; readonly turn: string }
  /** Behind that turn. */
  | { readonly kind: 'parent'; readonly turn: string }
  /** That turn's question, or the last one's, is answered again. */
  | { readonly kind: 'again'; readonly turn?: string }

export interface TalkWish {
  readonly contextTokens?: number
  readonly goal: Goal
}

type Said = { readonly [Name in keyof typeof talkFields]?: z.infer<(typeof talkFields)[Name]> | undefined }

const GOALS = ['edit', 'parent', 'regenerate'] as const

/** Those of the three that exclude each other. */
export const goalsIn = (said: Said): readonly string[] => GOALS.filter((name) => said[name] !== undefined)

export const ONE_GOAL = "one of 'edit', 'parent' and 'regenerate'"

/** Undefined where nothing of it is said. */
export function talkIn(said: Said): TalkWish | undefined {
  const { contextTokens: tokens } = said
  const goal = goalOf(said)
  if (tokens === undefined && goal.kind === 'on') return undefined
  return { goal, ...(tokens === undefined ? {} : { contextTokens: tokens }) }
}

function goalOf({ edit, parent, regenerate }: Said): Goal {
  if (edit !== undefined) return { kind: 'edit', turn: turnOf(edit) }
  if (parent !== undefined) return { kind: 'parent', turn: turnOf(parent) }
  if (regenerate === undefined) return { kind: 'on' }
  return regenerate === true ? { kind: 'again' } : { kind: 'again', turn: turnOf(regenerate) }
}

/** The fields that say so. */
export function talkSaid({ contextTokens: tokens, goal }: TalkWish): Said {
  const said = tokens === undefined ? {} : { contextTokens: tokens }
  switch (goal.kind) {
    case 'on':
      return said
    case 'edit':
      return { ...said, edit: goal.turn }
    case 'parent':
      return { ...said, parent: goal.turn }
    case 'again':
      return { ...said, regenerate: goal.turn ?? true }
  }
}

/** A message is named after its turn: `turn_....0`. */
const turnOf = (id: string): string => id.split('.')[0] ?? id

/** What is wrong with what a configuration says, behind its path; undefined where nothing is. */
export function talkMistake(
  setting: TalkSetting | undefined,
  isModel: (name: string) => boolean,
): string | undefined {
  const model = setting?.summaryModel
  return model === undefined || isModel(model)
    ? undefined
    : `conversations.summaryModel: found "${model}", expected "micro", one of the models or <provider>/<model>.`
}
