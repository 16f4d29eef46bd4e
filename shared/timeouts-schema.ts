// The clocks of the configuration: how long a call may take, and how slow a stream may be. Pure.
import { z } from 'zod'

export const milliseconds = z.int().min(1).max(1_200_000)

export const timeouts = z.strictObject({
  headMs: milliseconds.optional().describe('From the call to the response head, in milliseconds.'),
  firstTokenMs: milliseconds.optional().describe('From the head of a stream to its first content.'),
  idleMs: milliseconds.optional().describe('Longest silence inside a stream.'),
  totalMs: milliseconds.optional().describe('The whole request, every attempt included.'),
  floorTokensPerSecond: z
    .number()
    .min(0)
    .max(1_000)
    .optional()
    .describe('A stream slower than this is given up; 0.5 unless given, 0 for no floor.'),
  floorWindowMs: milliseconds
    .optional()
    .describe(
      'The time over which that speed is measured; 30 s, or idleMs where that is longer, unless given.',
    ),
  replyMs: milliseconds
    .optional()
    .describe(
      'The head limit of replies that are not streamed; without it headMs where that is set, else 120 s.',
    ),
})
