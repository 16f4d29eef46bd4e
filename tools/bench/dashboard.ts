// `node tools/bench/dashboard.ts [rows]`: the dashboard over a million rows, as an operator's browser shows it. How long the
// first view takes, each page, each filter, and one request opened; and beside it how long the gateway's answers took.
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { startBrowser } from '../../test/lab/browser.ts'
import { startGateway } from '../../test/lab/gateway.ts'
import { databaseFile } from '../gateway/migrate.ts'
import { DAYS, fillMillion, KEYS, MODELS } from './million.ts'
import { median } from './statistics.ts'

const ROWS = Number(process.argv[2] ?? 1_000_000)
const ROUNDS = Number(process.argv[3] ?? 7)
if (!(ROWS > 0 && ROUNDS > 0))
  throw new Error('Rows and rounds are numbers: node tools/bench/dashboard.ts 100000 3')

const CONFIG = {
  providers: { lab: { dialect: 'openai-chat', baseUrl: 'http://127.0.0.1:9/v1' } },
  models: { big: { provider: 'lab', model: 'big', price: { input: 2, output: 8 } } },
  routes: { auto: { mini: ['micro'], frontier: ['big'], strongShare: 0.4 }, solid: { order: ['big'] } },
}

/** What is shown, where, and by which sign it is there. */
const VIEWS: readonly (readonly [what: string, fragment: string, sign: string])[] = [
  ['overview, 24 hours', 'overview', '.figures'],
  ['overview, 90 days', 'overview?span=90d', '.charts canvas >> nth=3'],
  ['who used how much, by model, 90 days', 'overview?span=90d&by=model', 'td .spark path >> nth=2'],
  ['by key, 90 days', 'overview?span=90d&by=key', 'td .spark path >> nth=10'],
  ['by route, 90 days', 'overview?span=90d&by=route', 'td .spark path >> nth=2'],
  ['requests', 'requests', '.requests tbody tr >> nth=49'],
  ['of a model', `requests?model=${encodeURIComponent(MODELS[5] ?? '')}`, '.requests tbody tr >> nth=0'],
  ['of a key', `requests?key=${KEYS.at(-1) ?? ''}`, '.requests tbody tr >> nth=0'],
  ['of a route', 'requests?route=auto', '.requests tbody tr >> nth=0'],
  ['of a tier', 'requests?tier=mini', '.requests tbody tr >> nth=0'],
  ['those that failed', 'requests?end=error', '.requests tbody tr >> nth=0'],
  ['those of a route that failed', 'requests?route=auto&end=error', '.requests tbody tr >> nth=0'],
  ['those cancelled: none in a million', 'requests?end=cancelled', '.nothing'],
  [
    'of a key and a model, failed',
    `requests?key=${KEYS[3] ?? ''}&model=${encodeURIComponent(MODELS[1] ?? '')}&end=error`,
    '.requests tbody tr, .nothing',
  ],
  ['keys', 'keys', '.content .nothing, .key'],
  ['models', 'models', '.models tbody tr >> nth=0'],
  ['routes, with what another setting had meant', 'routes', '.saying'],
  ['playground', 'playground', 'textarea'],
]

interface Seen {
  readonly what: string
  readonly shownMs: number[]
  /** The slowest answer of the gateway among those that the view asked for. */
  readonly answerMs: number[]
}

const state = mkdtempSync(join(tmpdir(), 'minnow-million-'))
console.log(`Filling ${ROWS.toLocaleString('en')} rows over ${DAYS} days ...`)
const { rollups, pages } = fillMillion(state, ROWS, Date.now())
const megabytes = (statSync(databaseFile(state)).size / 1e6).toFixed(0)
const gateway = await startGateway({ config: CONFIG, state })
const browser = await startBrowser()
try {
  const page = await browser.newPage({ viewport: { width: 1360, height: 900 } })
  page.setDefaultTimeout(60_000)
  const seen: Seen[] = []
  const note = (what: string): Seen => {
    const known = seen.find((one) => one.what === what) ?? { what, shownMs: [], answerMs: [] }
    if (!seen.includes(known)) seen.push(known)
    return known
  }
  await page.goto(gateway.url)
  await page.getByLabel('Admin key').fill('mk-admin-local')
  await page.keyboard.press('Enter')
  await page.locator('.figures').waitFor()

  for (let round = 0; round < ROUNDS; round += 1) {
    await timed(page, note('first view, from a reload'), '.figures', async () => {
      await page.goto(`${gateway.url}/#/overview`)
      await page.reload()
    })
    for (const [what, fragment, sign] of VIEWS) {
      await page.goto(`${gateway.url}/#/playground`) // so that each view begins from another page
      await page.locator('textarea').waitFor()
      await timed(page, note(what), sign, () => jump(page, fragment))
    }
    await jump(page, 'requests')
    await page.locator('.requests tbody tr >> nth=20').waitFor()
    await timed(page, note('50 older requests'), '.requests tbody tr >> nth=99', () =>
      page.getByRole('button', { name: 'Older requests' }).click(),
    )
    const link = page.locator('.requests tbody a >> nth=70')
    await timed(page, note('one of them opened: calls, decision, receipt'), '#receipt', () => link.click())
  }
  print(seen)
} finally {
  await browser.close()
  await gateway.stop()
  rmSync(state, { recursive: true, force: true })
}

async function jump(page: Page, fragment: string): Promise<void> {
  await page.evaluate((hash) => {
    location.hash = hash
  }, `#/${fragment}`)
}

/** From the click until the sign can be seen, and the slowest of the gateway's answers meanwhile. */
async function timed(page: Page, seen: Seen, sign: string, go: () => Promise<unknown>): Promise<void> {
  await page.evaluate(() => performance.clearResourceTimings())
  const began = performance.now()
  await go()
  await page.locator(sign).first().waitFor()
  seen.shownMs.push(performance.now() - began)
  const slowest = await page.evaluate(() =>
    Math.max(
      0,
      ...performance
        .getEntriesByType('resource')
        .filter(({ name }) => name.includes('/admin/'))
        .map(({ duration }) => duration),
    ),
  )
  seen.answerMs.push(slowest)
  process.stderr.write(`${seen.what}: ${(seen.shownMs.at(-1) ?? 0).toFixed(0)} ms\n`)
}

function print(seen: readonly Seen[]): void {
  const [load = 0] = loadavg()
  console.log(
    `${ROWS.toLocaleString('en')} rows in ${pages.toLocaleString('en')} pages, ${rollups.toLocaleString('en')} rollups, ${megabytes} MB; ${ROUNDS} rounds; load average ${load.toFixed(1)}.\n`,
  )
  console.log('| view | first ms | median ms | worst later ms | slowest answer, median ms |')
  console.log('|---|---:|---:|---:|---:|')
  for (const { what, shownMs, answerMs } of seen) {
    const [first = 0, ...later] = shownMs
    const worst = later.length === 0 ? first : Math.max(...later)
    const typical = median(later.length === 0 ? shownMs : later)
    console.log(
      `| ${what} | ${first.toFixed(0)} | ${typical.toFixed(0)} | ${worst.toFixed(0)} | ${median(answerMs).toFixed(0)} |`,
    )
  }
}
