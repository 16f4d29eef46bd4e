// Answers that are given again: to the same question, in other words, to those who ask at one time; and to nobody else.
import { request } from 'node:http'
import { afterAll, describe, expect, test } from 'vitest'
import { type Client, type Fields, pick, type Reply, user } from '../lab/client.ts'
import { CLIENT_KEY, freshId, openScene } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { ask as speak, type Heard, type Tongue, TONGUES } from './wire/clients.ts'

const PRICE = { input: 2, output: 8 }
const scene = await openScene((_, origin) => ({
  streams: { keepAliveMs: 0 },
  retries: { sameTarget: 0 },
  health: { breaker: false },
  providers: {
    claude: { dialect: 'anthropic', baseUrl: `${origin}/v1`, apiKey: '$LAB_KEY' },
  },
  models: {
    priced: { provider: 'lab', model: 'priced', price: PRICE },
    talk: { provider: 'lab', model: 'talk', price: PRICE },
    tiny: { provider: 'lab', model: 'tiny', price: PRICE },
    spare: { provider: 'lab', model: 'spare', price: PRICE, prefill: true },
    vectors: { provider: 'lab', model: 'vectors', embedding: true },
  },
  routes: {
    again: { order: ['priced'], cache: { mode: 'exact', ttl: 600 } },
    rescued: { order: ['tiny', 'spare'], cache: { mode: 'exact' } },
  },
}))
afterAll(() => scene.stop())
const { lab, client, admin } = scene

const words = (count: number): string => Array.from({ length: count }, (_, at) => `w${at}`).join(' ')
let questions = 0
/** A question that nobody asked before. */
const fresh = (model: string, more: Fields = {}): Fields => ({
  model: `lab/${model}`,
  messages: [user(`Question ${(questions += 1)}?`)],
  minnow: { cache: true },
  ...more,
})
const said = (reply: Reply): unknown => pick(reply.json, 'choices', 0, 'message', 'content')
const routeOf = ({ headers }: { readonly headers: Headers }): string | null => headers.get('x-minnow-route')

/** Whether it is kept is known right after its end, not before. */
const kept = async (from: Client, asked: Fields, reason = 'exact'): Promise<Reply> =>
  until('a hit', async () => {
    const reply = await from.ask(asked)
    return routeOf(reply) === `cache; reason=${reason}` ? reply : false
  })

const dollars = (reply: { readonly headers: Headers }): number => Number(reply.headers.get('x-minnow-cost'))
const hit = 'cache; reason=exact'

