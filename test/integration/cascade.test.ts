// Cascades through the whole Worker: the small model's answer where it is right, the large one's where it is not, whole and
// streamed, in every client's dialect; both calls in the receipt, and their sum in the budget.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Client, pick, user } from '../lab/client.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

const SMALL = { input: 1, output: 2 }
const LARGE = { input: 10, output: 20 }
const USED = { prompt: 100, completion: 10 }
const SMALL_MICROS = 120
const LARGE_MICROS = 1_200
const CHOICE = 'Which planet is the largest?\nA. Mars\nB. Venus\nC. Jupiter\nAnswer:'

let scene: Scene

beforeAll(async () => {
  scene = await openScene({
    models: {
      small: { provider: 'lab', model: 'small-1', price: SMALL },
      large: { provider: 'lab', model: 'large-1', price: LARGE },
    },
    routes: {
      auto: { mini: ['small'], frontier: ['large'], cascade: true },
      once: { mini: ['small'], frontier: ['large'], cascade: { secondAnswer: false, holdMs: 300 } },
      plain: { mini: ['small'], frontier: ['large'], strongShare: 0 },
    },
    retries: { sameTarget: 0 },
  })
  scene.lab.always('small-1', { usage: USED })
  scene.lab.always('large-1', { usage: USED })
})
afterAll(() => scene.stop())

const small = (...texts: string[]): void =>
  scene.lab.script('small-1', ...texts.map((text) => ({ text, usage: USED })))
const large = (text: string): void => scene.lab.script('large-1', { text, usage: USED })

const receiptOf = async (client: Client, id: string): Promise<unknown> =>
  (await client.send(`/v1/receipts/${id}`)).json

const endsIn = (receipt: unknown): unknown =>
  (pick(receipt, 'attempts') as { target: string; end: string }[]).map(
    ({ target, end }) => `${target} ${end}`,
  )

