// What the dashboard stands on, through the whole Worker: the session and what ends it, requests from elsewhere, sums
// over time that agree with usage, models and routes as configured, and what another setting would have cost.
import { request } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { listOf } from '../../shared/fields.ts'
import { type Fields, pick } from '../lab/client.ts'
import { type Gateway, startGateway } from '../lab/gateway.ts'
import { freshId, openScene, type Scene, withId } from '../lab/scene.ts'

interface Said {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly json: unknown
}

/** Any header, also those that Node's fetch keeps for itself. */
function say(url: string, method: string, headers: Record<string, string>, body?: unknown): Promise<Said> {
  return new Promise((done, fail) => {
    const asked = request(
      url,
      { method, headers: { 'content-type': 'application/json', ...headers } },
      (reply) => {
        let text = ''
        reply.setEncoding('utf8').on('data', (piece: string) => (text += piece))
        reply.once('end', () =>
          done({
            status: reply.statusCode ?? 0,
            headers: reply.headers,
            json: text === '' ? undefined : JSON.parse(text),
          }),
        )
      },
    )
    asked.once('error', fail)
    asked.end(body === undefined ? undefined : JSON.stringify(body))
  })
}

const cookieOf = ({ headers }: Said): string => String(headers['set-cookie']?.[0]).split(';')[0] ?? ''

