// The durable queue in front of D1: what was handed over survives a D1 that is away, kill -9 and restarts, and is in D1
// once; usage is the sum of the rows; metrics and traces say the same.
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { databaseFile } from '../../tools/gateway/migrate.ts'
import { objectId } from '../../tools/gateway/object-id.ts'
import { pick } from '../lab/client.ts'
import { freshId, openScene, type Row, type Scene, withId } from '../lab/scene.ts'
import { until } from '../lab/until.ts'
import { handOverOf, outcomeWith } from '../unit/workers/telemetry/outbox-rows.ts'

/** What a client may call a model of a provider. */
const ODD = 'lab/an "odd\\one'

interface Received {
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: unknown
}

/** A collector that refuses while it is told to. */
function startCollector(): Promise<{
  url: string
  received: Received[]
  refuse: (status: number) => void
  server: Server
}> {
  const received: Received[] = []
  let status = 200
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      if (status === 200)
        received.push({
          path: request.url ?? '',
          headers: request.headers,
          body: JSON.parse(Buffer.concat(parts).toString()) as unknown,
        })
      response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  return new Promise((resolve) =>
    server.listen(0, '127.0.0.1', () =>
      resolve({
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
        received,
        refuse: (next) => (status = next),
        server,
      }),
    ),
  )
}

let scene: Scene
let collector: Awaited<ReturnType<typeof startCollector>>

beforeAll(async () => {
  collector = await startCollector()
  scene = await openScene(
    {
      models: {
        one: { provider: 'lab', model: 'one', price: { input: 2, cacheRead: 0.5, output: 10 } },
        two: { provider: 'lab', model: 'two', price: { input: 1, output: 1 } },
      },
      routes: { both: { order: ['one', 'two'] } },
      retries: { sameTarget: 0 },
      logs: 'json',
    },
    {
      env: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-tenant=blue%20team, authorization=Bearer secret-of-the-collector',
      },
    },
  )
})
afterAll(async () => {
  await scene.stop()
  collector.server.close()
})

const ask = async (model: string): Promise<string> => {
  const id = freshId()
  await scene.client.ask({ model }, withId(id))
  return id
}

const count = async (ids: readonly string[]): Promise<number> => {
  const wanted = new Set(ids)
  return (await scene.rows()).filter((row) => wanted.has(row.request_id)).length
}

/** How many requests the outboxes have counted, D1 or not. What a killed isolate has not handed over is lost. */
const counted = async (): Promise<number> => {
  const { text } = await scene.admin.send('/admin/metrics')
  const values = [...text.matchAll(/^minnow_requests_total\{.*\} (\d+)$/gm)].map(([, value]) => Number(value))
  return values.reduce((sum, value) => sum + value, 0)
}
const handedOver = (requests: number): Promise<unknown> =>
  until('the rows handed over', async () => (await counted()) >= requests)

/** D1 without its table is a D1 that takes nothing. */
const withDatabase = (change: (database: DatabaseSync) => void): void => {
  const database = new DatabaseSync(databaseFile(scene.gateway.state), { timeout: 5_000 })
  try {
    change(database)
  } finally {
    database.close()
  }
}
const away = (): void => withDatabase((database) => database.exec('ALTER TABLE pages RENAME TO elsewhere'))
const back = (): void => withDatabase((database) => database.exec('ALTER TABLE elsewhere RENAME TO pages'))

/** The request ids of the rows that are in D1 itself, in order. */
const inDatabase = (): string[] => {
  let found: string[] = []
  withDatabase((database) => {
    found = database
      .prepare('SELECT entry.value ->> 1 AS id FROM pages, json_each(pages.rows) AS entry')
      .all()
      .map(({ id }) => String(id))
  })
  return found.toSorted()
}

/** As many as fill a page, by one isolate and so in one outbox. */
const askMany = async (requests: number): Promise<string[]> => {
  const ids: string[] = []
  const client = async (): Promise<void> => {
    while (requests > ids.length) {
      const id = freshId()
      ids.push(id)
      await scene.client.ask({ model: 'one' }, withId(id))
    }
  }
  await Promise.all(Array.from({ length: 16 }, client))
  return ids
}

