// Sample values for unit tests: each a complete, ordinary one of its kind, with what matters to a test put over it.
import type { Batch, ModelEvent, Piece } from '../../shared/event.ts'
import type { Plan, Target } from '../../shared/plan.ts'
import type { Message, ModelRequest, Part } from '../../shared/request.ts'
import type { Answer, Caller, Cx, HealthView } from '../../workers/service.ts'

export const TIMEOUTS = {
  headMs: 1_000,
  firstTokenMs: 2_000,
  idleMs: 3_000,
  totalMs: 60_000,
  replyMs: 5_000,
  floorTokensPerSecond: 0.5,
  floorWindowMs: 30_000,
}

/** Nothing is known of any target. */
export const soundHealth: HealthView = {
  standing: () => 'up',
  claimProbe: () => true,
  p95Ms: () => undefined,
  measured: () => undefined,
}

export const message = (text: string, role: Message['role'] = 'user'): Message => ({
  role,
  parts: [{ type: 'text', text }],
})

export const messageOf = (...parts: Part[]): Message => ({ role: 'user', parts })

export function requestFor(text: string, over: Partial<ModelRequest> = {}): ModelRequest {
  return {
    model: 'auto',
    messages: [message(text)],
    tools: [],
    stream: true,
    streamUsage: false,
    choices: 1,
    format: { type: 'text' },
    sampling: {},
    limits: {},
    native: { dialect: 'openai-chat', body: { messages: [{ role: 'user', content: text }] } },
    ...over,
  }
}

export const target = (name: string, over: Partial<Target> = {}): Target => ({
  name,
  provider: `${name}-provider`,
  model: `${name}-model`,
  tier: 'fixed',
  timeouts: TIMEOUTS,
  ...over,
})

export const planOf = (names: readonly string[], over: Partial<Plan> = {}): Plan => ({
  route: 'solid',
  targets: names.map((name) => target(name)),
  tier: 'fixed',
  reason: 'order',
  retries: { sameTarget: 1, total: 4 },
  rescue: true,
  ...over,
})

export const callerWith = (over: Partial<Caller> = {}): Caller => ({
  keyId: 'key_1',
  name: 'Ada',
  budgets: [],
  ...over,
})

export interface TestCx extends Cx {
  readonly abort: (reason: Error) => void
  readonly deferred: Promise<unknown>[]
}

export function cxAt(now: () => number = Date.now): TestCx {
  const controller = new AbortController()
  const deferred: Promise<unknown>[] = []
  return {
    id: 'req_1',
    signal: controller.signal,
    now,
    defer: (task) => void deferred.push(task),
    abort: (reason) => controller.abort(reason),
    deferred,
  }
}

export const piece = (...events: ModelEvent[]): Piece => ({ events })

export const START: ModelEvent = {
  type: 'start',
  id: 'chatcmpl-1',
  model: 'big-1',
  createdAt: 1_700_000_000_000,
}

export const say = (text: string, index = 0): ModelEvent => ({ type: 'text-delta', index, text })

export const STOP: readonly ModelEvent[] = [
  { type: 'choice-end', index: 0, reason: 'stop' },
  { type: 'finish', reason: 'stop' },
]

export async function* batchesOf(...batches: Batch[]): AsyncGenerator<Batch, void, undefined> {
  yield* batches
}

export function answerOf(from: Target, batches: AsyncGenerator<Batch, void, undefined>): Answer {
  return { target: from, batches, headMs: 5, status: 200, dropped: [], dialect: 'openai-chat' }
}

export async function collect(batches: AsyncIterable<Batch>): Promise<ModelEvent[]> {
  const events: ModelEvent[] = []
  for await (const batch of batches) for (const { events: some } of batch) events.push(...some)
  return events
}
