// Every vendor Minnow knows, and the providers that a configuration makes of them.
import type { Config, KnownVendor } from '../../shared/config.ts'
import type { VendorDialect, WireRequest } from '../../shared/dialect.ts'
import { Failed } from '../../shared/failure.ts'
import type { Provider, SendOptions } from '../service.ts'
import { sessionOf, withCacheKey } from './affinity.ts'
import { type AiBinding, bindAi } from './binding.ts'
import { withBound, withoutBound } from './bound.ts'
import { concealer } from './conceal.ts'
import { inTurn } from './turns.ts'
import type { Outgoing, Vendor } from './vendor.ts'
import { aiGateway } from './vendors/ai-gateway.ts'
import { anthropic } from './vendors/anthropic.ts'
import { azure } from './vendors/azure.ts'
import { bedrock } from './vendors/bedrock.ts'
import { cerebras } from './vendors/cerebras.ts'
import { cohere } from './vendors/cohere.ts'
import { compatible, compatibleResponses } from './vendors/compatible.ts'
import { deepinfra } from './vendors/deepinfra.ts'
import { deepseek } from './vendors/deepseek.ts'
import { deepspeedMii } from './vendors/deepspeed-mii.ts'
import { fireworks } from './vendors/fireworks.ts'
import { google } from './vendors/google.ts'
import { groq } from './vendors/groq.ts'
import { huggingface } from './vendors/huggingface.ts'
import { llamaCpp } from './vendors/llama-cpp.ts'
import { lmStudio } from './vendors/lm-studio.ts'
import { mistral } from './vendors/mistral.ts'
import { moonshot } from './vendors/moonshot.ts'
import { novita } from './vendors/novita.ts'
import { nvidia } from './vendors/nvidia.ts'
import { ollama } from './vendors/ollama.ts'
import { openai } from './vendors/openai.ts'
import { openrouter } from './vendors/openrouter.ts'
import { openvino } from './vendors/openvino.ts'
import { perplexity } from './vendors/perplexity.ts'
import { qwen } from './vendors/qwen.ts'
import { sambanova } from './vendors/sambanova.ts'
import { tensorrtLlm } from './vendors/tensorrt-llm.ts'
import { tgi } from './vendors/tgi.ts'
import { together } from './vendors/together.ts'
import { vertex } from './vendors/vertex.ts'
import { vllm } from './vendors/vllm.ts'
import { workersAi } from './vendors/workers-ai.ts'
import { xai } from './vendors/xai.ts'
import { xroute } from './vendors/xroute.ts'
import { zai } from './vendors/zai.ts'

/** In the cloud first, then the servers that people run themselves; each by the alphabet. */
export const vendors: readonly Vendor[] = [
  aiGateway,
  anthropic,
  azure,
  bedrock,
  cerebras,
  cohere,
  deepinfra,
  deepseek,
  fireworks,
  google,
  groq,
  huggingface,
  mistral,
  moonshot,
  novita,
  nvidia,
  openai,
  openrouter,
  perplexity,
  qwen,
  sambanova,
  together,
  vertex,
  workersAi,
  xai,
  xroute,
  zai,

  deepspeedMii,
  llamaCpp,
  lmStudio,
  ollama,
  openvino,
  tensorrtLlm,
  tgi,
  vllm,
]

/** What a server is taken for when a configuration gives its dialect and no vendor. */
const BY_DIALECT: Readonly<Record<NonNullable<Entry['dialect']>, Vendor>> = {
  'openai-chat': compatible,
  'openai-responses': compatibleResponses,
  anthropic,
  gemini: google,
}

/** The records that no configuration names: a dialect leads to them. */
export const plainVendors: readonly Vendor[] = [compatible, compatibleResponses]

/** Vendors that a configuration may name without a `baseUrl`. */
export const knownVendors: readonly string[] = vendors.map((vendor) => vendor.id)

