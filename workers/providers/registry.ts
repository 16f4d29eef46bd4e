// Every vendor Minnow knows, and the providers that a configuration makes of them.
import type { Config } from '../../shared/config.ts'
import type { WireRequest } from '../../shared/dialect.ts'
import { Failed } from '../../shared/failure.ts'
import type { Provider, SendOptions } from '../service.ts'
import { compatible } from './vendors/compatible.ts'
import { concealer } from './conceal.ts'
import { openKeyring } from './keyring.ts'
import { openai } from './vendors/openai.ts'
import type { Outgoing, Vendor } from './vendor.ts'

export const vendors: readonly Vendor[] = [openai]

/** What a server is taken for when a configuration gives its dialect and no vendor. */
const BY_DIALECT: Readonly<Record<string, Vendor>> = { 'openai-chat': compatible }

/** Vendors that a configuration may name without a `baseUrl`. */
export const knownVendors: readonly string[] = vendors.map((vendor) => vendor.id)

type Entry = NonNullable<Config['providers']>[string]
type Secrets = (name: string) => string | undefined

/** Providers by id. `secrets` resolves the `$NAME`s; the values stay inside the closures made here. */
export function openProviders(
  config: Config,
  secrets: Secrets,
  fetcher: typeof fetch,
): Map<string, Provider> {
  const entries = Object.entries(config.providers ?? {})
  return new Map(entries.map(([id, entry]) => [id, openProvider(id, entry, secrets, fetcher)]))
}

/** The record behind a configured provider: the one it names, the one of its own name, or its dialect's plain one. */
export function vendorOf(id: string, entry: Entry): Vendor {
  const named = entry.vendor ?? (entry.dialect === undefined ? id : undefined)
  const known = vendors.find((vendor) => vendor.id === named)
  return known ?? BY_DIALECT[entry.dialect ?? 'openai-chat'] ?? compatible
}

function openProvider(id: string, entry: Entry, secrets: Secrets, fetcher: typeof fetch): Provider {
  const vendor = vendorOf(id, entry)
  const resolve = (value: string): string | undefined =>
    value.startsWith('$') ? secrets(value.slice(1)) : value
  const settings = settingsOf(vendor, entry, resolve)
  const baseUrl = fill(entry.baseUrl ?? vendor.baseUrl ?? vendor.usualAddress ?? '', settings)
  const keys = (entry.apiKey === undefined ? [] : [entry.apiKey].flat()).flatMap(
    (name) => resolve(name) ?? [],
  )
  const extra = Object.fromEntries(
    Object.entries(entry.headers ?? {}).map(([name, value]) => [name, resolve(value) ?? '']),
  )
  const keyring = openKeyring(keys)

  const post = async (
    wire: WireRequest,
    { signal, requestId, stream }: SendOptions,
    key: string | undefined,
  ): Promise<Response> => {
    const call: Outgoing = {
      url: `${baseUrl}${wire.path}`,
      headers: {
        'content-type': 'application/json',
        accept: stream ? 'text/event-stream' : 'application/json',
        'x-request-id': requestId,
        ...wire.headers,
        ...extra,
      },
      body: JSON.stringify(wire.body),
      settings,
      fetcher,
      now: Date.now(),
    }
    const proof = key === undefined ? {} : await vendor.authorize(key, call)
    return fetcher(call.url, {
      method: 'POST',
      headers: { ...call.headers, ...proof, ...extra },
      body: call.body,
      redirect: 'manual', // a redirect would carry the key to another host
      signal,
    })
  }

  return {
    id,
    dialect: vendor.dialect,
    ...(vendor.embeddings === undefined ? {} : { embeddings: vendor.embeddings }),
    conceal: concealer([...keys, ...Object.values(extra)]),
    async send(wire, options) {
      for (;;) {
        const key = keyring.next(Date.now())
        const response = await post(wire, options, key)
        // A refused key says nothing about the request: with another one it is the same attempt.
        const isRefused = response.status === 401 || response.status === 402
        if (!isRefused || key === undefined || !keyring.refuse(key, Date.now())) return response
        await response.body?.cancel()
      }
    },
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
  return settings
}

/** An address with its settings filled in, without a slash at the end. */
function fill(address: string, settings: Readonly<Record<string, string>>): string {
  const filled = address.replace(/\{([a-zA-Z]+)\}/g, (_, name: string) => {
    const value = settings[name]
    if (value !== undefined && /^[A-Za-z0-9._-]+$/.test(value)) return value
    const message = `the address ${address} needs the setting "${name}"`
    throw new Failed({ kind: 'internal', message })
  })
  return filled.replace(/\/+$/, '')
}
