// Every vendor Minnow knows, and the providers that a configuration makes of them.
import type { Config } from '../../shared/config.ts'
import type { WireRequest } from '../../shared/dialect.ts'
import type { Provider, SendOptions } from '../service.ts'
import { compatible } from './compatible.ts'
import { concealer } from './conceal.ts'
import { openKeyring } from './keyring.ts'
import { openai } from './openai.ts'
import type { Vendor } from './vendor.ts'

export const vendors: readonly Vendor[] = [openai]

/** Vendors that a configuration may name without a `baseUrl`. */
export const knownVendors: readonly string[] = vendors.map((vendor) => vendor.id)

type Entry = NonNullable<Config['providers']>[string]

/** Providers by id. `secrets` resolves the `$NAME`s; the values stay inside the closures made here. */
export function openProviders(
  config: Config,
  secrets: (name: string) => string | undefined,
  fetcher: typeof fetch,
): Map<string, Provider> {
  const entries = Object.entries(config.providers ?? {})
  return new Map(entries.map(([id, entry]) => [id, openProvider(id, entry, secrets, fetcher)]))
}

function openProvider(
  id: string,
  entry: Entry,
  secrets: (name: string) => string | undefined,
  fetcher: typeof fetch,
): Provider {
  const vendor = vendors.find((known) => known.id === id) ?? compatible
  const baseUrl = (entry.baseUrl ?? vendor.baseUrl ?? '').replace(/\/+$/, '')
  const resolve = (value: string): string | undefined =>
    value.startsWith('$') ? secrets(value.slice(1)) : value
  const keys = (entry.apiKey === undefined ? [] : [entry.apiKey].flat()).flatMap(
    (name) => resolve(name) ?? [],
  )
  const extra = Object.fromEntries(
    Object.entries(entry.headers ?? {}).map(([name, value]) => [name, resolve(value) ?? '']),
  )
  const keyring = openKeyring(keys)

  const post = (
    wire: WireRequest,
    { signal, requestId }: SendOptions,
    key: string | undefined,
  ): Promise<Response> =>
    fetcher(`${baseUrl}${wire.path}`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: wire.body['stream'] === true ? 'text/event-stream' : 'application/json',
        'x-request-id': requestId,
        ...(key === undefined ? {} : vendor.authorize(key)),
        ...extra,
      },
      body: JSON.stringify(wire.body),
      redirect: 'manual', // a redirect would carry the key to another host
      signal,
    })

  return {
    id,
    dialect: vendor.dialect,
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
