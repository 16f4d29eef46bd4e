// Asks a model one question on the ordinary way, and measures the answer.
import { isContent } from '../../shared/event.ts'
import { type Failed, failureOf, type Failure } from '../../shared/failure.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Usage } from '../../shared/usage.ts'
import type { Caller, Cx } from '../service.ts'
import type { Serve } from './house.ts'

/** Whose requests these are, in receipts and rows. It has no budget of its own: every call is covered beforehand. */
export const REBENCH_CALLER: Caller = { keyId: 'rebench', name: 'rebench', budgets: [] }

export interface Question {
  readonly id: string
  readonly model: string
  readonly prompt: string
  readonly maxOutput: number
  /** The worst case, which is also the most that it may cost. */
  readonly worstMicros: number
}

export interface Told {
  readonly text: string
  /** From the question to the first content, and to the end; milliseconds. */
  readonly firstMs: number | undefined
  readonly totalMs: number
  readonly usage: Usage | undefined
  readonly costMicros: number
  readonly failure: Failure | undefined
}

/** The text of an answer of any use is shorter; what is longer is not kept. */
const MOST_CHARS = 64_000

export const requestOf = ({ model, prompt, maxOutput, worstMicros }: Question): ModelRequest => ({
  model,
  messages: [{ role: 'user', parts: [{ type: 'text', text: prompt }] }],
  tools: [],
  stream: true,
  streamUsage: true,
  choices: 1,
  format: { type: 'text' },
  sampling: { temperature: 0 },
  limits: { maxOutput, maxCostMicros: worstMicros },
  tenant: REBENCH_CALLER.keyId,
  rescue: false,
  native: { dialect: 'rebench', body: {} },
})

/** Never throws: what went wrong is part of what is found out. */
export async function ask(serve: Serve, question: Question, defer: Cx['defer']): Promise<Told> {
  const controller = new AbortController()
  const abort = (reason: Failed): void => controller.abort(reason)
  const cx: Cx = { id: question.id, signal: controller.signal, now: Date.now, defer }
  const startedAt = Date.now()
  let [text, firstMs]: [string, number | undefined] = ['', undefined]
  const told = (more: Partial<Told>): Told => ({
    text,
    firstMs,
    totalMs: Date.now() - startedAt,
    usage: undefined,
    costMicros: question.worstMicros, // until somebody says what it was
    failure: undefined,
    ...more,
  })
  try {
    const served = await serve({ caller: REBENCH_CALLER, request: requestOf(question) }, cx, abort)
    let end: Partial<Told> = { failure: { kind: 'malformed', reason: 'it has no end' } }
    for await (const batch of served.answer.batches) {
      for (const event of batch.flatMap(({ events }) => events)) {
        if (isContent(event)) firstMs ??= Date.now() - startedAt
        if (event.type === 'text-delta' && text.length < MOST_CHARS) text += event.text
        if (event.type === 'error') end = { failure: event.failure }
        if (event.type === 'finish')
          end = { usage: event.usage, costMicros: event.costMicros ?? question.worstMicros }
      }
    }
    return told(end)
  } catch (error) {
    const failure = failureOf(error)
    return told({ failure, ...(isUnsent(failure) ? { costMicros: 0 } : {}) })
  }
}

/** Nobody bills these: the model was not reached, or said so before it began. */
function isUnsent(failure: Failure): boolean {
  const { kind } = failure
  if (kind === 'exhausted')
    return isUnsent(failure.last) && failure.attempts.every(({ reason }) => FREE.has(reason))
  return FREE.has(kind)
}

const FREE: ReadonlySet<string> = new Set<Failure['kind']>([
  'invalid-request',
  'no-route',
  'over-budget',
  'rate-limited',
  'overloaded',
  'credentials',
  'unreachable',
  'rejected',
  'refused',
  'context-length',
  'unsupported',
  'unavailable',
])

/** The failure behind those that only say that all was tried. */
export const causeOf = (failure: Failure): Failure =>
  failure.kind === 'exhausted' ? causeOf(failure.last) : failure
