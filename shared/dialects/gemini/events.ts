// Google's streams: chunks of an answer, each a response of its own, read into events. Pure.
// There is no end marker: an answer is whole when every candidate has a finish reason.
// Source: https://ai.google.dev/api/generate-content#GenerateContentResponse
import { clean } from '../../clean.ts'
import type { EventReader } from '../../dialect.ts'
import type { FinishReason, ModelEvent, Piece } from '../../event.ts'
import { type Fields, isFields, listOf, parse, text } from '../../fields.ts'
import type { Frame } from '../../sse.ts'
import { readInlineFailure } from './failure.ts'
import { readLogprobs } from './logprobs.ts'
import { DIALECT } from './names.ts'
import { isBroken, readReason } from './reasons.ts'
import { readPart } from './parts.ts'
import { readTier, readUsage } from './usage.ts'

interface Said {
  readonly reason?: FinishReason
  readonly calls: number
}

export function readEvents(choices = 1): EventReader {
  const said = new Map<number, Said>()
  let id = ''
  let ended = 0
  let started = false
  let over = false
  let metadata: Fields | undefined

  // Candidates may come one after the other: between two of them nothing is open, but the answer is not complete.
  const complete = (): boolean => ended >= choices && ended === said.size

  const stop = (event: ModelEvent): ModelEvent => {
    over = true
    return event
  }

  const finish = (): ModelEvent => {
    const usage = readUsage(metadata)
    const serviceTier = metadata === undefined ? undefined : readTier(metadata)
    return stop({
      type: 'finish',
      reason: said.get(0)?.reason ?? [...said.values()][0]?.reason ?? 'other',
      ...(usage === undefined ? {} : { usage }),
      ...(serviceTier === undefined ? {} : { serviceTier }),
    })
  }

  const fail = (reason: string): ModelEvent => stop({ type: 'error', failure: { kind: 'malformed', reason } })

  const broken = (raw: string): ModelEvent => fail(`finish reason ${raw}`)

  const readCandidate = (candidate: Fields): ModelEvent[] => {
    const index = typeof candidate['index'] === 'number' ? candidate['index'] : 0
    const known = said.get(index) ?? { calls: 0 }
    const raw = text(candidate['finishReason'])
    if (known.reason !== undefined) return isBroken(raw) ? [broken(raw)] : [] // the rest is none of its answer
    const content = isFields(candidate['content']) ? candidate['content'] : {}
    const parts = listOf(content['parts']).filter(isFields)
    let { calls } = known
    const events = parts.flatMap((part) => {
      const some = readPart(part, { index, call: calls, replyId: id })
      calls += some.filter(({ type }) => type === 'tool-start').length
      return some
    })
    const logprobs = candidate['logprobsResult']
    if (isFields(logprobs)) events.push({ type: 'logprobs', index, value: readLogprobs(logprobs) })
    if (isBroken(raw)) return [...events, broken(raw)]
    const isEnd = raw !== '' && raw !== 'FINISH_REASON_UNSPECIFIED'
    const reason = isEnd ? readReason(raw, calls > 0) : undefined
    said.set(index, { calls, ...(reason === undefined ? {} : { reason }) })
    if (reason === undefined) return events
    ended += 1
    return [...events, { type: 'choice-end', index, reason, raw }]
  }

  const readChunk = (chunk: Fields): ModelEvent[] => {
    if (chunk['error'] !== undefined && chunk['error'] !== null) {
      return [stop({ type: 'error', failure: readInlineFailure(chunk['error']) })]
    }
    const candidates = listOf(chunk['candidates']).filter(isFields)
    const blocked = blockOf(chunk['promptFeedback'])
    if (blocked !== undefined && candidates.length === 0) return [stop({ type: 'error', failure: blocked })]
    if (isFields(chunk['usageMetadata'])) metadata = { ...metadata, ...chunk['usageMetadata'] } // cumulative: the last says all
    if (candidates.length === 0 && !isFields(chunk['usageMetadata'])) return []
    id ||= text(chunk['responseId'])
    const events: ModelEvent[] = []
    for (const candidate of candidates) if (!over) events.push(...readCandidate(candidate))
    if (started || events[0]?.type === 'error') return events // an answer that begins with an error has not begun
    started = true
    return [{ type: 'start', id, model: text(chunk['modelVersion']), createdAt: timeOf(chunk) }, ...events]
  }

  return {
    get complete() {
      return complete()
    },
    read(frame: Frame): Piece {
      if (over || frame.data === '') return { events: [] }
      const value = parse(frame.data)
      // One unreadable event among good ones is skipped: the text around it is still the answer.
      if (!isFields(value)) return { events: [] }
      const events = readChunk(value)
      return { events, native: { dialect: DIALECT, text: frame.data, value } }
    },
    close(): Piece {
      if (over) return { events: [] }
      if (complete()) return { events: [finish()] }
      return {
        events: [
          fail(said.size > 0 ? 'the stream ended without a finish reason' : 'the stream held no answer'),
        ],
      }
    },
  }
}

/** Only Vertex AI says when. */
const timeOf = (chunk: Fields): number => {
  const time = Date.parse(text(chunk['createTime']))
  return Number.isNaN(time) ? 0 : time
}

/** A prompt that was blocked has no candidates at all, in a 200. */
function blockOf(feedback: unknown): Extract<ModelEvent, { type: 'error' }>['failure'] | undefined {
  const reason = isFields(feedback) ? text(feedback['blockReason']) : ''
  if (reason === '') return undefined
  const message = `The provider blocked the prompt: ${clean(reason)}.`
  return { kind: 'refused', status: 400, message, code: 'content_filter' }
}
