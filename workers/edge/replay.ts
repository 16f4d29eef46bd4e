// Requests whose answers are kept: those that may be asked again without being run again, and streams whose clients may
// come back for the rest.
import type { ClientDialect } from '../../shared/dialect.ts'
import { Failed } from '../../shared/failure.ts'
import { sealTrouble } from '../../shared/seal.ts'
import { invalid } from '../../shared/mistake.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { digestOf } from '../digest.ts'
import { fingerprintOf } from '../replay/fingerprint.ts'
import { type Mark, newStream, objectOf, readMark, repeatObject } from '../replay/names.ts'
import type { Answered, Cancelled, Task } from '../replay/object.ts'
import type { Caller, Cx } from '../service.ts'
import { type Framing, relay } from './relay.ts'

/** What is asked of the object; the real one is a Durable Object named by key and object. */
export interface Replay {
  ask(task: Task): Promise<Answered>
  resume(stream: string, address: string, afterEvent: number): Promise<Answered>
  cancel(stream: string | undefined, address: string): Promise<Cancelled>
  erase(): Promise<void>
}

/** What is kept for all keys; a key's own is named with its id, so that two keys never meet. */
export type Replays = (keyId: string, object: string) => Replay

export interface Keeping {
  readonly replays: Replays
  /** Every stream is kept, whether its client asks for it or not. */
  readonly resumable: boolean
  readonly keepMs: number
  readonly idempotencyMs: number
  readonly keepAliveMs: number
}

/** Who asks, where, in which dialect. */
export interface Place {
  readonly caller: Caller
  readonly cx: Cx
  readonly headers: Headers
  readonly dialect: ClientDialect
  readonly address: string
}

export interface Question extends Place {
  readonly request: ModelRequest
  /** The body as it came. */
  readonly body: unknown
  /** Rejects where the key was revoked meanwhile. */
  readonly confirmed?: Promise<void> | undefined
}

const KEY = 'idempotency-key'
const RESUMABLE = 'x-minnow-resumable'
const ASK = 'try again shortly.'
const REPEAT = `send it again with the same '${KEY}': it will not be run twice.`

/** Answers through an object, where the answer is to be kept; undefined where it is not. */
export async function askKept(house: Keeping, question: Question): Promise<Response | undefined> {
  const { request, body, caller, cx, headers, dialect, address } = question
  const key = keyIn(headers)
  if (key === undefined && !isResumable(house, question)) return undefined
  await question.confirmed // the object goes on by itself, whoever leaves
  const framing = framingOf(request)
  const object = key === undefined ? newStream() : repeatObject(await digestOf(`${address}\n${key}`))
  const task: Task = {
    object,
    address,
    headers: Object.fromEntries([...headers].filter(([name]) => isTold(name, dialect))),
    body: JSON.stringify(body),
    caller,
    requestId: cx.id,
    fingerprint: key === undefined ? '' : await fingerprintOf(address, body),
    unit: framing === 'events' ? 'events' : 'any',
    keepMs: key === undefined ? house.keepMs : house.idempotencyMs,
    brokenMs: house.keepMs,
  }
  const answered = await reached(
    house.replays(caller.keyId, object).ask(task),
    key === undefined ? ASK : REPEAT,
  )
  return tell(house, question, answered, framing)
}

/** Where a client that lost its connection wants to go on; undefined for one that asks anew. */
export function markIn(headers: Headers): Mark | undefined {
  const id = headers.get('last-event-id') ?? ''
  if (id === '') return undefined
  const mark = readMark(id)
  if (mark === undefined)
    throw invalid("Invalid 'last-event-id': send the id of the last event that came.", 'last-event-id')
  return mark
}

/** The rest of a stream. */
export async function resume(house: Keeping, place: Place, { stream, event }: Mark): Promise<Response> {
  const found = await find(house, place, { stream, event })
  if (found === undefined) throw gone()
  return found
}

/** As above, for who knows of other places to look; undefined where it is not kept here. */
export async function find(
  house: Keeping,
  place: Place,
  { stream, event }: Mark,
): Promise<Response | undefined> {
  const object = objectOf(stream)
  if (object === undefined) return undefined
  const replay = house.replays(place.caller.keyId, object)
  const answered = await reached(replay.resume(stream, place.address, event), ASK)
  if (!answered.ok && answered.why === 'missing') return undefined
  return tell(house, place, answered, 'events')
}