describe('rows', () => {
  test('are shown at once, and are in D1 when they fill a page', async () => {
    await scene.rowOf(await ask('one')) // from here on everything is awake
    const id = await ask('one')
    const answeredAt = Date.now()
    await until('the row', async () => (await count([id])) === 1)
    expect(Date.now() - answeredAt).toBeLessThan(5_000)
    expect(inDatabase()).toEqual([])
    const ids = [id, ...(await askMany(220))]
    await until('a page', () => inDatabase().length > 0)
    await until('the others', async () => (await count(ids)) >= ids.length)
    expect(await count(ids)).toBe(ids.length)
    const rows = await scene.rows()
    expect(new Set(rows.map((row) => row.id)).size).toBe(rows.length)
  })

  test('wait while D1 is away, over a crash, and are there once when it is back', async () => {
    const ids: string[] = []
    const before = await counted()
    away()
    try {
      ids.push(...(await askMany(220)))
      await until('the outbox to notice', () => scene.gateway.output().includes('D1 is away'))
      await handedOver(before + 220)
      await scene.gateway.kill()
      await scene.gateway.restart()
      ids.push(await ask('two'))
      await until('the new outbox to notice', () => scene.gateway.output().split('D1 is away').length > 2)
    } finally {
      back()
    }
    await until('all rows', async () => (await count(ids)) === ids.length)
    const own = (): string[] => inDatabase().filter((id) => ids.includes(id))
    await until('a page of them', () => own().length > 0)
    expect(new Set(own()).size).toBe(own().length)
    expect(await count(ids)).toBe(221)
  }, 240_000)

  test('that were handed over before a crash are there after it', async () => {
    const before = await counted()
    const ids = [await ask('one'), await ask('two')]
    await handedOver(before + 2)
    await scene.gateway.kill()
    await scene.gateway.restart()
    expect(await count(ids)).toBe(2)
  }, 180_000)

  test('of a hundred at once are there for each, and none twice', async () => {
    const ids = await Promise.all(Array.from({ length: 100 }, () => ask('two')))
    await until('a hundred rows', async () => (await count(ids)) >= 100)
    expect(await count(ids)).toBe(100)
  })
})

/** The least value that so many percent of them do not exceed. */
const percentile = (values: readonly number[], percent: number): number =>
  values.toSorted((a, b) => a - b)[Math.ceil((percent * values.length) / 100) - 1] ?? 0

describe('usage', () => {
  const usage = async (query: string): Promise<Record<string, unknown>[]> =>
    pick((await scene.admin.send(`/admin/usage?${query}`)).json, 'data') as Record<string, unknown>[]

  test.each(['model', 'key', 'route', 'day'] as const)('by %s is the sum of the rows', async (group) => {
    const key = await scene.makeKey()
    scene.lab.script('one', { status: 503 })
    scene.lab.always('two', { usage: { prompt: 50, cached: 20, completion: 9, reasoning: 4 } })
    await key.client.ask({ model: 'both' })
    await key.client.ask({ model: 'nothing-such' })
    await scene.rowOf(await ask('two'))
    const rows = await scene.rows()
    const nameOf = (row: Row): string | null =>
      group === 'day'
        ? String(row['at']).slice(0, 10)
        : group === 'route' && row['reason'] === ''
          ? '(none)'
          : (row[group] as string | null)
    const found = await usage(`group=${group}`)
    expect(new Set(found.map((entry) => entry[group]))).toEqual(new Set(rows.map(nameOf)))
    for (const entry of found) {
      const own = rows.filter((row) => nameOf(row) === entry[group])
      const sum = (...path: string[]): number =>
        own.reduce((total, row) => total + Number(pick(row, ...path)), 0)
      const ended = (end: string): number => own.filter((row) => row.end === end).length
      expect(entry).toMatchObject({
        requests: own.length,
        failures: ended('error'),
        refused: ended('refused'),
        cost_micros: sum('cost_micros'),
        tokens: {
          input: sum('tokens', 'input'),
          cache_read: sum('tokens', 'cache_read'),
          output: sum('tokens', 'output'),
          reasoning: sum('tokens', 'reasoning'),
        },
      })
      const times = own.filter((row) => row.end !== 'refused').map((row) => Number(row['total_ms']))
      if (times.length === 0) continue
      for (const percent of [50, 95, 99]) {
        const exact = percentile(times, percent)
        const told = Number(pick(entry, 'total_ms', `p${percent}`))
        expect(Math.abs(told - exact)).toBeLessThanOrEqual(exact * 0.032)
      }
    }
  })

  test('comes in pages, in the order of names', async () => {
    const all = (await usage('group=key')).map((entry) => entry['key'])
    const seen: unknown[] = []
    for (let after = ''; ;) {
      const { json } = await scene.admin.send(
        `/admin/usage?group=key&limit=2${after === '' ? '' : `&after=${after}`}`,
      )
      seen.push(...(pick(json, 'data') as Record<string, unknown>[]).map((entry) => entry['key']))
      if (pick(json, 'has_more') !== true) break
      after = String(pick(json, 'last'))
    }
    expect(seen).toEqual(all)
  })

  test('of a time in which nothing was asked is empty', async () => {
    expect(await usage('since=2020-01-01&until=2020-02-01')).toEqual([])
  })

  test.each([
    'group=colour',
    'since=yesterday',
    'since=2026-02-01&until=2026-01-01',
    'limit=0',
    'limit=1001',
    'colour=red',
  ])('refuses ?%s and says what is expected', async (query) => {
    const reply = await scene.admin.send(`/admin/usage?${query}`)
    expect(reply.status).toBe(400)
    expect(pick(reply.json, 'error', 'message')).toMatch(/^Invalid/)
  })

  test('is the same after a crash', async () => {
    const before = await usage('group=model')
    await scene.gateway.kill()
    await scene.gateway.restart()
    expect(await usage('group=model')).toEqual(before)
  })
})