export const vendorFacts: readonly KnownVendor[] = vendors.map((vendor) => ({
  id: vendor.id,
  dialects: dialectsOf(vendor).map((dialect) => dialect.id),
  settings: Object.keys(vendor.settings ?? {}),
  needs: Object.entries(vendor.settings ?? {}).flatMap(([name, { default: usual, optional, follows }]) =>
    usual === undefined && optional !== true && follows === undefined ? [name] : [],
  ),
  ...(vendor.bound === undefined ? {} : { bound: vendor.bound }),
}))

type Entry = NonNullable<Config['providers']>[string]
type Secrets = (name: string) => string | undefined

const isBound = (id: string, entry: Entry): boolean =>
  vendorOf(id, entry).bound === true && entry.apiKey === undefined && entry.baseUrl === undefined

/** The configuration as it holds here: what only a binding reaches is there with the binding, and then unasked. */
export function settleConfig(config: Config, hasBinding: boolean): Config {
  const ids = vendors.flatMap(({ id, bound }) => (bound === true ? [id] : []))
  return hasBinding ? withBound(config, ids) : withoutBound(config, isBound)
}

/** Providers by id. `secrets` resolves the `$NAME`s; the values stay inside the closures made here. */
export function openProviders(
  config: Config,
  secrets: Secrets,
  fetcher: typeof fetch,
  ai?: AiBinding,
): Map<string, Provider> {
  const entries = Object.entries(config.providers ?? {})
  const open = (id: string, entry: Entry): Provider => {
    if (ai === undefined || !isBound(id, entry)) return openProvider(id, entry, secrets, fetcher)
    const vendor = suited(vendorOf(id, entry), entry)
    return bindAi(id, vendor, ai, settingsOf(vendor, entry, resolver(secrets)))
  }
  return new Map(entries.map(([id, entry]) => [id, open(id, entry)]))
}

const resolver =
  (secrets: Secrets) =>
  (value: string): string | undefined =>
    value.startsWith('$') ? secrets(value.slice(1)) : value

/**
 * The record behind a configured provider: the one it names, the one of its own name, or its dialect's plain one.
 * Who gives a dialect and an address has a server of his own there, whatever he calls it.
 */
export function vendorOf(id: string, entry: Entry): Vendor {
  const isOwn = entry.dialect !== undefined && entry.baseUrl !== undefined
  const named = entry.vendor ?? (isOwn ? undefined : id)
  const known = vendors.find((vendor) => vendor.id === named)
  const speaks = entry.dialect === undefined || known === undefined || wireNamed(known, entry.dialect)
  return (speaks ? known : undefined) ?? BY_DIALECT[entry.dialect ?? 'openai-chat']
}

/** Where nothing of a prompt is to be kept, its vendor is not told what belongs together. */
function suited(vendor: Vendor, { promptCache }: Entry): Vendor {
  const { affinity: _affinity, cacheKey: _cacheKey, ...others } = vendor
  return promptCache === false ? others : vendor
}

function dialectsOf(vendor: Vendor): readonly VendorDialect[] {
  return [vendor.dialect, ...(vendor.alternatives ?? []).map(({ dialect }) => dialect)]
}

const wireNamed = (vendor: Vendor, id: string): VendorDialect | undefined =>
  dialectsOf(vendor).find((dialect) => dialect.id === id)

/** The wires of a provider: one where the configuration says which, else the vendor's own for each model and client. */
function wiresOf(vendor: Vendor, entry: Entry): Pick<Provider, 'dialect' | 'dialectFor'> {
  const named = entry.dialect === undefined ? undefined : wireNamed(vendor, entry.dialect)
  if (named !== undefined) return { dialect: named }
  const { dialect, alternatives: others = [] } = vendor
  if (others.every(({ models, kin }) => models === undefined && kin === undefined)) return { dialect }
  const only = (model: string) => others.find(({ models }) => models?.test(model) === true)
  const own = (model: string, client: string) =>
    others.find((other) => other.dialect.id === client && other.kin?.test(model) === true)
  return {
    dialect,
    dialectFor: (model, client) => (only(model) ?? own(model, client))?.dialect ?? dialect,
  }
}

/** As the configuration says, else as the vendor's record does. */
function surenessOf({ saysSureness: models }: Vendor, { logprobs }: Entry): Pick<Provider, 'saysSureness'> {
  if (logprobs === false || (logprobs === undefined && models === undefined)) return {}
  return { saysSureness: (model) => logprobs === true || models?.test(model) === true }
}

