// The configuration file: its schema, its reading, and messages that say what is wrong and where. Pure.
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser'
import { z } from 'zod'
import { positionOf, sentence } from './config-words.ts'
import { dialFields, knobsIn, ONE_KNOB } from './dial.ts'
import { vendorMistake } from './config-vendors.ts'
import { learningFields, learningMistake } from './learning-schema.ts'
import { counting, factFields, price } from './model-schema.ts'
import { placeMistake, placesOf } from './places.ts'
import { rebench } from './rebench-schema.ts'
import { cacheSettings, reuseSetting } from './reuse.ts'
import { streams } from './streams-schema.ts'
import { talkMistake, talkSetting } from './talk-schema.ts'
import { milliseconds, timeouts } from './timeouts-schema.ts'
import { visitors } from './visitors-schema.ts'

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9@][A-Za-z0-9._:@/-]*$/,
    'letters, digits and . _ : @ / - only, starting with a letter or digit',
  )
  .max(128)

const secret = z
  .string()
  .regex(
    /^\$[A-Za-z_][A-Za-z0-9_]*$/,
    '"$NAME", the name of an environment variable or secret (a key itself never stands in the file)',
  )

const provider = z.strictObject({
  vendor: z
    .string()
    .max(64)
    .optional()
    .describe('The vendor that this provider is, where its own name does not say so: a second account, say.'),
  dialect: z
    .enum(['openai-chat', 'openai-responses', 'anthropic', 'gemini'])
    .optional()
    .describe('The wire format of a server that is none of the known vendors; openai-chat unless given.'),
  settings: z
    .record(z.string().regex(/^[a-zA-Z]+$/, 'letters only'), z.string().min(1).max(512))
    .optional()
    .describe(
      'What the vendor needs beside a key: region, project, account, resource; "$NAME" is filled in.',
    ),
  baseUrl: z
    .url({ protocol: /^https?$/, error: 'an http or https address' })
    .optional()
    .describe('Up to and including /v1. Needed unless the registry knows the vendor.'),
  apiKey: z.union([secret, z.array(secret).min(1).max(32)]).optional(),
  headers: z
    .record(z.string().regex(/^[A-Za-z0-9-]+$/, 'letters, digits and - only'), z.string().max(1024))
    .optional()
    .describe('Sent with every call; "$NAME" is filled in.'),
  promptCache: z.boolean().optional().describe('False: no marks and no session for the prompt cache.'),
  logprobs: z
    .boolean()
    .optional()
    .describe("Whether cascades ask for log-probabilities; as the vendor's record says."),
  timeouts: timeouts.optional(),
})

const theirName = z.string().min(1).max(256).describe("The provider's own name for it.")

const place = z.strictObject({
  provider: name,
  model: theirName,
  price: price.optional(),
  weight: z
    .number()
    .min(0)
    .max(1_000_000)
    .optional()
    .describe('The share of requests that it gets, against the weights of the others.'),
})

const modelFields = z.strictObject({
  provider: name.optional(),
  model: theirName.optional(),
  providers: z
    .array(place)
    .min(1)
    .max(16)
    .optional()
    .describe(
      'Every vendor that serves it, instead of "provider" and "model": one is chosen for each request.',
    ),
  contextWindow: z.int().min(1).optional().describe('Tokens.'),
  maxOutput: z.int().min(1).optional().describe('Tokens.'),
  ...factFields,
  counting: counting.optional(),
  price: price.optional(),
  timeouts: timeouts.optional(),
})

const model = modelFields.superRefine((entry, { addIssue }) => {
  const wrong = placeMistake(entry)
  if (wrong !== undefined) addIssue({ code: 'custom', ...wrong })
})

const names = z.array(name).max(32)

const route = z
  .strictObject({
    order: names.min(1).optional().describe('Plain failover, in this order.'),
    mini: names.optional().describe('Small models, in order of preference.'),
    frontier: names.optional().describe('Large models, in order of preference.'),
    ...dialFields,
    guarded: z
      .boolean()
      .optional()
      .describe(
        'Words at the end of a prompt make it no hard one, for a little of the order; true unless given.',
      ),
    hedgeAfterMs: z
      .union([milliseconds, z.literal('p95')])
      .optional()
      .describe(
        'Start the next target when the current one has kept us waiting this long, or longer than it usually does.',
      ),
    rescue: z
      .boolean()
      .optional()
      .describe('Go on with a stream that dies midway on the next target; "streams" says it unless given.'),
    ...learningFields,
    cache: reuseSetting.optional().describe('Give answers again that were given before; off unless given.'),
    conversations: talkSetting.optional().describe('Conversations over this route.'),
    timeouts: timeouts.optional(),
  })
  .refine(
    (route) => (route.order === undefined) !== (route.mini === undefined && route.frontier === undefined),
    {
      error: 'either "order", or "mini" and/or "frontier"',
    },
  )
  .refine(
    (route) => route.order !== undefined || (route.mini ?? []).length + (route.frontier ?? []).length > 0,
    {
      error: 'at least one model in "mini" or "frontier"',
    },
  )
  .refine((route) => knobsIn(route).length < 2, { error: ONE_KNOB })

