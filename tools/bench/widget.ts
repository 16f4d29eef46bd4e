// `node tools/bench/widget.ts`: what the chat widget costs a page. How much it loads, how smooth a page stays while an answer
// streams, and what a page's own figures are with and without it, in turns within one run.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { startVisits, type Visits } from '../../test/lab/visit.ts'
import { bundleBrowser } from '../gateway/bundle.ts'

const root = resolve(import.meta.dirname, '../..')
const ROUNDS = 7
const WORDS = 1_500

interface Sizes {
  readonly files: Readonly<Record<string, number>>
  /** The launcher alone, as every page loads it. */
  readonly closed: number
  /** All that a visitor loads who opens it, in the longest language. */
  readonly opened: number
}

async function sizes(): Promise<Sizes> {
  const folder = mkdtempSync(join(tmpdir(), 'minnow-widget-'))
  try {
    await bundleBrowser(root, folder)
    const names = readdirSync(folder).filter((name) => /^widget(?:-chat|-words-\w+)?\.js$/.test(name))
    const files = Object.fromEntries(
      names.map((name) => [name, gzipSync(readFileSync(join(folder, name)), { level: 9 }).length]),
    )
    const words = Math.max(...names.filter((name) => name.includes('words')).map((name) => files[name] ?? 0))
    const closed = files['widget.js'] ?? 0
    return { files, closed, opened: closed + (files['widget-chat.js'] ?? 0) + words }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0

const median = (numbers: readonly number[]): number =>
  at(
    numbers.toSorted((a, b) => a - b),
    0.5,
  )

/** Milliseconds between frames, until `stop` resolves. */
async function frames(page: Page, stop: () => Promise<unknown>): Promise<Record<string, number>> {
  await page.evaluate(() => {
    const times: number[] = []
    let before = performance.now()
    const tick = (now: number): void => {
      times.push(now - before)
      before = now
      requestAnimationFrame(tick)
    }
    requestAnimationFrame(tick)
    Reflect.set(window, 'times', times)
  })
  await stop()
  const times = ((await page.evaluate(() => Reflect.get(window, 'times'))) as number[])
    .slice(1)
    .toSorted((a, b) => a - b)
  const late = times.filter((time) => time > 25).length
  return {
    frames: times.length,
    p50: at(times, 0.5),
    p95: at(times, 0.95),
    p99: at(times, 0.99),
    most: times.at(-1) ?? 0,
    lateShare: late / Math.max(1, times.length),
  }
}

async function smooth(visits: Visits): Promise<Record<string, Record<string, number>>> {
  const model = visits.model()
  const text = Array.from({ length: WORDS }, (_, word) =>
    word % 60 === 0 ? `\n\n## Part ${word}\n\n- **one**\n-` : word % 25 === 0 ? '`code`' : `word${word}`,
  ).join(' ')
  visits.scene.lab.script(model, { text, everyMs: 4 })
  const visitor = await visits.visit({ attributes: { model } })
  await visitor.open()
  const idle = await frames(visitor.page, () => visitor.page.waitForTimeout(4_000))
  await visitor.say('Tell me all')
  const streaming = await frames(visitor.page, () =>
    visitor.page.locator('[data-state=whole]').waitFor({ timeout: 120_000 }),
  )
  await visitor.close()
  return { idle, streaming }
}

const FILLER = `<main><h1>Shoes for the north</h1>${'<p>We make shoes by hand, of wool and of leather, for those who walk far. </p>'.repeat(40)}</main>`

async function load(visits: Visits, withWidget: boolean): Promise<Record<string, number>> {
  const visitor = await visits.visit({ body: withWidget ? FILLER + visits.tag() : FILLER })
  const { page } = visitor
  await page.waitForLoadState('load')
  await page.waitForTimeout(700)
  const measured = await page.evaluate(async () => {
    const seen = (type: string): Promise<PerformanceEntry[]> =>
      new Promise((done) => {
        const observer = new PerformanceObserver((list) => done(list.getEntries()))
        observer.observe({ type, buffered: true })
        setTimeout(() => done([]), 150)
      })
    const [paint, largest, shifts, long] = await Promise.all([
      seen('paint'),
      seen('largest-contentful-paint'),
      seen('layout-shift'),
      seen('longtask'),
    ])
    const resources = performance.getEntriesByType('resource') as PerformanceResourceTiming[]
    return {
      fcp: paint.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? 0,
      lcp: largest.at(-1)?.startTime ?? 0,
      cls: shifts.reduce((sum, entry) => sum + Number(Reflect.get(entry, 'value')), 0),
      tbt: long.reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0),
      requests: resources.length,
    }
  })
  await visitor.close()
  return measured
}

const sized = await sizes()
const visits = await startVisits()
try {
  const smoothness = await smooth(visits)
  const rounds = { without: [] as Record<string, number>[], with: [] as Record<string, number>[] }
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.without.push(await load(visits, false))
    rounds.with.push(await load(visits, true))
  }
  const middle = (all: readonly Record<string, number>[]): Record<string, number> =>
    Object.fromEntries(
      Object.keys(all[0] ?? {}).map((name) => [name, median(all.map((one) => one[name] ?? 0))]),
    )
  const pages = { without: middle(rounds.without), with: middle(rounds.with) }
  console.log('\nbytes, gzipped')
  console.table(sized.files)
  console.log(`a page with the launcher: ${sized.closed}; opened, in the longest language: ${sized.opened}`)
  console.log(`\nmilliseconds between frames (${WORDS} words, one every 4 ms)`)
  console.table(smoothness)
  console.log(`\na page with and without it, medians of ${ROUNDS} in turns (ms; cls a number)`)
  console.table(pages)
  mkdirSync(join(root, 'bench-results'), { recursive: true })
  writeFileSync(
    join(root, 'bench-results/widget.json'),
    `${JSON.stringify({ at: new Date().toISOString(), sizes: sized, smoothness, pages }, null, 2)}\n`,
  )
} finally {
  await visits.stop()
}
