// What the sources of the catalogue say of a model, in the words of the catalogue's file: the mapping alone, no I/O.
import { fieldsOf, isFields, listOf, text } from '../../shared/fields.ts'
import { classesOf, factsOf, LONG_WRITE_TIMES } from './stated.ts'

/** One line of the file. */
export type Line = readonly [vendor: string, model: string, entry: Readonly<Record<string, unknown>>]

type Fields = Readonly<Record<string, unknown>>

/** The main source's names of our vendors. */
export const CHAT_VENDORS: Readonly<Record<string, string>> = {
  'amazon-bedrock': 'bedrock',
  anthropic: 'anthropic',
  azure: 'azure',
  cerebras: 'cerebras',
  'cloudflare-ai-gateway': 'ai-gateway',
  'cloudflare-workers-ai': 'workers-ai',
  deepseek: 'deepseek',
  fireworks: 'fireworks',
  google: 'google',
  'google-vertex': 'vertex',
  groq: 'groq',
  huggingface: 'huggingface',
  mistral: 'mistral',
  moonshotai: 'moonshot',
  nvidia: 'nvidia',
  openai: 'openai',
  openrouter: 'openrouter',
  together: 'together',
  xai: 'xai',
  zai: 'zai',
}

/** The second source's, for embedding models; the main one has none. */
const EMBEDDING_VENDORS: Readonly<Record<string, string>> = {
  aws: 'bedrock',
  azure: 'azure',
  cloudflare: 'workers-ai',
  cohere: 'cohere',
  google: 'google',
  mistral: 'mistral',
  openai: 'openai',
}

/** And for the vendors that the main one lacks, with those of their models that are still served. */
const FURTHER_VENDORS: Readonly<Record<string, RegExp>> = {
  cohere: /^command-[ar]/,
  perplexity: /^sonar/,
}

const EMBEDS = /embed|\/bge-(?!reranker)/

export function chatLines(models: Fields): Line[] {
  return Object.entries(CHAT_VENDORS).flatMap(([theirs, ours]) =>
    Object.values(fieldsOf(models[theirs])).map((model) => chatLine(ours, fieldsOf(model), models)),
  )
}

function chatLine(vendor: string, model: Fields, models: Fields): Line {
  const id = text(model['id'])
  const name = vendor === 'ai-gateway' ? gatewayName(id) : id
  const context = windowOf(model, models)
  const output = number(model['maxTokens'])
  const compat = fieldsOf(model['compat'])
  const known = {
    // The source lists only models that call tools: https://www.npmjs.com/package/@earendil-works/pi-ai
    tools: true,
    images: listOf(model['input']).includes('image'),
    reasoning: model['reasoning'] === true,
    ...(compat['supportsTemperature'] === false ? { temperature: false } : {}),
  }
  return line(vendor, name, {
    price: chatPrice(vendor, name, fieldsOf(model['cost'])),
    context,
    output: output === undefined || context === undefined ? output : Math.min(output, context),
    can: { ...known, ...factsOf(vendor, name, known) },
  })
}

/** Cloudflare's gateway names models `<author>/<model>`: https://developers.cloudflare.com/ai-gateway/usage/rest-api/ */
const gatewayName = (id: string): string =>
  id.includes('/') ? id : `${id.startsWith('claude-') ? 'anthropic' : 'openai'}/${id}`

/**
 * The source gives several models of OpenAI's a window that ends where their dearer tier begins, so that its own users
 * stay below it. Their true one is what other vendors of the same model have; else nobody knows.
 */
function windowOf(model: Fields, models: Fields): number | undefined {
  const window = number(model['contextWindow'])
  const tiers = listOf(fieldsOf(model['cost'])['tiers']).map((tier) =>
    number(fieldsOf(tier)['inputTokensAbove']),
  )
  if (window === undefined || !tiers.some((above) => above !== undefined && above >= window)) return window
  const id = text(model['id'])
  const others = [
    fieldsOf(models['azure'])[id],
    fieldsOf(models['openrouter'])[`${text(model['provider'])}/${id}`],
  ]
  const wider = others.map((other) => number(fieldsOf(other)['contextWindow']) ?? 0)
  const widest = Math.max(...wider)
  return widest > window ? widest : undefined
}

function chatPrice(vendor: string, name: string, cost: Fields): unknown {
  const { input, output } = cost
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  // Zero is what the source has for a price it does not know, but where the name says free.
  if (input === 0 && output === 0 && !name.endsWith(':free')) return undefined
  const tiers = listOf(cost['tiers']).map((tier) => {
    const fields = fieldsOf(tier)
    return [number(fields['inputTokensAbove']) ?? 0, ...ratesOf(name, fields)]
  })
  const classes = classesOf(vendor, name, rates(cost))
  return [
    ...ratesOf(name, cost),
    ...(tiers.length === 0 && classes === undefined
      ? []
      : [{ ...(tiers.length === 0 ? {} : { tiers }), ...(classes === undefined ? {} : { classes }) }]),
  ]
}