export const configSchema = z.strictObject({
  $schema: z.string().optional(),
  providers: z
    .record(
      z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]*$/, 'lower-case letters, digits and -')
        .max(64),
      provider,
    )
    .optional(),
  models: z.record(name, model).optional(),
  routes: z.record(name, route).optional(),
  micro: z
    .strictObject({
      gguf: z
        .string()
        .regex(/\.gguf$/, 'a file whose name ends in .gguf')
        .max(512)
        .describe('A llama model in the place of the shipped one; the path begins at this file.'),
      contextWindow: z
        .int()
        .min(64)
        .optional()
        .describe('Tokens that it is asked to read and write; 512 unless given.'),
    })
    .optional()
    .describe('The embedded model.'),
  timeouts: timeouts.optional(),
  retries: z
    .strictObject({
      sameTarget: z.int().min(0).max(5).optional().describe('Further tries on one target before the next.'),
      total: z
        .int()
        .min(1)
        .max(16)
        .optional()
        .describe('Upstream calls for one request, all targets together.'),
    })
    .optional(),
  streams: streams.optional(),
  health: z
    .strictObject({
      breaker: z
        .boolean()
        .optional()
        .describe(
          'Ask targets that are down last, and try now and then whether they are up; true unless given.',
        ),
      probeMs: z
        .int()
        .min(100)
        .max(600_000)
        .optional()
        .describe(
          'A target that is down is tried again after this, and after up to twice as long when it still is; 10 s unless given.',
        ),
    })
    .optional(),
  limits: z
    .strictObject({
      bodyBytes: z
        .int()
        .min(1024)
        .max(100_000_000)
        .optional()
        .describe('Largest request body; 4 MiB unless given.'),
    })
    .optional(),
  telemetry: z
    .strictObject({
      keepDays: z
        .int()
        .min(1)
        .max(3650)
        .optional()
        .describe('Days that the rows of requests are kept; 90 unless given. Their sums are kept for ever.'),
    })
    .optional(),
  rebench: rebench.optional(),
  visitors: visitors.optional(),
  cache: cacheSettings.optional(),
  conversations: talkSetting.optional(),
  logs: z
    .enum(['json', 'off'])
    .optional()
    .describe('One line of JSON for each request, and for warnings; off unless given.'),
  media: z
    .strictObject({
      allowHosts: z
        .array(z.string().regex(/^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\]):\d{1,5}$/, 'host:port, in small letters'))
        .max(64)
        .optional()
        .describe('Private hosts from which pictures and documents may be fetched; public ones always may.'),
    })
    .optional(),
})

export type Config = z.infer<typeof configSchema>

export type ConfigModel = z.infer<typeof model>

export type ConfigRoute = z.infer<typeof route>

export type ConfigTimeouts = z.infer<typeof timeouts>

export type ReadConfig =
  | { readonly ok: true; readonly value: Config; readonly variables: readonly string[] }
  | { readonly ok: false; readonly message: string }

/** What the reader of a configuration must know of a vendor that needs no `baseUrl`. */
export interface KnownVendor {
  readonly id: string
  /** The wire formats it speaks at its own address. */
  readonly dialects: readonly string[]
  /** The settings it has, and those of them that it cannot be reached without. */
  readonly settings: readonly string[]
  readonly needs: readonly string[]
  /** A binding may reach it, which needs none of them; then the provider has no key. */
  readonly bound?: true
}

/**
 * Reads and checks a configuration. `name` is the file as the user knows it, for messages.
 * `variables` are the environment variables that the configuration needs.
 */