test('windows that are over go to D1, and usage is the same from there, once', async () => {
  const YESTERDAY = Date.now() - 30 * 3_600_000
  const usage = async (): Promise<unknown> =>
    pick((await scene.admin.send('/admin/usage?group=key')).json, 'data')
  const rollups = (): number => {
    let found = 0
    withDatabase((database) => {
      found = Number(
        database.prepare("SELECT COUNT(*) AS found FROM rollups WHERE dimension = 'key'").get()?.['found'],
      )
    })
    return found
  }
  await usage() // so that every outbox exists
  await scene.gateway.kill()
  // As isolates have handed them over yesterday, to outboxes that have slept since.
  for (const [place, count] of [7, 4].entries()) {
    const outcomes = Array.from({ length: count }, (_, index) =>
      outcomeWith({ at: YESTERDAY + index, keyId: 'key_yesterday', totalMs: 100 + index }),
    )
    const { rows, columns } = handOverOf(`slept-${place}`, 1, outcomes)
    const text = [`slept-${place}`, 1, columns.join(','), count, rows].join('\t')
    const file = join(
      scene.gateway.state,
      'objects',
      'minnow-Outbox',
      `${objectId('minnow-Outbox', `outbox-${place}`)}.sqlite`,
    )
    const database = new DatabaseSync(file)
    database
      .prepare('INSERT INTO queue (id, rows, characters, text) VALUES (1000, ?, ?, ?)')
      .run(count, text.length, text)
    database.close()
  }
  await scene.gateway.restart()
  const before = await usage()
  expect(before).toContainEqual(
    expect.objectContaining({
      key: 'key_yesterday',
      requests: 11,
      cost_micros: 77,
      total_ms: { p50: 102, p95: 106, p99: 106 },
    }),
  )
  await until('the rollups', () => rollups() === 4) // an hour and a day of two outboxes
  expect(await usage()).toEqual(before)
  await scene.gateway.kill()
  await scene.gateway.restart()
  expect(await usage()).toEqual(before)
  expect(rollups()).toBe(4)
  expect((await scene.rows('&key=key_yesterday')).length).toBe(11)
}, 240_000)

/** A line of Prometheus' text, by its grammar. */
const SAMPLE =
  /^([a-zA-Z_:][a-zA-Z0-9_:]*)\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\[\\n"])*",?)*)\} (\S+)$/