describe.concurrent('the same question', () => {
  test('is answered again for nothing, and says so', async () => {
    const asked = { ...fresh('x'), model: 'priced' }
    lab.always('priced', { text: 'Only once.', usage: { prompt: 1_000, completion: 500 } })
    const first = await client.ask(asked)
    expect(routeOf(first)).toBe('fixed; reason=model')
    expect(dollars(first)).toBe(0.006)
    expect(first.headers.has('age')).toBe(false)
    await kept(client, asked)
    const id = freshId()
    const again = await client.ask(asked, { headers: { 'x-request-id': id } })
    expect(again.status).toBe(200)
    expect(said(again)).toBe('Only once.')
    expect(routeOf(again)).toBe(hit)
    expect(again.headers.get('x-minnow-model')).toBe('lab/priced')
    expect(dollars(again)).toBe(0)
    expect(again.headers.get('x-minnow-attempts')).toBe('0')
    expect(again.headers.get('age')).toMatch(/^\d+$/)
    expect(pick(again.json, 'usage', 'prompt_tokens')).toBe(1_000)
    expect(pick(again.json, 'usage', 'cost')).toBe(0)
    expect(pick(again.json, 'id')).not.toBe(pick(first.json, 'id'))
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ tier: 'cache', reason: 'exact', cost_micros: 0, attempts: [], end: 'finish' })
    expect(row['tokens']).toMatchObject({ input: 0, output: 0 })
    expect(row['frontier_cost']).toBe(0.006)
    const receipt = await client.send(`/v1/receipts/${id}`)
    expect(pick(receipt.json, 'cache', 'saved')).toBe(0.006)
    expect(pick(receipt.json, 'cost')).toBe(0)
  })

  test('is asked anew where nobody wants it otherwise', async () => {
    const { minnow: _, ...asked } = fresh('off')
    for (let time = 0; time < 3; time += 1)
      expect(routeOf(await client.ask(asked))).toBe('fixed; reason=model')
    expect(lab.seen('off')).toHaveLength(3)
    expect(lab.seen('off')[0]?.body).not.toHaveProperty('minnow')
  })

  test('is the same however its fields stand, who asks, and whether it is a stream', async () => {
    const question = `Question ${(questions += 1)}?`
    await client.ask({ model: 'lab/same', messages: [user(question)], minnow: { cache: true }, top_p: 1 })
    const others = [
      { minnow: { cache: true }, messages: [{ content: question, role: 'user' }], model: 'lab/same', n: 1 },
      { model: 'lab/same', messages: [user(question)], user: 'u1', metadata: { a: 'b' }, seed: null },
      { model: 'lab/same', messages: [{ role: 'user', content: [{ type: 'text', text: question }] }] },
    ].map((body) => ({ ...body, minnow: { cache: true } }))
    for (const other of others) await kept(client, other)
    expect(lab.seen('same')).toHaveLength(1)
    for (const more of [
      { temperature: 0.1 },
      { max_tokens: 7 },
      { response_format: { type: 'json_object' } },
      { seed: 1 },
    ])
      expect(routeOf(await client.ask({ ...others[0], ...more }))).not.toBe(hit)
    const longer = [user('And before?'), { role: 'assistant', content: 'Before.' }, user(question)]
    expect(routeOf(await client.ask({ ...others[0], messages: longer }))).not.toBe(hit)
  })

  test('is refused to nobody, and asked again, when it says so: refresh, off', async () => {
    const asked = fresh('again')
    lab.script('again', { text: 'one' }, { text: 'two' }, { text: 'three' })
    await client.ask(asked)
    expect(said(await kept(client, asked))).toBe('one')
    const off = await client.ask(asked, { headers: { 'x-minnow-cache': 'off' } })
    expect(said(off)).toBe('two')
    expect(said(await client.ask(asked))).toBe('one')
    expect(said(await client.ask({ ...asked, minnow: { cache: { refresh: true } } }))).toBe('three')
    await until('the new one', async () => said(await client.ask(asked)) === 'three')
  })

  test('is asked again once its time is over, which the asker may shorten', async () => {
    const asked = fresh('old')
    await client.ask(asked)
    await kept(client, asked)
    await until('its age', async () => Number((await client.ask(asked)).headers.get('age')) >= 1)
    expect(routeOf(await client.ask({ ...asked, minnow: { cache: { ttl: 1 } } }))).not.toBe(hit)
  })

  test('follows the route and the key where the request says nothing', async () => {
    const asked: Fields = { ...fresh('x'), model: 'again', minnow: undefined }
    await client.ask(asked)
    await kept(client, asked)
    const key = await scene.makeKey({ cache: { mode: 'exact', ttl: 60 } })
    const { minnow: __, ...other } = fresh('bykey')
    await key.client.ask(other)
    await kept(key.client, other)
    const shown = await admin.send(`/admin/keys/${key.id}`)
    expect(pick(shown.json, 'cache')).toEqual({ mode: 'exact', ttl: 60 })
    const body = JSON.stringify({ cache: { mode: 'off' } })
    expect((await admin.send(`/admin/keys/${key.id}`, { method: 'PATCH', body })).status).toBe(200)
    await until(
      'it is off',
      async () => routeOf(await key.client.ask({ ...other, minnow: { cache: true } })) !== hit,
    )
  })

  test('says what is wrong with a wish', async () => {
    const odd = await client.ask({ ...fresh('odd'), minnow: { cache: { mode: 'maybe' } } })
    expect(odd.status).toBe(400)
    expect(pick(odd.json, 'error', 'message')).toMatch(/minnow\.cache/)
    const header = await client.ask(fresh('odd'), { headers: { 'x-minnow-cache': 'perhaps' } })
    expect(header.status).toBe(400)
    expect(lab.seen('odd')).toHaveLength(0)
  })

  test('is answered while its vendor is down, and never with an error', async () => {
    const asked = fresh('down')
    lab.script(
      'down',
      { status: 500 },
      { text: 'up', finish: 'length' },
      { text: 'up', cutAfter: 2, cut: 'reset' },
    )
    expect((await client.ask(asked)).status).toBeGreaterThanOrEqual(500)
    expect(routeOf(await client.ask(asked))).not.toBe(hit) // cut short by its limit
    const broken = await client.stream(asked)
    expect(broken.error).toBeDefined()
    lab.script('down', { text: 'whole' })
    expect(said(await client.ask(asked))).toBe('whole')
    lab.always('down', { status: 500 })
    expect(said(await kept(client, asked))).toBe('whole')
  })
})

