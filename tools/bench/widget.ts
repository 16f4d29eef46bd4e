// `node tools/bench/widget.ts`: what the chat widget costs a page. How much it loads, how smooth a page stays while an answer
// streams, and what a page's own figures are with and without it, in turns within one run: somebody's, and the gateway's own
// page /widget on a phone. `--only=demo`: the last alone.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
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

/** What a page's figures are once it has come to rest: milliseconds, a number for the shift, and what came over the line. */
async function figures(page: Page): Promise<Record<string, number>> {
  await page.waitForLoadState('load')
  await page.waitForTimeout(700)
  return page.evaluate(async () => {
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
    const documents = performance.getEntriesByType('navigation') as PerformanceResourceTiming[]
    return {
      fcp: paint.find(({ name }) => name === 'first-contentful-paint')?.startTime ?? 0,
      lcp: largest.at(-1)?.startTime ?? 0,
      cls: shifts.reduce((sum, entry) => sum + Number(Reflect.get(entry, 'value')), 0),
      tbt: long.reduce((sum, { duration }) => sum + Math.max(0, duration - 50), 0),
      requests: resources.length,
      bytes: [...documents, ...resources].reduce((sum, { transferSize }) => sum + transferSize, 0),
    }
  })
}

async function load(visits: Visits, withWidget: boolean): Promise<Record<string, number>> {
  const visitor = await visits.visit({ body: withWidget ? FILLER + visits.tag() : FILLER })
  const measured = await figures(visitor.page)
  await visitor.close()
  return measured
}

/** As Lighthouse plays a phone: 150 ms away, 1.6 Mbit/s, a processor of a quarter of the speed. */
const PHONE = { viewport: { width: 412, height: 823 }, isMobile: true, hasTouch: true }
const SLOWER = 4
const LINE = { offline: false, latency: 150, downloadThroughput: 200_000, uploadThroughput: 93_750 }

/** The gateway's own page /widget, where the chat stands in the page and is loaded at once. */
async function demo(visits: Visits, withWidget: boolean): Promise<Record<string, number>> {
  const context = await visits.browser.newContext(PHONE)
  const page = await context.newPage()
  const session = await context.newCDPSession(page)
  await session.send('Network.enable')
  await session.send('Network.emulateNetworkConditions', LINE)
  await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWER })
  const files = ['widget.js', 'widget-chat.js', 'widget-words-*.js'].map(
    (name) => `${visits.scene.gateway.url}/${name}`,
  )
  if (!withWidget) await session.send('Network.setBlockedURLs', { urls: files })
  await page.goto(`${visits.scene.gateway.url}/widget`)
  if (withWidget) await page.locator('#stage .panel').waitFor()
  const measured = await figures(page)
  await context.close()
  return measured
}

type Figures = Record<string, number>

const middle = (all: readonly Figures[]): Figures =>
  Object.fromEntries(
    Object.keys(all[0] ?? {}).map((name) => [name, median(all.map((one) => one[name] ?? 0))]),
  )

/** Without and with it in turns, so that what else the machine does falls on both. */
async function inTurns(visits: Visits, once: typeof load): Promise<Record<'without' | 'with', Figures>> {
  const rounds: Record<'without' | 'with', Figures[]> = { without: [], with: [] }
  for (let round = 0; round < ROUNDS; round += 1) {
    rounds.without.push(await once(visits, false))
    rounds.with.push(await once(visits, true))
  }
  return { without: middle(rounds.without), with: middle(rounds.with) }
}

const isDemoOnly = process.argv.includes('--only=demo')
const visits = await startVisits()
try {
  const found: Record<string, unknown> = { at: new Date().toISOString(), loadAverage: loadavg()[0] }
  if (!isDemoOnly) {
    const sized = await sizes()
    const smoothness = await smooth(visits)
    const pages = await inTurns(visits, load)
    Object.assign(found, { sizes: sized, smoothness, pages })
    console.log('\nbytes, gzipped')
    console.table(sized.files)
    console.log(`a page with the launcher: ${sized.closed}; opened, in the longest language: ${sized.opened}`)
    console.log(`\nmilliseconds between frames (${WORDS} words, one every 4 ms)`)
    console.table(smoothness)
    console.log(`\na page with and without it, medians of ${ROUNDS} in turns (ms; cls a number)`)
    console.table(pages)
  }
  const own = await inTurns(visits, demo)
  Object.assign(found, { own })
  console.log(
    `\nthe page /widget as on a phone, the same; the machine's load: ${String(found['loadAverage'])}`,
  )
  console.table(own)
  mkdirSync(join(root, 'bench-results'), { recursive: true })
  writeFileSync(join(root, 'bench-results/widget.json'), `${JSON.stringify(found, null, 2)}\n`)
} finally {
  await visits.stop()
}