describe('a session', () => {
  const KEY = 'the-operators-own-key'
  let gateway: Gateway
  let cookie: string

  beforeAll(async () => {
    gateway = await startGateway({ config: {}, env: { ADMIN_KEY: KEY } })
    cookie = cookieOf(await signIn(KEY))
  })
  afterAll(() => gateway.stop())

  const ours = (): Record<string, string> => ({ 'sec-fetch-site': 'same-origin', origin: gateway.url })
  const signIn = (key: string, headers = ours()): Promise<Said> =>
    say(`${gateway.url}/admin/session`, 'POST', headers, { key })

  test('is opened with the admin key, in a cookie that no script and no other site gets', async () => {
    const opened = await signIn(KEY)
    expect(opened.status).toBe(201)
    expect(opened.json).toMatchObject({ signed_in: true, actor: expect.stringMatching(/^admin:/) })
    const header = String(opened.headers['set-cookie']?.[0])
    expect(header).toMatch(
      /^minnow-admin-\d+=[\w.]+; Path=\/admin; Max-Age=43200; HttpOnly; SameSite=Strict$/,
    )
    expect(header + JSON.stringify(opened.json)).not.toContain(KEY)
    const listed = await say(`${gateway.url}/admin/keys`, 'GET', { cookie, 'sec-fetch-site': 'same-origin' })
    expect(listed.status).toBe(200)
    expect(listed.headers['cache-control']).toBe('no-store')
  })

  test.each(['wrong', 'mk-local', `${KEY} `, ''])('is not opened with %j', async (key) => {
    const refused = await signIn(key)
    expect([401, 400]).toContain(refused.status)
    expect(refused.headers['set-cookie']).toBeUndefined()
  })

  test('makes changes only for the pages of this address', async () => {
    const { url } = gateway
    const make = (headers: Record<string, string>): Promise<Said> =>
      say(`${url}/admin/keys`, 'POST', { cookie, ...headers }, { name: 'made by a page' })
    expect((await make(ours())).status).toBe(201)
    expect((await make({ origin: url })).status).toBe(201) // a browser that knows no Fetch Metadata
    const elsewhere: Record<string, string>[] = [
      { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' },
      { origin: 'https://evil.example' },
      { origin: 'null' },
      { origin: url, 'sec-fetch-site': 'cross-site' },
      { origin: url, 'sec-fetch-site': 'same-site' },
      { origin: url, 'sec-fetch-site': 'none' },
      { origin: url.replace(/\d+$/, '1') },
      {},
    ]
    for (const headers of elsewhere) {
      const refused = await make(headers)
      expect([refused.status, pick(refused.json, 'error', 'code')], JSON.stringify(headers)).toEqual([
        403,
        'cross_site',
      ])
    }
    expect((await signIn(KEY, { origin: 'https://evil.example' })).status).toBe(403)
  })

  test('is not read along by other sites either', async () => {
    const read = (headers: Record<string, string>): Promise<Said> =>
      say(`${gateway.url}/admin/keys`, 'GET', { cookie, ...headers })
    expect((await read({ 'sec-fetch-site': 'cross-site' })).status).toBe(403)
    expect((await read({ origin: 'https://evil.example' })).status).toBe(403)
    expect((await read({ 'sec-fetch-site': 'none' })).status).toBe(200) // typed into the address bar
  })

  test('is no key: neither for clients, nor in other headers', async () => {
    const token = cookie.split('=')[1] ?? ''
    expect((await say(`${gateway.url}/v1/models`, 'GET', { cookie })).status).toBe(401)
    const sent = await say(`${gateway.url}/admin/keys`, 'GET', { authorization: `Bearer ${token}` })
    expect(sent.status).toBe(401)
  })

  test('that was changed counts as none, and a key that is sent beside it is asked alone', async () => {
    const status = async (headers: Record<string, string>): Promise<number> =>
      (await say(`${gateway.url}/admin/keys`, 'GET', { 'sec-fetch-site': 'same-origin', ...headers })).status
    expect(await status({ cookie: `${cookie.slice(0, -1)}${cookie.endsWith('0') ? '1' : '0'}` })).toBe(401)
    expect(await status({ cookie: cookie.replace('minnow-admin', 'minnow-other') })).toBe(401)
    expect(await status({ cookie: `theme=dark; ${cookie}; x=1` })).toBe(200)
    expect(await status({ cookie, authorization: 'Bearer wrong' })).toBe(401)
    expect(await status({ authorization: `Bearer ${KEY}` })).toBe(200)
  })

  test('is ended by the page that has it', async () => {
    const ended = await say(`${gateway.url}/admin/session`, 'DELETE', { cookie, ...ours() })
    expect(String(ended.headers['set-cookie']?.[0])).toMatch(/^minnow-admin-\d+=; Path=\/admin; Max-Age=0;/)
    expect(
      (await say(`${gateway.url}/admin/session`, 'DELETE', { cookie, origin: 'https://evil.example' }))
        .status,
    ).toBe(403)
    expect((await say(`${gateway.url}/admin/session`, 'GET', {})).json).toMatchObject({ signed_in: false })
  })

  test('of the local key works on loopback addresses only', async () => {
    const opened = await signIn('mk-admin-local')
    expect(opened.status).toBe(201)
    const local = { cookie: cookieOf(opened), 'sec-fetch-site': 'same-origin' }
    expect((await say(`${gateway.url}/admin/keys`, 'GET', local)).status).toBe(200)
    // A name of somebody else's that was made to lead here: the cookie's value is no secret, as the key is none.
    const host = `evil.example:${gateway.port}`
    const rebound = { ...local, host, origin: `http://${host}` }
    const refused = await say(`${gateway.url}/admin/keys`, 'GET', rebound)
    expect([refused.status, pick(refused.json, 'error', 'code')]).toEqual([403, 'local_key_elsewhere'])
  })

  test('ends with its key', async () => {
    const next = await startGateway({ config: {}, port: 0, env: { ADMIN_KEY: 'another-key' } })
    const renamed = cookie.replace(String(gateway.port), String(next.port))
    const kept = await startGateway({ config: {}, port: 0, env: { ADMIN_KEY: KEY } })
    const same = cookie.replace(String(gateway.port), String(kept.port))
    const site = { 'sec-fetch-site': 'same-origin' }
    expect((await say(`${kept.url}/admin/keys`, 'GET', { cookie: same, ...site })).status).toBe(200)
    expect((await say(`${next.url}/admin/keys`, 'GET', { cookie: renamed, ...site })).status).toBe(401)
    await Promise.all([next.stop(), kept.stop()])
  })
})

describe('the figures', () => {
  let scene: Scene
  const read = async (path: string): Promise<Fields> => {
    const reply = await scene.admin.send(`/admin${path}`)
    expect(reply.status, reply.text).toBe(200)
    return reply.json as Fields
  }

  beforeAll(async () => {
    const price = { input: 2, output: 4 }
    scene = await openScene({
      models: {
        first: { provider: 'lab', model: 'first', price },
        second: { provider: 'lab', model: 'second', price },
      },
      routes: {
        auto: { mini: ['micro'], frontier: ['first', 'second'], strongShare: 0.3 },
        solid: { order: ['first', 'second'] },
      },
      retries: { sameTarget: 0 },
    })
    scene.lab.script('first', { status: 500 })
    const id = freshId()
    expect((await scene.client.ask({ model: 'solid', stream: true }, withId(id))).status).toBe(200)
    for (const content of ['Hello', 'What is 3 + 4?', 'How do I add a provider?'])
      await scene.client.ask({ model: 'auto', messages: [{ role: 'user', content }] })
    const row = await scene.rowOf(id)
    expect(row.attempts.map(({ end }) => end)).toEqual([expect.not.stringMatching('answered'), 'answered'])
  })
  afterAll(() => scene.stop())

  test('over time add up to those of usage, by every name', async () => {
    const all = await read('/series')
    const total = all['total'] as Fields
    expect(total).toMatchObject({ rescued: 1, failures: 0 })
    expect(pick(total, 'first_ms', 'p50')).toEqual(expect.any(Number))
    const [line] = all['data'] as Fields[]
    expect(all['starts']).toHaveLength(listOf(line?.['requests']).length)
    expect(sum(line?.['requests'])).toBe(total['requests'])
    expect(sum(line?.['rescued'])).toBe(1)
    for (const by of ['model', 'key', 'route'] as const) {
      const series = await read(`/series?by=${by}`)
      const usage = await read(`/usage?group=${by}`)
      const lines = series['data'] as Fields[]
      for (const row of usage['data'] as Fields[]) {
        const mine = lines.find(({ name }) => name === (row[by] ?? ''))
        expect([sum(mine?.['requests']), sum(mine?.['rescued'])]).toEqual([row['requests'], row['rescued']])
        expect(sum(mine?.['cost'])).toBeCloseTo(Number(row['cost']), 9)
      }
      expect((series['total'] as Fields)['requests']).toBe(total['requests'])
    }
  })

  test('by day have a window a day, and only the names used most', async () => {
    const days = await read(`/series?by=model&since=${Date.now() - 9.5 * 86_400_000}&top=1`)
    expect([days['step'], (days['starts'] as unknown[]).length, (days['data'] as unknown[]).length]).toEqual([
      'day',
      expect.any(Number),
      1,
    ])
    expect((days['starts'] as unknown[]).length).toBeGreaterThanOrEqual(10)
    expect(days['others']).toBeGreaterThan(0)
  })

  test.each([
    '/series?step=hour&since=2020-01-01',
    '/series?by=color',
    '/series?since=2026-02-02&until=2026-02-01',
  ])('%s is refused in words', async (path) => {
    const reply = await scene.admin.send(`/admin${path}`)
    expect(reply.status).toBe(400)
    expect(String(pick(reply.json, 'error', 'message')).length).toBeGreaterThan(20)
  })

  test('are there after a restart, and once the outboxes are empty', async () => {
    const before = (await read('/series'))['total']
    await scene.gateway.restart()
    expect((await read('/series'))['total']).toEqual(before)
  })

  test('requests are found by route, tier and end', async () => {
    const routes = async (query: string): Promise<unknown[]> =>
      ((await read(`/requests?limit=100${query}`))['data'] as Fields[]).map(({ route }) => route)
    expect(new Set(await routes('&route=auto'))).toEqual(new Set(['auto']))
    expect(await routes('&route=solid&end=finish')).toEqual(['solid'])
    expect(await routes('&end=cancelled')).toEqual([])
    expect((await scene.admin.send('/admin/requests?end=odd')).status).toBe(400)
  })

  test('models and routes are told as configured', async () => {
    const models = (await read('/models'))['data'] as Fields[]
    expect(models.map(({ model }) => model)).toEqual(['micro', 'first', 'second'])
    expect(models[1]?.['places']).toMatchObject([
      { target: 'lab/first', price: { input: 2, output: 4 }, price_source: 'configuration' },
    ])
    const routes = (await read('/routes'))['configured'] as Fields[]
    expect(routes).toMatchObject([
      {
        route: 'auto',
        kind: 'tiers',
        mini: ['micro'],
        frontier: ['first', 'second'],
        dial: { strongShare: 0.3 },
      },
      { route: 'solid', kind: 'order', order: ['first', 'second'], dial: null },
    ])
  })

  test('another setting is reckoned from what was asked', async () => {
    const found = await read('/routes/auto/what-if')
    expect(found['requests']).toBe(3)
    const points = found['points'] as { share: number; per_1k: number }[]
    expect(points.map(({ share }) => share)).toHaveLength(21)
    expect(points.at(-1)?.per_1k).toBeGreaterThan(points[0]?.per_1k ?? 0)
    expect(await read('/routes/nowhere/what-if')).toMatchObject({ requests: 0, points: [] })
  })
})

const sum = (values: unknown): number =>
  (values as readonly number[]).reduce((total, value) => total + value, 0)