describe.concurrent('a tenant', () => {
  test('is never given what another was told; a project shares where it wants to', async () => {
    const project = await admin.send('/admin/projects', {
      method: 'POST',
      body: JSON.stringify({ name: 'p' }),
    })
    const id = String(pick(project.json, 'id'))
    const [one, two, three] = [
      await scene.makeKey({ project: id }),
      await scene.makeKey({ project: id }),
      await scene.makeKey(),
    ]
    const asked = fresh('tenants')
    await one.client.ask(asked)
    await kept(one.client, asked)
    for (const { client: other } of [two, three]) expect(routeOf(await other.ask(asked))).not.toBe(hit)
    const shared = { ...fresh('tenants'), minnow: { cache: { scope: 'project' } } }
    await one.client.ask(shared)
    await kept(two.client, shared)
    expect(routeOf(await three.client.ask(shared))).not.toBe(hit)
    const own = { ...fresh('tenants'), user: 'a', minnow: { cache: { scope: 'user' } } }
    await one.client.ask(own)
    await kept(one.client, own)
    expect(routeOf(await one.client.ask({ ...own, user: 'b' }))).not.toBe(hit)
    const { user: _, ...nobody } = own
    for (let time = 0; time < 2; time += 1) expect(routeOf(await one.client.ask(nobody))).not.toBe(hit)
  })

  test('pays for no hit, and may have one when nothing is left', async () => {
    const key = await scene.makeKey({ budgets: [{ tokens: 600, window: 'total' }], cache: { mode: 'exact' } })
    const asked = { ...fresh('paid'), max_tokens: 100 }
    lab.always('paid', { text: 'Dear.', usage: { prompt: 300, completion: 280 } })
    expect((await key.client.ask(asked)).status).toBe(200)
    await kept(key.client, asked)
    const before = await scene.settled(key)
    expect(before.spent).toBe(580)
    const other = await key.client.ask({
      ...asked,
      messages: [user('Another question, which is not paid for?')],
    })
    expect(other.status).toBe(429)
    for (let time = 0; time < 5; time += 1) expect(routeOf(await key.client.ask(asked))).toBe(hit)
    expect(await scene.settled(key)).toMatchObject({ spent: 580, reserved: 0 })
  })

  test('may not have an answer of a model that it may not use', async () => {
    const key = await scene.makeKey({ cache: { mode: 'exact' } })
    const asked = fresh('barred')
    await key.client.ask(asked)
    await kept(key.client, asked)
    const body = JSON.stringify({ models: ['tiny'] })
    await admin.send(`/admin/keys/${key.id}`, { method: 'PATCH', body })
    await until('refused', async () => (await key.client.ask(asked)).status === 403)
  })

  test('is counted, and purged by its operator', async () => {
    const key = await scene.makeKey({ cache: { mode: 'exact' } })
    const [one, two] = [fresh('purged'), fresh('other')]
    for (const asked of [one, two]) {
      await key.client.ask(asked)
      await kept(key.client, asked)
    }
    const stats = await admin.send(`/admin/cache?tenant=${key.id}`)
    expect(stats.json).toMatchObject({ entries: 2, stored: 2 })
    expect(Number(pick(stats.json, 'hits', 'exact'))).toBeGreaterThanOrEqual(2)
    expect(Number(pick(stats.json, 'bytes'))).toBeGreaterThan(2_000)
    const purge = (query: string): Promise<Reply> => admin.send(`/admin/cache?${query}`, { method: 'DELETE' })
    expect((await purge(`tenant=${key.id}&route=lab/purged`)).json).toMatchObject({ purged: 1 })
    expect(routeOf(await key.client.ask(one))).not.toBe(hit)
    expect(routeOf(await key.client.ask(two))).toBe(hit)
    await kept(key.client, one)
    expect((await purge(`tenant=${key.id}`)).json).toMatchObject({ purged: 2 })
    expect(routeOf(await key.client.ask(two))).not.toBe(hit)
    const audit = await admin.send(`/admin/audit?target=${key.id}`)
    expect(pick(audit.json, 'data', 0)).toMatchObject({
      action: 'cache.purge',
      after: { route: null, purged: 2 },
    })
    expect((await purge('')).status).toBe(400)
    expect((await client.send(`/admin/cache?tenant=${key.id}`)).status).toBe(401)
  })
})

