// The ways out: what is escaped, how headers are read, what is logged, and which windows a stretch of time has.
import { describe, expect, it } from 'vitest'
import { absorb, openBooks } from '../../../../workers/telemetry/books.ts'
import { totalsOf } from '../../../../workers/telemetry/live.ts'
import { openLog } from '../../../../workers/telemetry/log.ts'
import { openExporter, readHeaders } from '../../../../workers/telemetry/otlp.ts'
import { writeMetrics } from '../../../../workers/telemetry/prometheus.ts'
import { rangeOf } from '../../../../workers/telemetry/range.ts'
import { handOverOf, HOUR_MS, NOON, outcomeWith } from './outbox-rows.ts'

describe("Prometheus' text", () => {
  it('escapes what a label may not hold, and has each family once', () => {
    const books = openBooks(NOON)
    const odd = outcomeWith({ route: 'a"b\\c\nd', totalMs: 90 })
    absorb(books, handOverOf('x', 1, [odd, outcomeWith({ totalMs: 81_920 })]), 'a.1', NOON)
    const text = writeMetrics([totalsOf(books), totalsOf(openBooks(NOON))])
    expect(text).toContain('route="a\\"b\\\\c\\nd"')
    expect(text.endsWith('\n')).toBe(true)
    const types = text.split('\n').filter((line) => line.startsWith('# TYPE'))
    expect(new Set(types).size).toBe(types.length)
    expect(text).toContain(
      'minnow_request_duration_seconds_bucket{model="lab/big",route="auto",le="81.92"} 0\n' +
        'minnow_request_duration_seconds_bucket{model="lab/big",route="auto",le="+Inf"} 1\n' +
        'minnow_request_duration_seconds_sum{model="lab/big",route="auto"} 81.92\n' +
        'minnow_request_duration_seconds_count{model="lab/big",route="auto"} 1\n',
    )
  })

  it('of nothing is families without samples', () => {
    const text = writeMetrics([])
    expect(text.split('\n').every((line) => line === '' || line.startsWith('# '))).toBe(true)
  })
})

describe('an exporter', () => {
  it('reads headers as the environment has them', () => {
    expect(readHeaders('a=1, X-B = two%20words ,c==,=d,e')).toEqual({ a: '1', 'x-b': 'two words', c: '=' })
    expect(readHeaders('a=%zz')).toEqual({ a: '%zz' })
  })

  it('asks to be called again where the collector is away, and drops what is refused', async () => {
    const lines: string[] = []
    let status = 503
    const exporter = openExporter({
      endpoint: 'http://collector/',
      headers: undefined,
      version: '1',
      fetcher: async (url) => {
        expect(url).toBe('http://collector/v1/traces')
        return new Response('', { status })
      },
      warn: (message) => lines.push(message),
    })
    const send = () =>
      exporter.sendTraces([{ id: 1, count: 1, handOvers: [handOverOf('x', 1, [outcomeWith()])] }], 'a')
    await expect(send()).rejects.toThrow('503')
    status = 400
    await send()
    expect(lines).toEqual([expect.stringContaining('status 400')])
  })
})

describe('the log', () => {
  it('is silent about requests unless asked, and one line of JSON each where it is', () => {
    const lines: [string, string][] = []
    const open = (form: 'json' | 'off') =>
      openLog(
        form,
        (level, line) => void lines.push([level, line]),
        () => NOON,
      )
    open('off').request(outcomeWith())
    expect(lines).toEqual([])
    open('off').warn('plain')
    expect(lines.pop()).toEqual(['warn', 'plain'])
    open('json').request(outcomeWith({ end: 'error', failure: 'timeout' }))
    const [level, line = ''] = lines.pop() ?? []
    expect(level).toBe('error')
    expect(JSON.parse(line)).toMatchObject({
      level: 'error',
      failure: 'timeout',
      model: 'lab/big',
      tokens_in: 10,
    })
    open('json').warn('a "quoted" thing')
    expect(JSON.parse(lines.pop()?.[1] ?? '')).toMatchObject({ level: 'warn', message: 'a "quoted" thing' })
  })
})

describe('a stretch of time', () => {
  const hours = (from: number, to: number): unknown =>
    rangeOf(from, to).stretches.map((stretch) => [
      stretch.span,
      (stretch.from - NOON) / HOUR_MS,
      (stretch.to - NOON) / HOUR_MS,
    ])

  it('is whole days where it can be, and hours at its ends', () => {
    expect(hours(NOON, NOON + 48 * HOUR_MS)).toEqual([
      ['hour', 0, 12],
      ['day', 12, 36],
      ['hour', 36, 48],
    ])
  })

  it('within a day is hours, from that of its beginning to that of its end', () => {
    expect(hours(NOON + 1, NOON + HOUR_MS + 1)).toEqual([['hour', 0, 2]])
  })

  it('of days is days', () => {
    expect(hours(NOON - 12 * HOUR_MS, NOON + 12 * HOUR_MS)).toEqual([['day', -12, 12]])
  })
})