describe.each(['ask', 'stream'] as const)('a cascade, %s', (way) => {
  const send = async (body: object, id = freshId()) => {
    const reply = await scene.client[way](
      { model: 'auto', stream_options: way === 'stream' ? { include_usage: true } : undefined, ...body },
      withId(id),
    )
    const text =
      way === 'ask'
        ? String(pick(reply.json, 'choices', 0, 'message', 'content'))
        : String(pick(reply, 'said'))
    return { reply, id, text, receipt: await receiptOf(scene.client, id) }
  }

  test('gives the small answer that a second one agrees with', async () => {
    small('C. Jupiter', 'The answer is C.')
    const { reply, text, receipt } = await send({ messages: [user(CHOICE)] })
    expect(text).toBe('C. Jupiter')
    expect(reply.headers.get('x-minnow-model')).toBe('lab/small-1')
    expect(reply.headers.get('x-minnow-route')).toMatch(/^mini; reason=cascade; score=/)
    expect(reply.headers.get('x-minnow-attempts')).toBe('2')
    expect(endsIn(receipt)).toEqual(['small answered', 'small agreed'])
    expect(receipt).toMatchObject({
      cost_micros: 2 * SMALL_MICROS,
      tier: 'mini',
      frontier_cost_micros: LARGE_MICROS,
    })
  })

  test('asks the large model where the two disagree; the receipt shows every call and adds up', async () => {
    small('C', 'B')
    large('C. Jupiter, of course.')
    const { reply, text, receipt } = await send({ messages: [user(CHOICE)] })
    expect(text).toBe('C. Jupiter, of course.')
    expect(reply.headers.get('x-minnow-model')).toBe('lab/large-1')
    expect(reply.headers.get('x-minnow-route')).toMatch(/^frontier; reason=cascade/)
    expect(endsIn(receipt)).toEqual(['small rejected-disagreed', 'small disagreed', 'large answered'])
    expect(receipt).toMatchObject({
      cost_micros: 2 * SMALL_MICROS + LARGE_MICROS,
      tokens: { input: 300, output: 30, source: 'reported' },
      attempts: [
        { aside: true, cost_micros: SMALL_MICROS },
        { aside: true, cost_micros: SMALL_MICROS },
        { cost_micros: LARGE_MICROS },
      ],
    })
    const told = way === 'ask' ? reply.headers.get('x-minnow-cost') : pick(reply, 'usage', 'cost')
    expect(Number(told)).toBeCloseTo((2 * SMALL_MICROS + LARGE_MICROS) / 1e6, 9)
  })

  test('asks the large model where JSON does not keep to its schema', async () => {
    const schema = {
      type: 'object',
      properties: { age: { type: 'integer' } },
      required: ['age'],
      additionalProperties: false,
    }
    const format = { type: 'json_schema', json_schema: { name: 'person', schema } }
    small('{"age":"old"}')
    large('{"age":36}')
    const { text, receipt } = await send({ messages: [user('How old is Ada?')], response_format: format })
    expect(text).toBe('{"age":36}')
    expect(endsIn(receipt)).toEqual(['small rejected-schema', 'large answered'])
  })

  test('asks the large model where the small one refuses', async () => {
    small("I'm sorry, but I can't help with that.")
    large('With pleasure.')
    const { text, receipt } = await send({ messages: [user('Tell me something.')] })
    expect([text, endsIn(receipt)]).toEqual(['With pleasure.', ['small rejected-refusal', 'large answered']])
  })

  test('falls back to the small answer where the large model is down', async () => {
    small('Who can say?')
    scene.lab.script('large-1', { status: 503 })
    const { reply, text, receipt } = await send({ model: 'once', messages: [user(CHOICE)] })
    expect([reply.status, text]).toEqual([200, 'Who can say?'])
    expect(receipt).toMatchObject({
      attempts: [
        { end: 'answered', doubt: 'no-answer' },
        { target: 'large', status: 503 },
      ],
    })
  })

  test('is what a request may wish for, or not', async () => {
    small('Who can say?', 'Who can say?')
    large('C')
    const wished = await send({ model: 'plain', messages: [user(CHOICE)], minnow: { cascade: true } })
    expect([wished.text, endsIn(wished.receipt)]).toEqual([
      'C',
      ['small rejected-no-answer', 'large answered'],
    ])
    const refused = await send({
      model: 'auto',
      messages: [user(CHOICE)],
      minnow: { cascade: false, strongShare: 0 },
    })
    expect([refused.text, endsIn(refused.receipt)]).toEqual(['Who can say?', ['small answered']])
  })
})

test('a stream is held back within its bound, and told from the beginning', async () => {
  scene.lab.script('small-1', { text: 'one two three four five', everyMs: 800, usage: USED })
  const at: number[] = []
  const begun = Date.now()
  const reply = await scene.client.stream(
    { model: 'once', messages: [user('Count.')] },
    { onData: () => at.push(Date.now() - begun) },
  )
  expect(reply.said).toBe('one two three four five')
  expect(reply.isDone).toBe(true)
  expect(at[0]).toBeGreaterThanOrEqual(280)
  expect((at.at(-1) ?? 0) - (at[0] ?? 0)).toBeGreaterThan(200)
})

test('every dialect of clients gets the large answer whole', async () => {
  const ask = async (path: string, body: object): Promise<string> => {
    small("I can't help with that.")
    large('With pleasure.')
    const reply = await scene.client.send(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'auto', ...body }),
    })
    expect(reply.status).toBe(200)
    return reply.text
  }
  const said = [
    await ask('/v1/messages', { max_tokens: 99, messages: [user('Hello?')] }),
    await ask('/v1/messages', { max_tokens: 99, messages: [user('Hello?')], stream: true }),
    await ask('/v1/responses', { input: 'Hello?' }),
    await ask('/v1/responses', { input: 'Hello?', stream: true }),
    await ask('/v1beta/models/auto:generateContent', { contents: [{ parts: [{ text: 'Hello?' }] }] }),
  ]
  for (const text of said) {
    expect(text).toContain('pleasure')
    expect(text).not.toContain("can't help")
  }
})