describe('every dialect', () => {
  const LIMITS: Readonly<Record<string, Fields>> = {
    chat: { max_completion_tokens: 500 },
    anthropic: {},
    gemini: { generationConfig: { maxOutputTokens: 500 } },
    responses: { max_output_tokens: 500 },
  }
  const on = { 'x-minnow-cache': 'on' }
  const say = (tongue: Tongue, text: string, stream: boolean, tool?: string): Promise<Heard> =>
    speak(scene.gateway.url, tongue, {
      model: 'talk',
      text,
      stream,
      headers: on,
      more: LIMITS[tongue.id] ?? {},
      ...(tool === undefined ? {} : { tool }),
    })

  for (const first of TONGUES)
    for (const isStream of [false, true])
      test(`is given what was said to ${first.id}${isStream ? ' as a stream' : ''}`, async () => {
        lab.always('talk', { text: words(40), usage: { prompt: 21, completion: 40 } })
        const text = `What about ${first.id} and ${String(isStream)}?`
        const told = await say(first, text, isStream)
        expect(told.said).toBe(words(40))
        const before = lab.seen('talk').length
        await until('kept', async () => routeOf(await say(first, text, false)) === hit)
        expect(lab.seen('talk').length - before).toBeLessThan(3) // the first tries may come too early
        const seen = lab.seen('talk').length
        for (const second of TONGUES)
          for (const stream of [false, true]) {
            const heard = await say(second, text, stream)
            expect([second.id, stream, heard.said]).toEqual([second.id, stream, words(40)])
            expect(routeOf(heard)).toBe(hit)
            expect(heard.stop).toBe(second.stops.stop)
            expect(heard.isComplete).toBe(true)
            expect(heard.usage).toEqual([21, 40])
            expect(heard.ids).toHaveLength(1)
            if (stream) expect(heard.events.length).toBeGreaterThan(2)
          }
        expect(lab.seen('talk')).toHaveLength(seen)
      })

  test('is given calls of tools as well', async () => {
    lab.always('talk', { toolCalls: [{ name: 'weather', arguments: { city: 'Oslo' } }] })
    const [chat, ...others] = TONGUES
    if (chat === undefined) throw new Error('no chat')
    const text = 'Which weather?'
    await say(chat, text, true, 'weather')
    await until('kept', async () => routeOf(await say(chat, text, false, 'weather')) === hit)
    for (const tongue of [chat, ...others.filter(({ id }) => id === 'anthropic')])
      for (const stream of [false, true]) {
        const heard = await say(tongue, text, stream, 'weather')
        expect(heard.calls.map(({ name, json }) => [name, JSON.parse(json)])).toEqual([
          ['weather', { city: 'Oslo' }],
        ])
        expect(routeOf(heard)).toBe(hit)
        expect(heard.stop).toBe(tongue.stops.tools)
      }
    expect(routeOf(await say(chat, text, false))).not.toBe(hit) // without the tool it is another question
  })
})