test('Prometheus reads the metrics, whose counts are those of the rows', async () => {
  await ask(ODD)
  await scene.rowOf(await ask('one'))
  const reply = await scene.admin.send('/admin/metrics')
  expect(reply.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const samples: { name: string; labels: Record<string, string>; value: number }[] = []
  const types = new Map<string, string>()
  for (const line of reply.text.trimEnd().split('\n')) {
    const type = /^# TYPE (\S+) (\S+)$/.exec(line)
    if (type?.[1] !== undefined) types.set(type[1], type[2] ?? '')
    if (line.startsWith('#')) continue
    const [, name = '', labels = '', value = ''] = SAMPLE.exec(line) ?? []
    expect(name, line).not.toBe('')
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, label = '', text = '']) => [
      label,
      text.replaceAll(/\\(.)/g, (_, next: string) => (next === 'n' ? '\n' : next)),
    ])
    samples.push({ name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) })
  }
  const rows = await scene.rows()
  const total = (name: string, match: Record<string, string> = {}): number =>
    samples
      .filter((sample) => sample.name === name)
      .filter(({ labels }) => Object.entries(match).every(([label, text]) => labels[label] === text))
      .reduce((sum, { value }) => sum + value, 0)
  expect(types.get('minnow_requests_total')).toBe('counter')
  expect(types.get('minnow_request_duration_seconds')).toBe('histogram')
  expect(total('minnow_requests_total')).toBe(rows.length)
  expect(total('minnow_requests_total', { route: ODD })).toBe(1)
  expect(total('minnow_tokens_total', { class: 'output' })).toBe(
    rows.reduce((sum, row) => sum + Number(pick(row, 'tokens', 'output')), 0),
  )
  expect(total('minnow_cost_dollars_total')).toBeCloseTo(
    rows.reduce((sum, row) => sum + row.cost_micros, 0) / 1e6,
    9,
  )
  const timed = rows.filter((row) => row.end !== 'refused')
  expect(total('minnow_request_duration_seconds_count')).toBe(timed.length)
  expect(total('minnow_request_duration_seconds_bucket', { le: '+Inf' })).toBe(timed.length)
  expect(total('minnow_request_duration_seconds_bucket', { le: '0.08' })).toBe(
    timed.filter((row) => Number(row['total_ms']) < 80).length,
  )
})

