// One call to one provider: the request written, sent, and its reply opened up to the head.
import { beginningOf, isUnderWay } from '../../shared/beginning.ts'
import { Failed, failureOf } from '../../shared/failure.ts'
import type { VendorDialect, WireRequest, WireTarget } from '../../shared/dialect.ts'
import type { Batch, Piece } from '../../shared/event.ts'
import type { Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import { type Answer, type Cx, healthKey, type Provider, type SendOptions, type Service } from '../service.ts'
import { proxied } from '../../shared/dialects/proxied/index.ts'
import { type Conceal, concealFailure, concealing, concealPiece } from './conceal.ts'
import { readStream } from './frames.ts'
import { inParts } from './inputs.ts'
import { explaining, readErrorText } from './refusal.ts'
import { openRepeats } from './repeats.ts'
import { openUnsure, refusesThem } from './unsure.ts'
import { readText } from './text.ts'

/** A whole reply larger than this would not fit beside others in an isolate. */
const REPLY_BYTES = 32 * 1024 * 1024
/** What a provider calls a stream: server-sent events, or the binary messages of Amazon's services. */
const STREAMS = /\btext\/event-stream\b|\bapplication\/vnd\.amazon\.eventstream\b/i

export interface ProviderCall {
  readonly request: ModelRequest
  readonly target: Target
  readonly escalate: boolean
  readonly onHead?: (headMs: number, status: number) => void
  readonly onWhole?: () => void
}

/** Resolves with the request in which every address of a picture or document has become its bytes. */
export type Media = (request: ModelRequest, cx: Cx) => Promise<ModelRequest>

type Find = (id: string) => Provider | undefined

/** Calls a target, as often as its vendor makes of what was asked. */
export const callProvider = (find: Find, media: Media): Service<ProviderCall, Answer> =>
  inParts(callOnce(find, media), ({ request, target }) =>
    request.embedding === undefined
      ? undefined
      : find(target.provider)?.embeddings?.maxInputs?.(target.model),
  )

const callOnce = (find: Find, media: Media): Service<ProviderCall, Answer> => {
  const repeats = openRepeats()
  const unsure = openUnsure()

  /** The target, with what its writer must know where its vendor keeps what is marked. */
  const markable = async (
    { promptCache }: Provider,
    { marksPrompts }: VendorDialect,
    request: ModelRequest,
    target: Target,
    cx: Cx,
  ): Promise<WireTarget> => {
    if (marksPrompts !== true) return target
    if (promptCache === false) return { ...target, marking: 'none' }
    const isAlone = (request.conversation ?? request.thread) === undefined && !isUnderWay(request)
    const isRepeated = isAlone && (await repeats.note(request, healthKey(target), cx.now()))
    return isRepeated ? { ...target, marking: 'repeats' } : target
  }

  const call: Service<ProviderCall, Answer> = async (asked, cx) => {
    const { request, target, escalate, onHead, onWhole } = asked
    const provider = find(target.provider)
    if (provider === undefined)
      throw new Failed({
        kind: 'internal',
        message: `provider ${target.provider} vanished from the configuration`,
      })
    const startedAt = cx.now()
    const dialect = wireOf(provider, request, target)
    const isForeign = request.native.dialect !== dialect.id
    const isInlined = dialect.inlineMedia === true || (dialect.inlineMedia === 'foreign' && isForeign)
    const plain = isInlined ? await media(request, cx) : request
    const mayAsk =
      request.sureness === true &&
      provider.saysSureness?.(target.model) === true &&
      !unsure.has(healthKey(target), startedAt)
    const surer = mayAsk ? dialect.sureness?.ask(plain) : undefined
    const sent = surer ?? plain
    const wire = dialect.writeRequest(sent, await markable(provider, dialect, request, target, cx))
    // What only we have asked for is nobody's loss.
    const dropped = droppedOf(request, wire, dialect).filter(
      (name) => surer === undefined || name !== 'logprobs',
    )
    if (request.requireParameters === true && dropped.length > 0) throw unsupported(target, dropped)
    if (wire.whole === true) onWhole?.()
    const explain = explaining(dialect)
    const response = await guard(
      () =>
        provider.send(wire, {
          requestId: cx.id,
          signal: cx.signal,
          model: target.model,
          explain,
          escalate,
          stream: request.stream,
          ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
          ...whichOf(request),
        }),
      cx.signal,
    )
    const headMs = cx.now() - startedAt
    onHead?.(headMs, response.status)
    if (!response.ok) {
      const text = await readErrorText(response)
      if (surer !== undefined && refusesThem(response.status, text)) {
        unsure.add(healthKey(target), cx.now())
        return call(asked, cx)
      }
      const failure = explain(response, text)
      throw new Failed(concealFailure(failure, provider.conceal))
    }
    return {
      target,
      headMs,
      status: response.status,
      dropped,
      dialect: dialect.id,
      ...(dialect.framing === 'bytes' ? { headers: response.headers } : {}),
      ...(surer === undefined || dialect.sureness === undefined ? {} : { hide: dialect.sureness.hide }),
      batches: await open(response, sent, target, dialect, provider.conceal, cx.signal),
    }
  }
  return call
}

/** Which conversation it belongs to, by its name or by how it began. */
function whichOf(request: ModelRequest): Pick<SendOptions, 'conversation' | 'beginning'> {
  const { conversation = request.thread, embedding, proxied: asked } = request
  if (embedding !== undefined || asked !== undefined) return {}
  if (conversation !== undefined) return { conversation }
  return isUnderWay(request) ? { beginning: beginningOf(request) } : {}
}

/** Fields that only the client's own dialect knows are lost on any other, beside what the wire could not be told. */
function droppedOf(request: ModelRequest, wire: WireRequest, dialect: VendorDialect): readonly string[] {
  const unread = dialect.id === request.native.dialect ? [] : (request.unread ?? [])
  const lost = unread.filter((field) => wire.told?.includes(field) !== true)
  return [...new Set([...lost, ...wire.dropped])]
}

/** The wire on which a target is asked what was asked. Throws `unsupported`, so that another target may have it. */
function wireOf(provider: Provider, request: ModelRequest, target: Target): VendorDialect {
  const { embedding, proxied: asked } = request
  if (asked !== undefined) {
    if (provider.proxied?.includes(asked.endpoint) === true) return proxied
    throw without(target, `has no /v1/${asked.endpoint}`, 'a model whose vendor has it')
  }
  if (embedding === undefined)
    return provider.dialectFor?.(target.model, request.native.dialect) ?? provider.dialect
  if (provider.embeddings !== undefined) return provider.embeddings
  throw without(target, 'makes no embeddings', 'an embedding model, such as one of GET /v1/models')
}

function without(target: Target, lack: string, choice: string): Failed {
  const message = `${target.name} ${lack}. Choose ${choice}.`
  return new Failed({ kind: 'unsupported', message, parameters: ['model'] })
}

function unsupported(target: Target, parameters: readonly string[]): Failed {
  const message = `${target.name} cannot be told ${parameters.map((name) => `'${name}'`).join(', ')}. Leave it out, or choose a model that supports it.`
  return new Failed({ kind: 'unsupported', message, parameters })
}

/** Network errors carry no promise about their text, so they become one plain failure. */
async function guard<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (signal.aborted) throw new Failed(failureOf(signal.reason))
    if (error instanceof Failed) throw error
    throw new Failed({
      kind: 'unreachable',
      reason: 'the connection could not be made or was lost before the answer',
    })
  }
}