export function readConfig(text: string, name: string, vendors: readonly KnownVendor[]): ReadConfig {
  const errors: ParseError[] = []
  const value: unknown = parse(text, errors, { allowTrailingComma: true })
  const first = errors[0]
  if (first !== undefined) {
    const { line, column } = positionOf(text, first.offset)
    return {
      ok: false,
      message: `${name}, line ${line}, column ${column}: not valid JSON (${printParseErrorCode(first.error)}).`,
    }
  }
  const checked = configSchema.safeParse(value)
  if (!checked.success) {
    return {
      ok: false,
      message: checked.error.issues.map((issue) => sentence(name, value, issue)).join('\n'),
    }
  }
  const dangling = danglingReference(checked.data, vendors)
  if (dangling !== undefined) return { ok: false, message: `${name}, ${dangling}` }
  return { ok: true, value: checked.data, variables: variablesOf(checked.data) }
}

/** Names come from clients too, and one like `constructor` is not an entry, though every object has it. */
export const entryOf = <T>(entries: Readonly<Record<string, T>> | undefined, name: string): T | undefined =>
  entries !== undefined && Object.hasOwn(entries, name) ? entries[name] : undefined

/** The embedded model, which exists in every configuration. */
export const MICRO = 'micro'
/** The provider it belongs to, for names such as `minnow/micro`. */
export const MICRO_PROVIDER = 'minnow'

function danglingReference(config: Config, vendors: readonly KnownVendor[]): string | undefined {
  const providers = config.providers ?? {}
  for (const [id, entry] of Object.entries(providers)) {
    if (id === MICRO || id === MICRO_PROVIDER)
      return `providers.${id}: found "${id}", expected another name: this one belongs to the embedded model.`
    const wrong = vendorMistake(id, entry, vendors)
    if (wrong !== undefined) return `providers.${id}${wrong}`
  }
  for (const [id, entry] of Object.entries(config.models ?? {})) {
    if (id === MICRO)
      return `models.${id}: found "${id}", expected another name: this one belongs to the embedded model.`
    const lost = placesOf(entry).find(({ provider }) => entryOf(providers, provider) === undefined)
    if (lost !== undefined) {
      return `models.${id}.${lost.path}: found "${lost.provider}", expected one of the providers (${Object.keys(providers).join(', ') || 'none is configured'}).`
    }
  }
  for (const [id, entry] of Object.entries(config.routes ?? {})) {
    const odd = learningMistake(
      entry,
      (model) => isModelName(config, model),
      Object.keys(config.models ?? {}),
    )
    if (odd !== undefined) return `routes.${id}${odd}`
    const summary = talkMistake(entry.conversations, (model) => isModelName(config, model))
    if (summary !== undefined) return `routes.${id}.${summary}`
    if (id === MICRO || entryOf(config.models, id) !== undefined)
      return `routes.${id}: found "${id}", expected another name: a model has this one.`
    for (const field of ['order', 'mini', 'frontier'] as const) {
      const wrong = (entry[field] ?? []).find((model) => !isModelName(config, model))
      if (wrong !== undefined) {
        return `routes.${id}.${field}: found "${wrong}", expected "${MICRO}", one of the models (${Object.keys(config.models ?? {}).join(', ') || 'none is configured'}) or <provider>/<model>.`
      }
    }
  }
  const vectors = config.cache?.embeddings
  if (vectors !== undefined && !isModelName(config, vectors))
    return `cache.embeddings: found "${vectors}", expected one of the models or <provider>/<model>.`
  const summary = talkMistake(config.conversations, (model) => isModelName(config, model))
  if (summary !== undefined) return summary
  const odd = (config.rebench?.models ?? []).find((model) => !isModelName(config, model))
  return odd === undefined
    ? undefined
    : `rebench.models: found "${odd}", expected "${MICRO}", one of the models or <provider>/<model>.`
}

/** `micro`, a configured model, or `<provider>/<model>` of a configured provider. */
export function isModelName(config: Config, model: string): boolean {
  if (model === MICRO || entryOf(config.models, model) !== undefined) return true
  const slash = model.indexOf('/')
  return slash > 0 && entryOf(config.providers, model.slice(0, slash)) !== undefined
}

function variablesOf(config: Config): readonly string[] {
  const found = new Set<string>()
  for (const entry of Object.values(config.providers ?? {})) {
    const keys = entry.apiKey === undefined ? [] : [entry.apiKey].flat()
    for (const value of [
      ...keys,
      ...Object.values(entry.headers ?? {}),
      ...Object.values(entry.settings ?? {}),
    ]) {
      if (/^\$[A-Za-z_][A-Za-z0-9_]*$/.test(value)) found.add(value.slice(1))
    }
  }
  for (const value of [
    config.rebench?.webhook,
    config.rebench?.webhookSecret,
    config.visitors?.challenge?.secret,
  ])
    if (value?.startsWith('$') === true) found.add(value.slice(1))
  return [...found]
}
