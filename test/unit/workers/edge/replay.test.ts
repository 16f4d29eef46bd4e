// Requests whose answers are kept: what the object is told, and what a client is told where there is none to be reached.
import { describe, expect, it } from 'vitest'
import { openaiChat } from '../../../../shared/dialects/openai-chat/index.ts'
import { Failed, type Failure } from '../../../../shared/failure.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { askKept, find, type Keeping, type Replay } from '../../../../workers/edge/replay.ts'
import type { Task } from '../../../../workers/replay/object.ts'
import { cxAt, requestFor } from '../../samples.ts'

const CALLER = { keyId: 'key_1', name: 'test', budgets: [] }
const unreachable = (): Promise<never> => Promise.reject(new Error('the network'))

function house(over: Partial<Replay> = {}): { house: Keeping; names: string[]; tasks: Task[] } {
  const names: string[] = []
  const tasks: Task[] = []
  const replay: Replay = {
    ask(task) {
      tasks.push(task)
      return Promise.resolve({ ok: false, why: 'reused' })
    },
    resume: () => Promise.resolve({ ok: false, why: 'missing' }),
    cancel: () => Promise.resolve(undefined),
    erase: () => Promise.resolve(),
    ...over,
  }
  const replays = (keyId: string, object: string): Replay => {
    names.push(`${keyId}/${object}`)
    return replay
  }
  const keeping = { replays, resumable: false, keepMs: 1, idempotencyMs: 2, keepAliveMs: 0 }
  return { house: keeping, names, tasks }
}

const question = (headers: Readonly<Record<string, string>>, over: Partial<ModelRequest> = {}) => ({
  caller: CALLER,
  cx: cxAt(),
  headers: new Headers(headers),
  dialect: openaiChat(),
  address: '/v1/chat/completions',
  request: requestFor('Hi', over),
  body: { model: 'auto', stream: true },
})

const failureIn = (work: Promise<unknown>): Promise<Failure | undefined> =>
  work.then(
    () => undefined,
    (error: unknown) => (error instanceof Failed ? error.failure : undefined),
  )

describe('a request', () => {
  it('that asks for nothing asks no object', async () => {
    const { house: keeping, names } = house()
    expect(await askKept(keeping, question({}))).toBeUndefined()
    expect(
      await askKept(keeping, question({ 'x-minnow-resumable': 'true' }, { stream: false })),
    ).toBeUndefined()
    expect(names).toEqual([])
  })

  it('is told to its object without credentials', async () => {
    const { house: keeping, names, tasks } = house()
    const headers = {
      'idempotency-key': 'a',
      authorization: 'Bearer secret',
      'x-api-key': 'secret',
      cookie: 'secret',
      'x-minnow-max-cost': '1',
    }
    await failureIn(askKept(keeping, question(headers)))
    await failureIn(askKept(keeping, question({ ...headers, 'idempotency-key': 'b' })))
    expect(tasks[0]).toMatchObject({
      headers: { 'x-minnow-max-cost': '1' },
      keepMs: 2,
      brokenMs: 1,
      unit: 'events',
    })
    expect(JSON.stringify(tasks)).not.toContain('secret')
    expect(names[0]).toMatch(/^key_1\/i[0-9a-f]{20}$/)
    expect(names[1]).not.toBe(names[0])
  })

  it('is not run here when its object cannot be reached: it might run twice', async () => {
    const { house: keeping } = house({ ask: unreachable, resume: unreachable })
    for (const headers of [{ 'idempotency-key': 'a' }, { 'x-minnow-resumable': 'true' }])
      expect(await failureIn(askKept(keeping, question(headers)))).toMatchObject({ kind: 'unavailable' })
    const mark = { stream: `s${'0'.repeat(20)}`, event: 1 }
    expect(await failureIn(find(keeping, question({}), mark))).toMatchObject({ kind: 'unavailable' })
  })

  it('whose run was lost before it began to answer says so', async () => {
    const { house: keeping } = house({ ask: () => Promise.resolve({ ok: false, why: 'lost' }) })
    expect(await failureIn(askKept(keeping, question({ 'idempotency-key': 'a' })))).toEqual({ kind: 'lost' })
  })
})