/** Asks for a stream, and slams the door once that is told, given what came by then. */
async function leaveWhen(isTime: (received: string) => boolean, asked: Fields): Promise<void> {
  let received = ''
  const headers = { authorization: `Bearer ${CLIENT_KEY}`, 'content-type': 'application/json' }
  const asking = request(`${scene.gateway.url}/v1/chat/completions`, { method: 'POST', headers })
  asking.on('error', () => undefined) // leaving is the point
  asking.on('response', (response) => {
    response.on('error', () => undefined)
    response.setEncoding('utf8').on('data', (text) => (received += String(text)))
  })
  asking.end(JSON.stringify({ ...asked, stream: true }))
  await until('time to leave', () => isTime(received))
  asking.socket?.resetAndDestroy()
}

describe.concurrent('those who ask at one time', () => {
  test('share one call: streams as they come, others at its end', async () => {
    const asked = fresh('crowd')
    lab.always('crowd', { text: words(30), everyMs: 50, firstAfterMs: 2_000 })
    const times: number[] = []
    const leading = client.stream(asked)
    await until('the first call', () => lab.seen('crowd').length === 1)
    const ids = Array.from({ length: 6 }, freshId)
    const streams = ids.map((id) =>
      client.stream(asked, { headers: { 'x-request-id': id }, onData: () => times.push(Date.now()) }),
    )
    const wholes = Array.from({ length: 6 }, () => client.ask(asked))
    for (const stream of [await leading, ...(await Promise.all(streams))]) {
      expect(stream.said).toBe(words(30))
      expect(stream.isDone).toBe(true)
    }
    for (const whole of await Promise.all(wholes)) expect(said(whole)).toBe(words(30))
    expect(lab.seen('crowd')).toHaveLength(1)
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan(200) // word by word
    for (const id of ids.slice(0, 2))
      expect(await scene.rowOf(id)).toMatchObject({
        tier: 'cache',
        reason: 'shared',
        cost_micros: 0,
        attempts: [],
      })
  })

  test('go on without the one that asked, when it leaves before a word: one of them asks, once', async () => {
    const asked = fresh('left')
    lab.script('left', { text: words(10), firstAfterMs: 25_000 })
    lab.always('left', { text: words(10), firstAfterMs: 300 })
    let isTime = false
    const gone = leaveWhen(() => isTime, asked)
    await until('the first call', () => lab.seen('left').length === 1)
    const others = Array.from({ length: 4 }, () => client.stream(asked))
    const wholes = Array.from({ length: 4 }, () => client.ask(asked))
    setTimeout(() => (isTime = true), 1_500)
    await gone
    for (const stream of await Promise.all(others)) expect(stream.said).toBe(words(10))
    for (const whole of await Promise.all(wholes)) expect(said(whole)).toBe(words(10))
    expect(lab.seen('left').length).toBe(2)
  })

  test('go on by themselves with what they were told, when it leaves in the middle', async () => {
    const asked = { ...fresh('x'), model: 'rescued' }
    const habit = { text: words(40), everyMs: 25, continues: true }
    lab.always('tiny', habit)
    lab.always('spare', habit)
    const leaving = leaveWhen((received) => received.includes('w12'), asked)
    await until('the first call', () => lab.seen('tiny').length === 1)
    const id = freshId()
    const [stream, whole] = await Promise.all([
      client.stream(asked, { headers: { 'x-request-id': id } }),
      client.ask(asked),
      leaving,
    ])
    expect(stream.said).toBe(words(40))
    expect(stream.isDone).toBe(true)
    expect(said(whole)).toBe(words(40))
    const row = await scene.rowOf(id)
    expect(row).toMatchObject({ end: 'finish', status: 200 })
    expect(row.attempts.length).toBeGreaterThan(0) // it was billed for what it asked for itself
  })

  test('are not held up by an answer that fails', async () => {
    const asked = fresh('fails')
    lab.always('fails', { headAfterMs: 300, status: 500 })
    const replies = await Promise.all(Array.from({ length: 5 }, () => client.ask(asked)))
    for (const reply of replies) expect(reply.status).toBeGreaterThanOrEqual(500)
    lab.always('fails', { text: 'well' })
    expect(said(await client.ask(asked))).toBe('well')
  })
})