interface Rates {
  readonly input: number
  readonly output: number
  readonly cacheRead: number | null
}

const rates = (cost: Fields): Rates => ({
  input: number(cost['input']) ?? 0,
  output: number(cost['output']) ?? 0,
  cacheRead: positive(cost['cacheRead']),
})

/** Zero for a cache means that nothing is known; then it is null, which counts as the price of input. */
function ratesOf(name: string, cost: Fields): (number | null)[] {
  const { input, output, cacheRead } = rates(cost)
  const write = positive(cost['cacheWrite'])
  const isClaude = /(?:^|[./])claude-/.test(name)
  return [
    input,
    output,
    cacheRead,
    write,
    isClaude && write !== null ? plain(input * LONG_WRITE_TIMES) : null,
  ]
}

/** Embedding models, and the vendors that only the second source has. `providers` are as it lists them. */
export function furtherLines(providers: readonly unknown[]): Line[] {
  return providers.flatMap((provider) => {
    const { id, models } = fieldsOf(provider)
    const theirs = text(id)
    return listOf(models).flatMap((model) => {
      const fields = fieldsOf(model)
      const name = text(fields['id'])
      if (fields['deprecated'] === true) return []
      const embeds = EMBEDS.test(name)
      const vendor = embeds
        ? EMBEDDING_VENDORS[theirs]
        : FURTHER_VENDORS[theirs]?.test(name) === true
          ? theirs
          : undefined
      if (vendor === undefined) return []
      return namesIn(name, fields['match']).map((known) => furtherLine(vendor, known, fields, embeds))
    })
  })
}

/** A model goes by its id and by every other whole name under which the source knows it. */
function namesIn(id: string, match: unknown): string[] {
  const { or, equals } = fieldsOf(match)
  const names = [text(equals), ...listOf(or).map((one) => text(fieldsOf(one)['equals']))]
  return [...new Set([id, ...names.filter((name) => name !== '')])]
}

function furtherLine(vendor: string, name: string, model: Fields, embeds: boolean): Line {
  const cost = fieldsOf(pricesOf(model['prices']))
  const input = number(cost['input_mtok'])
  const perThousand = number(cost['requests_kcount'])
  const rest = perThousand === undefined ? [] : [null, null, null, { request: plain(perThousand / 1_000) }]
  const output = embeds ? 0 : number(cost['output_mtok'])
  return line(vendor, name, {
    price: input === undefined || output === undefined ? undefined : [input, output, ...rest],
    context: number(model['context_window']),
    can: embeds ? { tools: false, embedding: true } : factsOf(vendor, name, {}),
  })
}

/** Dated prices stand in their order; the last is the one that holds. */
const pricesOf = (prices: unknown): unknown =>
  Array.isArray(prices) ? fieldsOf(prices.at(-1))['prices'] : prices

interface Entry {
  readonly price: unknown
  readonly context?: number | undefined
  readonly output?: number | undefined
  readonly can: Readonly<Record<string, boolean | undefined>>
}

function line(vendor: string, model: string, { price, context, output, can }: Entry): Line {
  const words = Object.entries({ embedding: false, ...can }).flatMap(([name, yes]) =>
    yes === undefined ? [] : [yes ? name : `-${name}`],
  )
  return [
    vendor,
    model,
    {
      ...(price === undefined ? {} : { price: trimmed(price) }),
      ...(context === undefined ? {} : { context }),
      ...(output === undefined ? {} : { output }),
      can: words.toSorted((a, b) => (a.replace('-', '') < b.replace('-', '') ? -1 : 1)).join(' '),
    },
  ]
}

/** Without the nulls at its end, and so for what stands in it. */
function trimmed(value: unknown): unknown {
  if (isFields(value))
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, trimmed(one)]))
  if (!Array.isArray(value)) return value
  const last = value.findLastIndex((one) => one !== null)
  const isPrice = typeof value.at(-1) === 'object' && isFields(value.at(-1))
  const kept = isPrice
    ? [...value.slice(0, -1), ...nulls(6 - value.length), value.at(-1)]
    : value.slice(0, last + 1)
  return kept.map(trimmed)
}

const nulls = (count: number): null[] => Array.from({ length: Math.max(0, count) }, () => null)

const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined

const positive = (value: unknown): number | null =>
  typeof value === 'number' && value > 0 ? plain(value) : null

/** Six decimals, as prices have; without what binary fractions leave behind them. */
const plain = (value: number): number => Math.round(value * 1_000_000) / 1_000_000