async function open(
  response: Response,
  request: ModelRequest,
  target: Target,
  dialect: VendorDialect,
  conceal: Conceal | undefined,
  signal: AbortSignal,
): Promise<AsyncGenerator<Batch, void, undefined>> {
  const { body } = response
  const isStream = STREAMS.test(response.headers.get('content-type') ?? '')
  if (body === null) throw new Failed({ kind: 'malformed', reason: 'an empty body' })
  // Some servers stream without saying so; what was asked for decides unless the reply says JSON.
  if (
    isStream ||
    dialect.framing === 'bytes' ||
    (request.stream && response.headers.get('content-type')?.includes('json') !== true)
  ) {
    const batches = readStream(body, concealing(dialect.readEvents(request.choices, target.model), conceal), {
      ...streamLimits(target, dialect),
      signal,
      framing: dialect.framing ?? 'sse',
    })
    return request.stream || dialect.framing === 'bytes' ? batches : respelled(batches)
  }
  const declaredBytes = Number(response.headers.get('content-length') ?? Number.NaN)
  if (declaredBytes > REPLY_BYTES) {
    await body.cancel()
    throw new Failed({ kind: 'malformed', reason: `a reply of more than ${REPLY_BYTES} bytes` })
  }
  const isSmall = declaredBytes <= REPLY_BYTES // false for NaN: then the bytes are counted as they come
  const text = await guard(() => (isSmall ? response.text() : readText(body, REPLY_BYTES)), signal)
  const pieces = dialect.readReply(text, target.model).map((piece) => concealPiece(piece, conceal))
  return once(request.stream ? pieces.map(spelled) : pieces)
}

/** What is passed on unread is not words: it has no speed in tokens. */
const streamLimits = ({ timeouts }: Target, { framing }: VendorDialect) => ({
  idleMs: timeouts.idleMs,
  floorTokensPerSecond: framing === 'bytes' ? 0 : timeouts.floorTokensPerSecond,
  floorWindowMs: timeouts.floorWindowMs,
})

/**
 * Without what the provider literally sent: a whole reply is no chunk of a stream, and a chunk is no whole reply, so
 * where one came for the other the answer is put into words from its events.
 */
const spelled = ({ events }: Piece): Piece => ({ events })

async function* respelled(
  batches: AsyncGenerator<Batch, void, undefined>,
): AsyncGenerator<Batch, void, undefined> {
  for await (const batch of batches) yield batch.map(spelled)
}

async function* once(batch: Batch): AsyncGenerator<Batch, void, undefined> {
  yield batch
}
