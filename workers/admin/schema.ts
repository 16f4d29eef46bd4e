// What operators may send, checked at the door. Pure.
import { z } from 'zod'
import { Failed } from '../../shared/failure.ts'
import { priceFields } from '../../shared/model-schema.ts'
import { sampleFields } from '../../shared/rebench-schema.ts'
import { reuseSetting } from '../../shared/reuse.ts'
import { ENDPOINT_KINDS } from '../edge/scope.ts'
import { GROUPS } from '../telemetry/live.ts'
import { SERIES } from '../telemetry/series.ts'

const amount = {
  usd: z.number().positive().max(1_000_000_000).optional(),
  tokens: z.int().positive().optional(),
}

const isOne = (value: { usd?: number | undefined; tokens?: number | undefined }): boolean =>
  (value.usd === undefined) !== (value.tokens === undefined)
const ONE = { error: 'either "usd" or "tokens" is expected' }

const budget = z
  .strictObject({ ...amount, window: z.enum(['minute', 'hour', 'day', 'month', 'total']) })
  .refine(isOne, ONE)

/** Sixty thousand times as much must still be a whole number. */
const rate = z.int().positive().max(100_000_000_000)

const origin = z
  .string()
  .regex(/^https?:\/\/[a-z0-9.-]+(?::\d+)?$/, 'an origin such as "https://example.com" is expected')

const limits = {
  name: z.string().min(1).max(200),
  budgets: z.array(budget).max(16).optional(),
  rpm: rate.optional(),
  tpm: rate.optional(),
}

const names = z.array(z.string().min(1).max(256)).min(1).max(256)

const fields = {
  ...limits,
  project: z.string().min(1).max(64).nullish(),
  conversationBudget: z.strictObject(amount).refine(isOne, ONE).nullish(),
  models: names.nullish(),
  routes: names.nullish(),
  endpoints: z.array(z.enum(ENDPOINT_KINDS)).min(1).nullish(),
  origins: z.array(origin).min(1).max(64).optional(),
  tokenOnly: z.boolean().nullish(),
  storeText: z.boolean().optional(),
  cache: reuseSetting.nullish(),
  expiresAt: z.union([z.iso.datetime({ offset: true }), z.int().positive()]).nullish(),
}

export const newSession = z.strictObject({ key: z.string().min(1).max(4_096) })

export const newKey = z.strictObject(fields)

/** A key keeps its kind: whether it is publishable is decided when it is made. */
export const changedKey = z.strictObject({
  ...fields,
  name: limits.name.optional(),
  rpm: rate.nullish(),
  tpm: rate.nullish(),
})

export const newProject = z.strictObject(limits)

export const changedProject = z.strictObject({
  ...limits,
  name: limits.name.optional(),
  rpm: rate.nullish(),
  tpm: rate.nullish(),
})

export const keyQuery = z.strictObject({ project: z.string().max(64).optional() })

export const auditQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  before: z.string().max(128).optional(),
  target: z.string().max(256).optional(),
})

export const learnerQuery = z.strictObject({
  route: z.string().max(128).optional(),
  tenant: z.string().max(128).optional(),
})

/** Whose answers: a key's or a project's id. */
export const cacheQuery = z.strictObject({
  tenant: z.string().min(1).max(128),
  route: z.string().min(1).max(256).optional(),
})

export const newPrice = z.strictObject({
  model: z.string().min(1).max(256),
  ...priceFields,
  validFrom: z.iso.datetime({ offset: true }).optional(),
})

export const priceQuery = z.strictObject({
  model: z.string().max(256).optional(),
  source: z.enum(['catalogue', 'operator']).optional(),
})

export const requestQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  before: z.string().max(128).optional(),
  key: z.string().max(128).optional(),
  model: z.string().max(256).optional(),
  route: z.string().max(256).optional(),
  tier: z.enum(['mini', 'frontier', 'fixed', 'cache']).optional(),
  end: z.enum(['finish', 'error', 'cancelled', 'refused']).optional(),
})

const when = z
  .union([z.iso.datetime({ offset: true }), z.iso.date(), z.string().regex(/^\d{1,15}$/, 'milliseconds')], {
    error: 'a time such as "2026-11-28T12:00:00Z", a day, or milliseconds since 1970 are expected',
  })
  .transform((text) => (/^\d+$/.test(text) ? Number(text) : Date.parse(text)))

export const usageQuery = z
  .strictObject({
    group: z.enum([...GROUPS, 'conversation']).default('model'),
    since: when.optional(),
    until: when.optional(),
    limit: z.coerce.number().int().min(1).max(1000).default(100),
    after: z.string().max(256).optional(),
  })
  .refine(({ since, until }) => since === undefined || until === undefined || since < until, {
    error: 'an "until" after "since" is expected',
    path: ['until'],
  })

export const seriesQuery = z.strictObject({
  by: z.enum(SERIES).default('all'),
  step: z.enum(['hour', 'day']).optional(),
  since: when.optional(),
  until: when.optional(),
  top: z.coerce.number().int().min(1).max(20).default(6),
})

export const newRebench = z.strictObject({
  models: z.array(z.string().min(1).max(256)).min(1).max(64).optional(),
  seed: z.string().min(1).max(64).optional(),
  dollars: z.number().min(0).max(100_000).optional(),
  ...sampleFields,
})

export const rebenchQuery = z.strictObject({
  model: z.string().min(1).max(256).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(50),
  format: z.enum(['json', 'markdown']).optional(),
})

/** Parses or throws what is wrong and where. */
export function checked<T>(schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value)
  if (result.success) return result.data
  const issue = result.error.issues[0]
  const param = issue?.path.map(String).join('.') ?? ''
  const about =
    issue?.code === 'unrecognized_keys'
      ? `unknown field ${issue.keys.map((key) => `'${key}'`).join(', ')}`
      : (issue?.message ?? 'not understood')
  throw new Failed({
    kind: 'invalid-request',
    message: param === '' ? `Invalid request: ${about}.` : `Invalid '${param}': ${about}.`,
    ...(param === '' ? {} : { param }),
  })
}

export const timeOf = (value: string | number): number =>
  typeof value === 'number' ? value : Date.parse(value)
