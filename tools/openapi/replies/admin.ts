// How the operator's replies look.
import { z } from 'zod'

const count = z.int().min(0)
const amount = z.number().describe('In the unit of the budget: US dollars or tokens.')
const at = z.iso.datetime()
const words = z.array(z.string()).nullable()
const dollars = z.number().describe('US dollars.')
const micros = z.int().describe('Micro-dollars.')

const budget = z.looseObject({
  usd: z.number().optional(),
  tokens: z.number().optional(),
  window: z.enum(['minute', 'hour', 'day', 'month', 'total']),
  spent: amount.optional(),
  reserved: amount.optional(),
  remaining: amount.optional(),
  overrun: amount.optional().describe('What providers reported beyond what they were allowed.'),
  resetsAt: at.nullish(),
})

const limits = { budgets: z.array(budget), rpm: z.int().nullable(), tpm: z.int().nullable() }
const rates = z
  .array(
    z.looseObject({
      per: z.literal('minute'),
      reserved: z.number(),
      remaining: z.number(),
      fullAt: at.nullable(),
    }),
  )
  .optional()

export const key = z.looseObject({
  id: z.string(),
  name: z.string(),
  prefix: z.string().describe('How the key begins, to recognise it by.'),
  ...limits,
  rates,
  project: z.string().nullable(),
  conversationBudget: z.looseObject({}).nullable(),
  models: words,
  routes: words,
  endpoints: words,
  origins: words,
  tokenOnly: z
    .boolean()
    .nullable()
    .describe(
      "Of a publishable key: whether it only gets visitors' tokens. null: where `visitors` has a challenge or instructions.",
    ),
  storeText: z.boolean(),
  cache: z.looseObject({}).nullable(),
  createdAt: at,
  expiresAt: at.nullable(),
  revokedAt: at.nullable(),
})

export const madeKey = key.extend({ key: z.string().describe('Shown once; only its hash is stored.') })

const listOf = <Item extends z.ZodType>(item: Item) =>
  z.looseObject({ object: z.literal('list'), data: z.array(item) })

export const keys = listOf(key)

export const project = z.looseObject({
  id: z.string(),
  name: z.string(),
  ...limits,
  rates,
  createdAt: at,
  keys: z.array(z.looseObject({ id: z.string(), name: z.string() })).optional(),
})

export const projects = listOf(project)

export const removedProject = z.looseObject({
  id: z.string(),
  object: z.literal('project'),
  deleted: z.literal(true),
})

export const audit = listOf(
  z.looseObject({
    id: z.string(),
    at,
    actor: z.string(),
    action: z.string(),
    target: z.string(),
    before: z.unknown(),
    after: z.unknown(),
  }),
)

const tokens = z.looseObject({
  input: count,
  cache_read: count,
  cache_write: count,
  output: count,
  reasoning: count,
})

export const outcome = z
  .looseObject({
    id: z.string(),
    request_id: z.string(),
    at,
    key: z.string(),
    route: z.string().nullable(),
    operation: z.string(),
    tier: z.string().nullable(),
    reason: z.string().nullable(),
    score: z.number().nullable(),
    model: z.string().nullable(),
    attempts: z.array(z.looseObject({ target: z.string(), end: z.string() })),
    tokens,
    cost: dollars,
    cost_micros: micros,
    frontier_cost: dollars.nullable(),
    head_ms: z.number().nullable(),
    first_ms: z.number().nullable(),
    total_ms: z.number(),
    stream: z.boolean(),
    status: z.int(),
    end: z.string(),
    failure: z.string().nullable(),
    text: z.unknown().optional().describe('What was said, where the key has that kept; of one row alone.'),
  })
  .describe('The one row that a request leaves.')

export const outcomes = listOf(outcome).extend({
  last: z.string().nullable().describe('Send it as `before` for the next page; null at the end.'),
})

const latency = z.looseObject({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  ewma: z.number().nullable(),
  samples: count,
})

export const targets = listOf(
  z.looseObject({
    target: z.string(),
    provider: z.string(),
    model: z.string(),
    state: z.enum(['closed', 'open', 'half-open']),
    since: at.nullable(),
    success: z.number().nullable(),
    requests: count,
    latency: z.looseObject({ stream: latency, whole: latency }),
    tokens_per_second: z.number().nullable(),
    cache_hit_share: z.number().nullable(),
  }),
)

