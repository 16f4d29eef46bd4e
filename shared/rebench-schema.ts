// What the configuration says of the re-benchmark, and what holds where it says nothing. Pure.
import { z } from 'zod'

const dollars = z.number().min(0).max(100_000)

/** How often each thing is measured; also what an operator may say for one run. */
export const sampleFields = {
  tasks: z.int().min(0).max(1_000).optional().describe('Tasks for each model; 300 unless given.'),
  latency: z.int().min(0).max(200).optional().describe('Requests that are timed alone; 20 unless given.'),
  bursts: z.int().min(0).max(50).optional().describe('Bursts of requests at once; 5 unless given.'),
  context: z.boolean().optional().describe('Try how long a text it really reads; true unless given.'),
}

export const rebench = z
  .strictObject({
    everyHours: z
      .number()
      .min(0)
      .max(8_760)
      .optional()
      .describe('Hours from one run to the next; 24 unless given, 0 for only when asked.'),
    models: z
      .array(z.string().min(1).max(256))
      .min(1)
      .max(64)
      .optional()
      .describe('The models to measure; micro and all configured ones unless given.'),
    runDollars: dollars.optional().describe('US dollars that a run may cost; 0.5 unless given.'),
    monthDollars: dollars
      .optional()
      .describe('US dollars that the runs of a month (UTC) may cost; 10 unless given.'),
    concurrency: z.int().min(1).max(16).optional().describe('Requests at a time; 4 unless given.'),
    ...sampleFields,
    webhook: z
      .string()
      .regex(/^(?:https?:\/\/\S+|\$[A-Za-z_][A-Za-z0-9_]*)$/, 'an http or https address, or "$NAME"')
      .max(2_048)
      .optional()
      .describe('Told of regressions with a POST.'),
    webhookSecret: z
      .string()
      .regex(/^\$[A-Za-z_][A-Za-z0-9_]*$/, '"$NAME", the name of an environment variable or secret')
      .optional()
      .describe('What is posted is signed with it: x-minnow-signature, HMAC-SHA-256.'),
  })
  .describe('Measures every model on a schedule. Without this section, only when asked.')

export type ConfigRebench = z.infer<typeof rebench>