/** `POST <address>/cancel`: ends an answer that is kept, named as it was asked for or by an event of it. */
export async function cancel(house: Keeping, { caller, headers, address }: Place): Promise<Response> {
  const mark = markIn(headers)
  const key = keyIn(headers)
  if (mark === undefined && key === undefined)
    throw invalid(
      `What is to be cancelled? Send the '${KEY}' of the request, or the id of an event of its stream as 'last-event-id'.`,
      KEY,
    )
  const object =
    mark === undefined ? repeatObject(await digestOf(`${address}\n${key}`)) : objectOf(mark.stream)
  const status =
    object === undefined
      ? undefined
      : await reached(house.replays(caller.keyId, object).cancel(mark?.stream, address), ASK)
  if (status === undefined) throw gone()
  return Response.json({ object: 'cancellation', status })
}

export const gone = (): Failed =>
  new Failed({
    kind: 'not-found',
    code: 'stream_not_found',
    param: 'last-event-id',
    message:
      `The stream of this 'last-event-id' is not kept here, or not any more. Nothing was asked again. Leave the header out ` +
      `to ask anew, with '${RESUMABLE}: true' for a stream that can be resumed.`,
  })

/** What the run must know; no credentials. */
const isTold = (name: string, { passHeaders = [] }: ClientDialect): boolean =>
  name.startsWith('x-minnow-') || passHeaders.includes(name)

function keyIn(headers: Headers): string | undefined {
  const key = headers.get(KEY)
  if (key === null) return undefined
  if (/^[\x20-\x7e]{1,255}$/.test(key)) return key
  throw invalid(`Invalid '${KEY}': 1 to 255 printable characters are expected.`, KEY)
}

function isResumable(house: Keeping, { request, headers, dialect }: Question): boolean {
  const header = headers.get(RESUMABLE)
  if (header !== null && header !== 'true' && header !== 'false')
    throw invalid(`Invalid '${RESUMABLE}': true or false is expected.`, RESUMABLE)
  const wish = request.resumable ?? (header === null ? undefined : header === 'true')
  // A whole reply has no rest, and a response in the background is kept by its thread.
  if (!request.stream || request.response?.background === true) return false
  if (dialect.bareEvents !== true) return wish ?? house.resumable
  if (wish !== true) return false
  throw invalid(
    `Invalid '${RESUMABLE}': the events of this API have no ids, so its streams cannot be resumed. An '${KEY}' lets you ask again.`,
    RESUMABLE,
  )
}

const framingOf = ({ stream, native }: ModelRequest): Framing => {
  if (!stream) return 'whole'
  return native.framing === 'array' ? 'array' : 'events'
}

const reached = <T>(call: Promise<T>, advice: string): Promise<T> =>
  call.catch((error: unknown) => {
    const what = 'What keeps this answer'
    throw sealTrouble(error) ?? new Failed({ kind: 'unavailable', what, advice, retryAfterMs: 1_000 })
  })

function tell(
  house: Keeping,
  { dialect, cx }: Place,
  answered: Answered,
  framing: Framing,
): Promise<Response> {
  if (!answered.ok) throw refusalOf(answered.why)
  const { status, body, isReplay } = answered
  const headers = new Headers(answered.headers)
  if (isReplay) headers.set('x-minnow-replay', 'true')
  const { keepAliveMs } = house
  const isAnswer = status < 300
  return relay({
    status,
    headers,
    body,
    framing: isAnswer ? framing : 'whole',
    dialect,
    requestId: headers.get('x-request-id') ?? cx.id,
    keepAliveMs,
    now: cx.now,
  })
}

function refusalOf(why: Extract<Answered, { ok: false }>['why']): Failed {
  switch (why) {
    case 'cancelled':
      return new Failed({ kind: 'cancelled' })
    case 'missing':
      return gone()
    case 'lost':
      return new Failed({ kind: 'lost' })
    case 'reused':
      return new Failed({
        kind: 'rejected',
        status: 422,
        code: 'idempotency_key_reused',
        param: KEY,
        message: `This '${KEY}' came before with another body. Send the same body, or another key.`,
      })
  }
}
