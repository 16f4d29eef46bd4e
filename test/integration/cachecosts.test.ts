// What giving answers again costs: calls of objects, and rows that they write; nothing where nobody asked for it.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Counted, startCounted } from '../../tools/bench/counted.ts'
import { type Client, type Fields, openClient, type Reply, user } from '../lab/client.ts'
import { CLIENT_KEY } from '../lab/scene.ts'
import { startVendor, type Vendor } from '../lab/vendor.ts'

const state = mkdtempSync(join(tmpdir(), 'minnow-cache-'))
let vendor: Vendor
let counted: Counted
let client: Client

beforeAll(async () => {
  vendor = await startVendor()
  counted = await startCounted(resolve(import.meta.dirname, '../..'), state, {
    providers: { lab: { baseUrl: vendor.url, apiKey: '$BENCH_KEY' } },
  })
  client = openClient(`http://127.0.0.1:${counted.port}`, CLIENT_KEY)
})
afterAll(async () => {
  await counted.stop()
  await vendor.stop()
  rmSync(state, { recursive: true, force: true })
})

const ask = (text: string, minnow: Fields = {}): Promise<Reply> =>
  client.ask({ model: 'lab/x', messages: [user(text)], minnow })
const isHit = ({ headers }: Reply): boolean => headers.get('x-minnow-route')?.startsWith('cache') === true

/** What one request more came to. */
async function costOf(work: () => Promise<unknown>): Promise<{ calls: number; rows: number }> {
  await counted.take(0)
  await counted.takeStorage()
  await work()
  const calls = (await counted.take(0))['ANSWERS'] ?? 0
  return { calls, rows: (await counted.takeStorage()).rows['ANSWERS'] ?? 0 }
}

/** The least of several: every ten seconds a request carries the notes of what was given before it, too. */
async function leastOf(
  texts: readonly string[],
  work: (text: string) => Promise<void>,
): ReturnType<typeof costOf> {
  const costs: Awaited<ReturnType<typeof costOf>>[] = []
  for (const text of texts) costs.push(await costOf(() => work(text)))
  return { calls: Math.min(...costs.map((it) => it.calls)), rows: Math.min(...costs.map((it) => it.rows)) }
}

test('nothing where it is off, and nobody is asked', async () => {
  await ask('Warm?')
  expect(await costOf(async () => Promise.all([ask('Off?'), ask('Off?', { cache: false })]))).toEqual({
    calls: 0,
    rows: 0,
  })
})

test('two calls and a few rows for a miss, one call for a hit', async () => {
  const cache = 'exact'
  const stored = async (text: string, minnow: Fields): Promise<void> => {
    expect(isHit(await ask(text, minnow))).toBe(false)
    await new Promise((resolve) => setTimeout(resolve, 1_500)) // for what is done off the path
  }
  // Every object makes its tables once.
  for (let at = 0; at < 40; at += 1) await ask(`Filling a glass ${'x'.repeat(at + 1)}?`, { cache })
  for (let at = 0; at < 40; at += 1)
    await ask(`Filling a glass ${'y'.repeat(at + 1)}?`, { cache: 'semantic' })
  await stored('Filled?', { cache })
  const miss = await leastOf(['Who is first?', 'Where is the exit?', 'When was noon?'], (text) =>
    stored(text, { cache }),
  )
  const other = await leastOf(
    ['Who is the second king?', 'How does one bake bread?', 'What do owls eat?'],
    (text) => stored(text, { cache: 'semantic' }),
  )
  const hit = await costOf(async () => expect(isHit(await ask('Who is first?', { cache }))).toBe(true))
  console.log('as counted', { miss, other, hit }) // oxlint-disable-line no-console -- the numbers of docs/cache.md
  expect(miss.calls).toBe(2)
  expect(other.calls).toBe(2)
  expect(miss.rows).toBeLessThanOrEqual(6)
  expect(other.rows).toBeLessThanOrEqual(7)
  expect(hit.calls).toBe(1)
  expect(hit.rows).toBeLessThanOrEqual(4) // what was given before is noted now and then
})