describe('OTLP', () => {
  type Attribute = { key: string; value: Record<string, unknown> }
  const valueOf = (value: Record<string, unknown>): unknown => Object.values(value)[0]
  const attributesOf = (from: unknown): Record<string, unknown> =>
    Object.fromEntries(
      (pick(from, 'attributes') as Attribute[]).map(({ key, value }) => [key, valueOf(value)]),
    )
  const spans = (): Record<string, unknown>[] =>
    collector.received
      .filter(({ path }) => path === '/v1/traces')
      .flatMap(
        ({ body }) => pick(body, 'resourceSpans', 0, 'scopeSpans', 0, 'spans') as Record<string, unknown>[],
      )
  const spansOf = (id: string): Record<string, unknown>[] => {
    const root = spans().find((span) => attributesOf(span)['minnow.request.id'] === id)
    return root === undefined ? [] : spans().filter((span) => span['traceId'] === root['traceId'])
  }

  test('gets a span of a request and one of each call, with the GenAI conventions and no secret', async () => {
    scene.lab.script('one', { status: 503 })
    scene.lab.script('two', {
      text: 'a private answer',
      usage: { prompt: 50, cached: 20, completion: 9, reasoning: 4 },
    })
    const id = freshId()
    await scene.client.stream({ model: 'both' }, withId(id))
    const found = await until('the spans', () => spansOf(id).length >= 3 && spansOf(id))
    const [root, first, second] = found
    expect(root).toMatchObject({
      name: 'chat both',
      kind: 2,
      traceId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    })
    expect(attributesOf(root)).toMatchObject({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'lab',
      'gen_ai.request.model': 'both',
      'gen_ai.response.model': 'two',
      'gen_ai.usage.input_tokens': 50,
      'gen_ai.usage.output_tokens': 9,
      'gen_ai.usage.cache_read.input_tokens': 20,
      'gen_ai.usage.reasoning.output_tokens': 4,
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number) as number,
      'http.response.status_code': 200,
    })
    expect(first).toMatchObject({
      name: 'chat one',
      kind: 3,
      parentSpanId: root?.['spanId'],
      status: { code: 2 },
    })
    expect(attributesOf(first)).toMatchObject({
      'error.type': 'overloaded',
      'http.response.status_code': 503,
    })
    expect(second).toMatchObject({ name: 'chat two', parentSpanId: root?.['spanId'], status: { code: 0 } })
    expect(Number(root?.['startTimeUnixNano'])).toBeGreaterThan(1.7e18)
    expect(BigInt(String(root?.['endTimeUnixNano']))).toBeGreaterThanOrEqual(
      BigInt(String(second?.['endTimeUnixNano'])),
    )
    const all = JSON.stringify(collector.received.map(({ body }) => body))
    for (const secret of ['a private answer', 'sk-lab', 'mk-local', 'secret-of'])
      expect(all).not.toContain(secret)
    expect(collector.received.at(-1)?.headers).toMatchObject({
      'x-tenant': 'blue team',
      authorization: 'Bearer secret-of-the-collector',
      'content-type': 'application/json',
    })
  })

  test('has them in the trace that the client told, under its span', async () => {
    const [traceId, spanId] = ['4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7']
    const ids = [freshId(), freshId()]
    for (const id of ids) {
      const traceparent = `00-${traceId}-${spanId}-01`
      await scene.client.ask({ model: 'one' }, { headers: { ...withId(id).headers, traceparent } })
    }
    const own = (): Record<string, unknown>[] => spans().filter((span) => span['traceId'] === traceId)
    const found = await until('the spans', () => own().length >= 4 && own())
    expect(new Set(found.map((span) => span['spanId'])).size).toBe(4)
    const roots = found.filter((span) => span['kind'] === 2)
    expect(roots.map((span) => span['parentSpanId'])).toEqual([spanId, spanId])
    const calls = found.filter((span) => span['kind'] === 3)
    expect(new Set(calls.map((span) => span['parentSpanId']))).toEqual(
      new Set(roots.map((span) => span['spanId'])),
    )
  })

  test('gets cumulative histograms of tokens, durations and first tokens', async () => {
    const metrics = await until('metrics of a stream', () => {
      const last = collector.received.findLast(({ path }) => path === '/v1/metrics')
      const all = pick(last?.body, 'resourceMetrics', 0, 'scopeMetrics', 0, 'metrics') as
        | Record<string, unknown>[]
        | undefined
      const first = all?.find((metric) => metric['name'] === 'gen_ai.server.time_to_first_token')
      const points = pick(first, 'histogram', 'dataPoints')
      return Array.isArray(points) && points.length > 0 && all
    })
    const named = (name: string): unknown => metrics.find((metric) => metric['name'] === name)
    for (const [name, unit] of [
      ['gen_ai.client.token.usage', '{token}'],
      ['gen_ai.client.operation.duration', 's'],
      ['gen_ai.server.time_to_first_token', 's'],
    ] as const) {
      const metric = named(name)
      expect(metric).toMatchObject({ unit, histogram: { aggregationTemporality: 2 } })
      const points = pick(metric, 'histogram', 'dataPoints') as {
        bucketCounts: number[]
        explicitBounds: number[]
        count: number
      }[]
      expect(points.length).toBeGreaterThan(0)
      for (const point of points) {
        expect(point.bucketCounts).toHaveLength(point.explicitBounds.length + 1)
        expect(point.bucketCounts.reduce((sum, part) => sum + part, 0)).toBe(point.count)
        expect(attributesOf(point)).toMatchObject({
          'gen_ai.operation.name': 'chat',
          'gen_ai.provider.name': expect.any(String) as string,
        })
      }
    }
    const types = (pick(named('gen_ai.client.token.usage'), 'histogram', 'dataPoints') as unknown[]).map(
      (point) => attributesOf(point)['gen_ai.token.type'],
    )
    expect(new Set(types)).toEqual(new Set(['input', 'output']))
  })

  test('that is away keeps neither rows from D1 nor spans from itself', async () => {
    collector.refuse(503)
    const id = await ask('one')
    await until('the row', async () => (await count([id])) === 1)
    expect(spansOf(id)).toEqual([])
    collector.refuse(200)
    await until('the spans', () => spansOf(id).length === 2)
  })
})

test('one line of JSON is logged for a request, without a word of it and without a key', async () => {
  const id = freshId()
  await scene.client.ask({ model: 'one', messages: [{ role: 'user', content: 'xylophone' }] }, withId(id))
  await scene.rowOf(id)
  const lines = scene.gateway
    .output()
    .split('\n')
    .filter((line) => line.includes(id))
  expect(lines).toHaveLength(1)
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'info',
    message: 'request',
    request_id: id,
    model: 'lab/one',
    status: 200,
  })
  for (const secret of ['xylophone', 'sk-lab', 'mk-local'])
    expect(scene.gateway.output()).not.toContain(secret)
})
