// What a client saw of one answer, noted without believing any of it: the wire taken apart, and whatever was odd about it.
import { type Fields, pick } from '../client.ts'

export interface ToldCall {
  readonly id: string | undefined
  readonly name: string
  readonly json: string
}

/** How it came to an end: properly closed, the connection lost, the client out of patience, the client gone. */
export type Close = 'closed' | 'broken' | 'hung' | 'left'

export interface Transcript {
  readonly requestId: string
  /** Undefined where not even a head came. */
  readonly status: number | undefined
  readonly headers: Readonly<Record<string, string>>
  /** All of the body as it came. */
  readonly raw: string
  readonly said: string
  readonly calls: readonly ToldCall[]
  readonly finishes: readonly string[]
  readonly ids: readonly string[]
  readonly models: readonly string[]
  /** The body of the refusal, or of the error event. */
  readonly error: unknown
  /** Something was said after the error. */
  readonly wentOn: boolean
  readonly isDone: boolean
  readonly isStream: boolean
  readonly usage: unknown
  /** What no client could read. */
  readonly garbled: string | undefined
  readonly close: Close
  readonly startedAt: number
  readonly endedAt: number
}

export interface Listening {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: Fields
  readonly requestId: string
  readonly patienceMs: number
  /** Leaves after so many events. */
  readonly leaveAfter?: number
}

/** Sends a request and listens to the end, to the last of its patience, or until it is told to leave. Never throws. */
export async function listen(listening: Listening): Promise<Transcript> {
  const startedAt = Date.now()
  const leaving = new AbortController()
  let why: Close | undefined
  const leave = (close: Close): void => {
    why ??= close
    leaving.abort()
  }
  const timer = setTimeout(() => leave('hung'), listening.patienceMs)
  const decoder = new TextDecoder() // what is no UTF-8 shows as replacement characters, which no answer of ours has
  let raw = ''
  let response: Response | undefined
  try {
    response = await fetch(listening.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...listening.headers },
      body: JSON.stringify(listening.body),
      signal: leaving.signal,
    })
    for await (const bytes of response.body ?? []) {
      raw += decoder.decode(bytes, { stream: true })
      if (listening.leaveAfter !== undefined && eventsIn(raw) >= listening.leaveAfter) leave('left')
    }
    raw += decoder.decode()
    why ??= 'closed'
  } catch {
    why ??= 'broken' // fetch rejects where the connection did not end as it should
  } finally {
    clearTimeout(timer)
  }
  const head = { status: response?.status, headers: Object.fromEntries(response?.headers ?? []) }
  const times = { requestId: listening.requestId, startedAt, endedAt: Date.now() }
  return { ...head, ...times, raw, close: why, ...read(raw, head.headers['content-type'] ?? '') }
}

const eventsIn = (raw: string): number => raw.split(/\r\n\r\n|\n\n/).length - 1

type Read = Omit<Transcript, 'requestId' | 'status' | 'headers' | 'raw' | 'close' | 'startedAt' | 'endedAt'>

/** What a body says to a client of chat completions, streamed or whole. Pure. */
export function read(raw: string, contentType: string): Read {
  const isStream = contentType.startsWith('text/event-stream')
  const { data, torn } = isStream ? dataOf(raw) : { data: raw === '' ? [] : [raw], torn: undefined }
  const chunks: Fields[] = []
  let garbled = torn
  for (const line of data) {
    if (line === '[DONE]') continue
    const value = parse(line)
    if (value === undefined) garbled ??= `no JSON: ${line.slice(0, 60)}`
    else chunks.push(value)
  }
  if (raw.includes('\uFFFD')) garbled ??= 'a character was cut in two'
  const choices = chunks.map((chunk) => pick(chunk, 'choices', 0))
  const deltas = choices.map((choice) => pick(choice, 'delta') ?? pick(choice, 'message'))
  const at = chunks.findIndex((chunk) => isError(chunk))
  const error = at === -1 ? undefined : (chunks[at]?.['error'] ?? chunks[at])
  return {
    said: deltas.map((delta) => textOf(pick(delta, 'content'))).join(''),
    calls: callsIn(deltas),
    finishes: texts(choices.map((choice) => pick(choice, 'finish_reason'))),
    ids: [...new Set(texts(chunks.map((chunk) => chunk['id'])))],
    models: [...new Set(texts(chunks.map((chunk) => chunk['model'])))],
    error,
    wentOn: at !== -1 && at < chunks.length - 1,
    isDone: isStream ? data.at(-1) === '[DONE]' : at === -1,
    isStream,
    usage: chunks.map((chunk) => chunk['usage']).findLast((usage) => usage !== undefined && usage !== null),
    garbled,
  }
}

const isError = (chunk: Fields): boolean =>
  (chunk['error'] !== undefined && chunk['error'] !== null) ||
  chunk['type'] === 'error' ||
  chunk['status'] === 'failure'

/** Comments and empty frames are legal anywhere; a frame that the connection's end tore apart is not. */
function dataOf(raw: string): { readonly data: readonly string[]; readonly torn: string | undefined } {
  const frames = raw.replace(/^\uFEFF/, '').split(/\r\n\r\n|\n\n|\r\r/)
  const rest = frames.pop() ?? ''
  const data = frames.flatMap((frame) => {
    const lines = frame.split(/\r\n|\n|\r/).filter((line) => line.startsWith('data:'))
    return lines.length === 0 ? [] : [lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n')]
  })
  return { data, torn: rest.trim() === '' ? undefined : `ended inside an event: ${rest.slice(0, 60)}` }
}

function callsIn(deltas: readonly unknown[]): readonly ToldCall[] {
  const calls = new Map<number, ToldCall>()
  for (const delta of deltas) {
    const entries = pick(delta, 'tool_calls')
    for (const [position, entry] of (Array.isArray(entries) ? entries : []).entries()) {
      const index = Number(pick(entry, 'index') ?? position)
      const before = calls.get(index) ?? { id: undefined, name: '', json: '' }
      const id = pick(entry, 'id')
      calls.set(index, {
        id: before.id ?? (typeof id === 'string' ? id : undefined),
        name: before.name + textOf(pick(entry, 'function', 'name')),
        json: before.json + textOf(pick(entry, 'function', 'arguments')),
      })
    }
  }
  return [...calls.values()]
}

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '')

const texts = (values: readonly unknown[]): readonly string[] =>
  values.filter((value) => typeof value === 'string' && value !== '').map(String)

function parse(line: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(line)
    return typeof value === 'object' && value !== null ? (value as Fields) : undefined
  } catch {
    return undefined // noted by who asked
  }
}
