// Pictures and documents that a client only points at, fetched for vendors that want their bytes. A client writes the
// address, so it is guarded: public hosts, few redirects, little time, bounded bytes, and only what it claims to be.
import { joined } from '../../shared/bytes.ts'
import { Failed, failureOf } from '../../shared/failure.ts'
import type { Message, ModelRequest, Part } from '../../shared/request.ts'
import type { Cx } from '../service.ts'
import type { Media } from './call.ts'
import { isAllowed, objectionTo } from './reachable.ts'
import { allows, typeOf } from './sniff.ts'

const MEGABYTE = 1024 * 1024
const REDIRECTS = 3

export interface MediaOptions {
  /** Should reach public addresses only, whatever a name resolves to. */
  readonly fetcher: typeof fetch
  /** Reaches what `allowHosts` names; `fetcher` unless given. */
  readonly nearby?: typeof fetch
  /** `host:port` that the operator lets clients name although they are private. */
  readonly allowHosts?: readonly string[]
  readonly eachBytes?: number
  readonly totalBytes?: number
  readonly limitMs?: number
  /** Different addresses in one request. */
  readonly most?: number
}

type Kind = 'image' | 'file'

interface Limits {
  readonly fetcher: typeof fetch
  readonly nearby: typeof fetch
  readonly allowHosts: ReadonlySet<string>
  readonly eachBytes: number
  readonly limitMs: number
  readonly signal: AbortSignal
  /** What is left for all of them together. */
  readonly room: { bytes: number }
}

/**
 * Resolves with the request in which every address has become a `data:` URL, fetched once however often the request is
 * tried. One attempt that is given up must not spoil it for the others, so the work has a clock of its own.
 */
export function openMedia(options: MediaOptions): Media {
  const {
    fetcher,
    nearby = fetcher,
    eachBytes = 10 * MEGABYTE,
    totalBytes = 20 * MEGABYTE,
    limitMs = 10_000,
    most = 20,
  } = options
  const allowHosts = new Set(options.allowHosts)
  const fetched = new WeakMap<ModelRequest, Promise<ModelRequest>>() // a cache, bounded by the requests that live

  const fetchAll = async (
    request: ModelRequest,
    addresses: ReadonlyMap<string, Kind>,
  ): Promise<ModelRequest> => {
    const limits = {
      fetcher,
      nearby,
      allowHosts,
      eachBytes,
      limitMs,
      signal: AbortSignal.timeout(limitMs),
      room: { bytes: totalBytes },
    }
    const found = await Promise.all(
      Array.from(addresses, async ([url, kind]) => [url, await fetchOne(url, kind, limits)] as const),
    )
    return { ...request, messages: replaced(request.messages, new Map(found)) }
  }

  return (request, cx) => {
    const addresses = addressesIn(request.messages)
    if (addresses.size === 0) return Promise.resolve(request)
    if (addresses.size > most) {
      const message = `The request points at ${addresses.size} pictures and documents; at most ${most} are fetched. Send the others as data: addresses.`
      return Promise.reject(invalid(message))
    }
    if (cx.signal.aborted) return Promise.reject(failureIn(cx.signal))
    const known = fetched.get(request)
    if (known !== undefined) return waitFor(known, cx)
    const work = fetchAll(request, addresses)
    fetched.set(request, work)
    work.catch(() => fetched.delete(request)) // another attempt may have more luck
    return waitFor(work, cx)
  }
}

/** The reason is a `Failed`, says the contract of `Cx`; anything else becomes one. */
const failureIn = (signal: AbortSignal): Failed => new Failed(failureOf(signal.reason))

