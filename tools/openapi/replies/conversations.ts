// How conversations that were named with `x-minnow-conversation` look to clients.
import { z } from 'zod'

const count = z.int().min(0)
const at = count.describe('Seconds since the epoch.')

export const talk = z.looseObject({
  id: z.string(),
  object: z.literal('conversation'),
  created_at: at,
  last_turn_at: at,
  expires_at: at.describe('When it is erased unless it goes on.'),
  last_turn: z.string(),
  turns: count,
  tokens: count,
  bytes: count,
  branched_from: z.looseObject({ id: z.string(), turn: z.string() }).optional(),
})

const page = { object: z.literal('list'), first_id: z.string(), last_id: z.string(), has_more: z.boolean() }

export const talkList = z.looseObject({
  ...page,
  data: z.array(z.looseObject({ id: z.string(), object: z.literal('conversation'), created_at: at })),
})

export const talkMessages = z.looseObject({
  ...page,
  data: z.array(
    z.looseObject({
      id: z.string(),
      object: z.literal('conversation.message'),
      turn: z.string(),
      created_at: at,
      role: z.string(),
      tokens: count,
      model: z.string().nullable().optional().describe('`<provider>/<model>`; of answers.'),
      cut: z.boolean().optional().describe('It broke off; of answers.'),
      alternatives: z
        .array(z.string())
        .optional()
        .describe("Turns that stand in this one's place, itself included."),
    }),
  ),
})