describe('what else is kept', () => {
  test('is not disturbed: repeated requests, resumable streams, conversations', async () => {
    const asked = fresh('beside')
    lab.always('beside', { text: words(12) })
    const key = freshId()
    const first = await client.ask(asked, { headers: { 'idempotency-key': key } })
    const again = await client.ask(asked, { headers: { 'idempotency-key': key } })
    expect(again.headers.get('x-minnow-replay')).toBe('true')
    expect(pick(again.json, 'id')).toBe(pick(first.json, 'id'))
    await kept(client, asked)
    const stream = await client.stream(asked, { headers: { 'x-minnow-resumable': 'true' } })
    expect(routeOf(stream)).toBe(hit)
    const rest = await client.send('/v1/chat/completions', {
      headers: { 'last-event-id': stream.ids[1] ?? '' },
    })
    expect(rest.text).toMatch(/data: \[DONE\]\n\n$/)
    const talk = { 'x-minnow-conversation': freshId() }
    expect(routeOf(await client.ask(asked, { headers: talk }))).toBe(hit)
    await client.ask({ model: 'lab/beside', messages: [user('And then?')] }, { headers: talk })
    expect(lab.seen('beside').at(-1)?.body['messages']).toMatchObject([
      {},
      { content: words(12) },
      { content: 'And then?' },
    ])
  })

  test('is asked for in other words, where that was wished', async () => {
    const ask = (text: string, more: Fields = {}): Promise<Reply> =>
      client.ask({ model: 'lab/words', messages: [user(text)], minnow: { cache: 'semantic' }, ...more })
    lab.always('words', { text: 'Paris' })
    await ask('What is the capital of France?')
    const near = await until('a near one', async () => {
      const reply = await ask("Could you tell me France's capital?")
      return routeOf(reply)?.startsWith('cache; reason=semantic') === true && reply
    })
    expect(said(near)).toBe('Paris')
    for (const other of [
      'What is the capital of Spain?',
      'What was the capital of France?',
      'What is not the capital of France?',
    ])
      expect(routeOf(await ask(other))).not.toMatch(/^cache/)
    const system = [{ role: 'system', content: 'Be brief.' }, user("Could you tell me France's capital?")]
    expect(routeOf(await ask('', { messages: system }))).not.toMatch(/^cache/)
    expect(routeOf(await ask("Tell me France's capital", { temperature: 0 }))).not.toMatch(/^cache/)
  })

  test('is vectors, too', async () => {
    const asked = { model: 'vectors', input: ['one', 'two'], minnow: { cache: true } }
    const send = (more: Fields = {}): Promise<Reply> =>
      client.ask({ ...asked, ...more, messages: undefined }, { path: '/v1/embeddings' })
    const first = await send()
    expect(first.status).toBe(200)
    const again = await until('a hit', async () => {
      const reply = await send()
      return routeOf(reply) === hit && reply
    })
    expect(pick(again.json, 'data')).toEqual(pick(first.json, 'data'))
    expect(pick((await send({ encoding_format: 'base64' })).json, 'data', 0, 'embedding')).toMatch(
      /^[\w+/=]+$/,
    )
  })

  test('outlives a restart and a crash', async () => {
    const asked = fresh('restart')
    lab.always('restart', { text: 'Still here.' })
    await client.ask(asked)
    await kept(client, asked)
    await scene.gateway.restart()
    expect(routeOf(await client.ask(asked))).toBe(hit)
    await scene.gateway.kill()
    await scene.gateway.restart()
    const again = await client.ask(asked)
    expect([routeOf(again), said(again)]).toEqual([hit, 'Still here.'])
    expect(lab.seen('restart').length).toBeLessThanOrEqual(2)
  })
})
