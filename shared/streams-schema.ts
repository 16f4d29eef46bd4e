// What the configuration says of streams: signs of life, other targets that go on with them, and how long they are kept. Pure.
import { z } from 'zod'

export const streams = z.strictObject({
  keepAliveMs: z
    .int()
    .min(0)
    .max(60_000)
    .optional()
    .describe('A stream that is silent for so long gets a comment; 1000 unless given, 0 for never.'),
  rescue: z
    .boolean()
    .optional()
    .describe('Go on with a stream that dies midway on the next target; true unless given.'),
  resumable: z
    .boolean()
    .optional()
    .describe(
      'Keep every stream, so that a client that lost its connection can have the rest; false unless given: those that ask for it.',
    ),
  keepMs: z
    .int()
    .min(1)
    .max(86_400_000)
    .optional()
    .describe('How long a stream is kept from its end on; ten minutes unless given.'),
  idempotencyMs: z
    .int()
    .min(1)
    .max(604_800_000)
    .optional()
    .describe('How long an answer to a request with an idempotency-key is kept; 24 hours unless given.'),
})