/** The work goes on for others when this attempt is given up. */
function waitFor<T>(work: Promise<T>, { signal }: Pick<Cx, 'signal'>): Promise<T> {
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(failureIn(signal))
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

const pointsAway = (part: Part): part is Extract<Part, { type: Kind }> & { readonly url: string } =>
  (part.type === 'image' || part.type === 'file') && /^https?:/i.test(part.url ?? '')

/** Every address once. What stands as a picture somewhere must be one. */
function addressesIn(messages: readonly Message[]): ReadonlyMap<string, Kind> {
  const addresses = new Map<string, Kind>()
  for (const part of messages.flatMap((message) => message.parts)) {
    if (pointsAway(part) && addresses.get(part.url) !== 'image') addresses.set(part.url, part.type)
  }
  return addresses
}

/** A message that has changed is no longer as its dialect had it, nor are those that the dialect had in one with it. */
function replaced(messages: readonly Message[], found: ReadonlyMap<string, string>): readonly Message[] {
  const starts = messages.map((message, at) => (message.native?.value === null ? -1 : at))
  const groupOf = (at: number): number => starts.findLast((start, index) => index <= at && start >= 0) ?? at
  const changed = new Set(
    messages.flatMap((message, at) => (message.parts.some(pointsAway) ? [groupOf(at)] : [])),
  )
  return messages.map((message, at) => {
    if (!changed.has(groupOf(at))) return message
    const { native: _, ...rest } = message
    return {
      ...rest,
      parts: rest.parts.map((part) =>
        pointsAway(part) ? { ...part, url: found.get(part.url) ?? part.url } : part,
      ),
    }
  })
}

async function fetchOne(address: string, kind: Kind, limits: Limits): Promise<string> {
  const failed = (what: string): Failed =>
    invalid(
      `The ${kind === 'image' ? 'picture' : 'document'} at ${shown(address)} cannot be used: ${what} Send its bytes as a data: address, or another address.`,
    )
  try {
    const response = await follow(address, limits, failed)
    const declared = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? ''
    if (!allows(kind, declared)) {
      await response.body?.cancel()
      throw failed(
        `it says that it is of another type than ${kind === 'image' ? 'PNG, JPEG, WebP or GIF' : 'PDF, text, PNG, JPEG, WebP or GIF'}.`,
      )
    }
    const bytes = await readBytes(response, limits, failed)
    const type = typeOf(bytes, declared)
    if (type === undefined || !allows(kind, type)) throw failed('its bytes are not what it says it is.')
    return `data:${type};base64,${base64(bytes)}`
  } catch (error) {
    if (error instanceof Failed) throw error
    if (limits.signal.aborted) throw failed(`it did not come within ${limits.limitMs / 1000} seconds.`)
    throw failed('it could not be reached.')
  }
}

type Fail = (what: string) => Failed

/** Redirects are followed by hand, because each may lead where the first address could not. */
async function follow(
  address: string,
  { fetcher, nearby, allowHosts, signal }: Limits,
  failed: Fail,
): Promise<Response> {
  let url = URL.parse(address)
  for (let hops = 0; hops <= REDIRECTS; hops += 1) {
    if (url === null)
      throw failed(hops === 0 ? 'it is not an address.' : 'it leads to something that is not an address.')
    const objection = objectionTo(url, allowHosts)
    if (objection !== undefined)
      throw failed(hops === 0 ? `it ${objection}.` : `it leads to an address that ${objection}.`)
    const response = await (isAllowed(url, allowHosts) ? nearby : fetcher)(url.href, {
      headers: { accept: 'image/*, application/pdf, text/*', 'user-agent': 'minnow' },
      redirect: 'manual',
      signal,
    })
    const location = response.headers.get('location')
    const isRedirect = [301, 302, 303, 307, 308].includes(response.status) && location !== null
    if (response.ok) return response
    await response.body?.cancel()
    if (!isRedirect) throw failed(`its host answered with status ${response.status}.`)
    url = URL.parse(location, url)
  }
  throw failed(`it leads on more than ${REDIRECTS} times.`)
}

async function readBytes(response: Response, { eachBytes, room }: Limits, failed: Fail): Promise<Uint8Array> {
  const tooLarge = (): Failed => failed(`it is larger than ${inMegabytes(eachBytes)} MB.`)
  const { body } = response
  if (body === null) throw failed('it is empty.')
  if (Number(response.headers.get('content-length') ?? 0) > eachBytes) {
    await body.cancel()
    throw tooLarge()
  }
  const reader = body.getReader()
  const parts: Uint8Array[] = []
  let length = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value)
    length += value.byteLength
    room.bytes -= value.byteLength
    if (length > eachBytes || room.bytes < 0) {
      await reader.cancel()
      throw length > eachBytes ? tooLarge() : failed('all of them together are too large.')
    }
  }
  if (length === 0) throw failed('it is empty.')
  return joined(parts)
}

const inMegabytes = (bytes: number): number => Math.round((bytes / MEGABYTE) * 10) / 10

const invalid = (message: string): Failed =>
  new Failed({ kind: 'invalid-request', message, code: 'invalid_media' })

const SHOWN_CHARS = 200

/** The address as its writer knows it, without what only it may know. */
const shown = (address: string): string => address.replace(/\/\/[^/?#]*@/, '//').slice(0, SHOWN_CHARS)

/** A multiple of three, so that the pieces of base64 fit together. */
const PIECE_BYTES = 24_573

function base64(bytes: Uint8Array): string {
  let text = ''
  for (let from = 0; from < bytes.byteLength; from += PIECE_BYTES) {
    text += btoa(String.fromCharCode(...bytes.subarray(from, from + PIECE_BYTES)))
  }
  return text
}