describe('a budget', () => {
  test('pays for every call, to the micro-dollar', async () => {
    const key = await scene.makeKey({ budgets: [{ usd: 1, window: 'day' }] })
    small('C', 'B')
    large('C')
    await key.client.ask({ model: 'auto', max_tokens: 50, messages: [user(CHOICE)] })
    expect((await scene.settled(key)).spent).toBeCloseTo((2 * SMALL_MICROS + LARGE_MICROS) / 1e6, 9)
  })

  describe('that covers the small model and not the large one', () => {
    const poor = () => scene.makeKey({ budgets: [{ usd: 0.002, window: 'day' }] })
    const ask = async (model: string, key: Awaited<ReturnType<typeof poor>>) => {
      const id = freshId()
      const before = scene.lab.seen('large-1').length
      const reply = await key.client.ask({ model, max_tokens: 50, messages: [user(CHOICE)] }, withId(id))
      expect(scene.lab.seen('large-1')).toHaveLength(before)
      return { reply, receipt: await receiptOf(key.client, id) }
    }

    test('serves what stays with it, and not a word of the large one', async () => {
      const key = await poor()
      small('C. Jupiter')
      const { reply, receipt } = await ask('plain', key)
      expect(reply.headers.get('x-minnow-route'), reply.text).toMatch(/^mini; reason=easy/)
      expect(receipt).toMatchObject({ cost_micros: SMALL_MICROS })
      expect((await scene.settled(key)).spent).toBeCloseTo(SMALL_MICROS / 1e6, 9)
      const large = await key.client.ask({ model: 'large', max_tokens: 50, messages: [user(CHOICE)] })
      expect([large.status, pick(large.json, 'error', 'code')]).toEqual([429, 'insufficient_quota'])
    })

    test('gives the doubted answer of a cascade, and says why in header and receipt', async () => {
      small('Who can say?')
      const { reply, receipt } = await ask('once', await poor())
      expect(pick(reply.json, 'choices', 0, 'message', 'content'), reply.text).toBe('Who can say?')
      expect(reply.headers.get('x-minnow-route')).toMatch(/^mini; reason=budget/)
      expect(receipt).toMatchObject({
        reason: 'budget',
        attempts: [{ end: 'answered', doubt: 'no-answer' }],
      })
    })

    test('ends in its refusal where the small one does not answer, and books nothing', async () => {
      const key = await poor()
      scene.lab.script('small-1', { status: 503 })
      const { reply, receipt } = await ask('plain', key)
      expect(reply.status).toBe(429)
      expect(pick(reply.json, 'error', 'code')).toBe('insufficient_quota')
      expect(pick(reply.json, 'error', 'message')).toMatch(
        /budget of \$0\.002 per day does not cover this request.* It was to go on to 'large': what was asked before did not answer\.$/,
      )
      expect(receipt).toMatchObject({
        failure: 'over-budget',
        cost_micros: 0,
        attempts: [{ end: 'overloaded' }],
      })
      expect((await scene.settled(key)).spent).toBe(0)
    })

    test('is never overspent by many at once that would all go on to it', async () => {
      const key = await poor()
      const answers = Array.from({ length: 12 }, () => 'Who can say?')
      small(...answers)
      const replies = await Promise.all(
        answers.map(() => key.client.ask({ model: 'once', max_tokens: 50, messages: [user(CHOICE)] })),
      )
      const served = replies.filter(({ status }) => status === 200)
      expect(served.length).toBeGreaterThan(1)
      for (const { status } of replies) expect([200, 429]).toContain(status)
      const { spent } = await scene.settled(key)
      expect(spent).toBeCloseTo((served.length * SMALL_MICROS) / 1e6, 9)
      expect(spent).toBeLessThanOrEqual(0.002)
    })
  })
})