export const learner = z.looseObject({
  route: z.string(),
  tenant: z.string().nullable(),
  labels: z.looseObject({ total: count }),
  learner: z.looseObject({ on: z.boolean(), reason: z.string() }),
  look: z
    .looseObject({ on: z.boolean(), reason: z.string(), labels: count, curve: z.unknown() })
    .nullable()
    .describe("What is learned of small models' answers in a cascade."),
  curve: z.unknown(),
  updated_at: at,
})

export const learners = listOf(learner).extend({
  configured: z
    .array(z.looseObject({ route: z.string(), kind: z.enum(['order', 'tiers']) }))
    .describe('Every route as it stands in the configuration.'),
})

export const session = z.looseObject({
  object: z.literal('session'),
  signed_in: z.boolean(),
  actor: z.string().nullable(),
  expires_at: at.nullable(),
})

export const configuredModels = listOf(
  z.looseObject({
    model: z.string(),
    places: z.array(z.looseObject({ target: z.string(), price_source: z.string().nullable() })),
  }),
)

const dollarsPer1k = z.number().describe('US dollars for 1,000 requests.')

const point = z.looseObject({ share: z.number(), cut: z.number().nullable(), per_1k: dollarsPer1k })

export const whatIf = z.looseObject({
  object: z.literal('what-if'),
  route: z.string(),
  requests: count,
  scored: count,
  share: z.number().nullable(),
  per_1k: dollarsPer1k.nullable(),
  points: z.array(point),
  look: z
    .looseObject({ scored: count, scored_share: z.number().nullable(), points: z.array(point) })
    .nullable()
    .describe('The same over the answers that a cascade looked at; null where none was.'),
})

export const series = z.looseObject({
  object: z.literal('series'),
  by: z.string(),
  step: z.enum(['hour', 'day']),
  since: at,
  until: at,
  starts: z.array(at).describe('When each window begins; all lists of figures are in this order.'),
  total: z.looseObject({ requests: count }),
  data: z.array(
    z.looseObject({ name: z.string().nullable(), requests: z.array(count), cost: z.array(z.number()) }),
  ),
  others: count.describe('Names that are not told.'),
})

const percentiles = z.looseObject({
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
})

export const usage = z.looseObject({
  object: z.literal('list'),
  group: z.enum(['model', 'key', 'route', 'day', 'conversation']),
  since: at,
  until: at,
  data: z.array(
    z.looseObject({
      requests: count,
      failures: count,
      refused: count,
      cancelled: count,
      tokens,
      cost: dollars,
      cost_micros: micros,
      saved: dollars.describe('US dollars less than if the frontier had answered all.'),
      mini_share: z.number().nullable(),
      head_ms: percentiles,
      total_ms: percentiles,
    }),
  ),
  has_more: z.boolean(),
  last: z.string().nullable().describe('Send it as `after` for the next page.'),
})

export const price = z.looseObject({
  model: z.string(),
  source: z.enum(['catalogue', 'operator']),
  validFrom: at,
  input: z.number(),
  output: z.number(),
})

export const prices = listOf(price)

export const cacheState = z.looseObject({
  object: z.literal('cache'),
  tenant: z.string(),
  entries: count,
  bytes: count,
  hits: z.looseObject({ exact: count, semantic: count, shared: count }),
  misses: count,
  hit_share: z.number().nullable(),
  saved: dollars,
})

export const purged = z.looseObject({
  object: z.literal('cache.purged'),
  tenant: z.string(),
  route: z.string().nullable(),
  purged: count,
})

export const rebenchRun = z.looseObject({
  object: z.literal('rebench.run'),
  id: z.string(),
  state: z.enum(['running', 'ended']),
  seed: z.string(),
  started_at: at,
  probes: count,
  cost: dollars,
  limit: dollars,
  started: z.boolean().optional().describe('False where a run was on its way already.'),
})

export const rebench = z.looseObject({
  object: z.literal('rebench'),
  running: rebenchRun.nullable(),
  last_run: rebenchRun.nullable(),
  data: z.array(
    z.looseObject({
      object: z.literal('rebench.result'),
      model: z.string(),
      target: z.string(),
      at,
      marked: z.boolean(),
      accuracy: z.looseObject({ right: count, total: count }),
    }),
  ),
})