function openProvider(id: string, entry: Entry, secrets: Secrets, fetcher: typeof fetch): Provider {
  const vendor = suited(vendorOf(id, entry), entry)
  const resolve = resolver(secrets)
  const settings = settingsOf(vendor, entry, resolve)
  const address = entry.baseUrl ?? vendor.baseUrl ?? vendor.usualAddress ?? ''
  const keys = (entry.apiKey === undefined ? [] : [entry.apiKey].flat()).flatMap(
    (name) => resolve(name) ?? [],
  )
  const extra = Object.fromEntries(
    Object.entries(entry.headers ?? {}).map(([name, value]) => [name, resolve(value) ?? '']),
  )
  const post = async (
    wire: WireRequest,
    options: SendOptions,
    key: string | undefined,
  ): Promise<Response> => {
    refuseDetour(wire.path)
    const { signal, requestId, stream } = options
    const session = vendor.affinity === undefined ? undefined : await sessionOf(options)
    const body = vendor.cacheKey === true ? await withCacheKey(wire, options) : wire.body
    const call: Outgoing = {
      url: `${fill(entry.baseUrl ?? wire.home ?? address, settings)}${wire.path}`,
      headers: {
        'content-type': 'application/json',
        accept: stream ? 'text/event-stream' : 'application/json',
        'x-request-id': requestId,
        ...(vendor.affinity === undefined || session === undefined ? {} : { [vendor.affinity]: session }),
        ...wire.headers,
        ...extra,
      },
      body: wire.bytes === undefined ? JSON.stringify(body) : '',
      settings,
      fetcher,
      now: Date.now(),
      signal,
    }
    const proof = key === undefined ? {} : await vendor.authorize(key, call)
    return fetcher(call.url, {
      method: 'POST',
      headers: { ...call.headers, ...proof, ...extra },
      body: wire.bytes ?? call.body,
      redirect: 'manual', // a redirect would carry the key to another host
      signal,
    })
  }

  return {
    id,
    ...wiresOf(vendor, entry),
    ...(entry.promptCache === false ? { promptCache: false } : {}),
    ...surenessOf(vendor, entry),
    ...(vendor.embeddings === undefined ? {} : { embeddings: vendor.embeddings }),
    ...(vendor.proxied === undefined ? {} : { proxied: vendor.proxied }),
    conceal: concealer([...keys, ...Object.values(extra)]),
    send: inTurn(keys, post, vendor.deadWords),
  }
}

function settingsOf(
  vendor: Vendor,
  entry: Entry,
  resolve: (value: string) => string | undefined,
): Record<string, string> {
  const settings: Record<string, string> = {}
  for (const [name, { default: usual }] of Object.entries(vendor.settings ?? {})) {
    if (usual !== undefined) settings[name] = usual
  }
  for (const [name, value] of Object.entries(entry.settings ?? {})) {
    const given = resolve(value)
    if (given !== undefined) settings[name] = given
  }
  for (const [name, { follows }] of Object.entries(vendor.settings ?? {})) {
    if (follows !== undefined) settings[name] ??= follows(settings)
  }
  return settings
}

/** Models are named by clients, and a name between dots would lead the key to another address of the vendor. */
function refuseDetour(path: string): void {
  if (!/[\\/](?:\.|%2e){1,2}(?:[\\/?#]|$)/i.test(path)) return
  const message = "The name of a model cannot have '.' or '..' between slashes."
  throw new Failed({ kind: 'invalid-request', message, param: 'model' })
}

/**
 * An address with its settings filled in, without a slash at the end. A setting may be a variable that is not set:
 * then this provider cannot be called, and the others can.
 */
function fill(address: string, settings: Readonly<Record<string, string>>): string {
  const filled = address.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = settings[name]
    if (value !== undefined && /^[A-Za-z0-9._-]+$/.test(value)) return value
    throw new Failed({ kind: 'unreachable', reason: `its address needs the setting "${name}"` })
  })
  return filled.replace(/\/+$/, '')
}
