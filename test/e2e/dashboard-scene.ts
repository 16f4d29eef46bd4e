// An operator at the dashboard: a gateway with some past in its database, the lab behind it, and a browser before it.
// The past ends two days ago, so that the last day is empty until a test asks something.
import { randomUUID } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { requestIdAt } from '../../shared/request-id.ts'
import { fill } from '../../tools/bench/filling.ts'
import { databaseFile } from '../../tools/gateway/migrate.ts'
import { COLUMNS } from '../../workers/telemetry/record.ts'
import { startBrowser, STILL } from '../lab/browser.ts'
import { openScene, type Scene } from '../lab/scene.ts'
import { shoot } from '../lab/shots.ts'

export const ADMIN_KEY = 'mk-admin-local'
const DAY_MS = 86_400_000
const ROOT = resolve(import.meta.dirname, '../..')

export interface Visitor {
  readonly page: Page
  /** What the page complained about, and addresses it asked that are not the gateway's. */
  readonly complaints: string[]
  /** Goes to a page of the dashboard and waits until it has what it shows; its picture is kept where pictures are. */
  open(fragment: string): Promise<void>
  close(): Promise<void>
}

export interface Operator {
  readonly scene: Scene
  /** Somebody who is not signed in. */
  visit(options?: BrowserContextOptions): Promise<Visitor>
  /** The same, signed in. */
  enter(options?: BrowserContextOptions): Promise<Visitor>
  stop(): Promise<void>
}

type PastRow = Partial<Record<(typeof COLUMNS)[number], unknown>>

export interface OperatorOptions {
  /** Of the past: 1,500 unless given. With none there are no measurements and nothing learned either. */
  readonly rows?: number
  /** What the configuration has besides. */
  readonly config?: Readonly<Record<string, unknown>>
  /** Changes a row of the past. */
  readonly disguise?: (row: PastRow) => PastRow
}

export async function openOperator({
  rows = 1_500,
  disguise,
  config = {},
}: OperatorOptions = {}): Promise<Operator> {
  const state = mkdtempSync(join(tmpdir(), 'minnow-dashboard-'))
  const now = Date.now() - 2 * DAY_MS
  const random = dice()
  const rowAt = (at: number): unknown[] => {
    const row = pastRow(at, random)
    const told = disguise === undefined ? row : disguise(row)
    return COLUMNS.map((column) => told[column] ?? null)
  }
  if (rows > 0) {
    fill({ root: ROOT, state, rows, days: 30, now, random, rowAt })
    measured(state, now)
  }
  const price = { input: 2, output: 8 }
  const scene = await openScene(
    {
      models: {
        big: { provider: 'lab', model: 'big', price },
        spare: { provider: 'lab', model: 'spare', price: { input: 1, output: 3 } },
      },
      routes: {
        auto: { mini: ['micro'], frontier: ['big', 'spare'], strongShare: 0.4 },
        solid: { order: ['big', 'spare'] },
      },
      retries: { sameTarget: 0 },
      ...config,
    },
    { state },
  )
  const browser = await startBrowser()

  const visit = async (options: BrowserContextOptions = {}): Promise<Visitor> =>
    visitorOf(browser, scene.gateway.url, options)

  return {
    scene,
    visit,
    async enter(options) {
      const visitor = await visit(options)
      await visitor.page.getByLabel('Admin key').fill(ADMIN_KEY)
      await visitor.page.keyboard.press('Enter')
      await visitor.page.locator('.figures').waitFor()
      return visitor
    },
    async stop() {
      await browser.close()
      await scene.stop()
      rmSync(state, { recursive: true, force: true })
    },
  }
}

async function visitorOf(browser: Browser, url: string, options: BrowserContextOptions): Promise<Visitor> {
  const context = await browser.newContext({ ...STILL, ...options })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  const complaints: string[] = []
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('dialog', (dialog) => {
    complaints.push(`a dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('console', (message) => {
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
      complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(url)) complaints.push(`asked ${request.url()}`)
  })
  await page.goto(url)
  await page.locator('.door, .frame').waitFor()
  return {
    page,
    complaints,
    async open(fragment) {
      await page.goto(`${url}/${fragment}`)
      await page.locator('.content').waitFor()
      await page.waitForFunction(() => document.querySelector('.waiting') === null)
      if (!fragment.includes('%')) await shoot(page, fragment.replace(/row_.*/, 'row')) // else what was sent to do harm
    },
    close: () => context.close(),
  }
}

/** The same numbers at every run. */
function dice(): () => number {
  let seed = 7
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return seed / 2 ** 31
  }
}

/** A request of route auto: those with a score above 0.6 went to the frontier, some of them after a failure. */
function pastRow(at: number, random: () => number): PastRow {
  const score = Math.round(random() * 1_000) / 1_000
  const isMini = score <= 0.6
  const target = isMini ? 'minnow/micro' : 'lab/big'
  const [cost, frontier] = [isMini ? 0 : 2_000, 2_000]
  const hasFailed = !isMini && random() < 0.1
  const usage = { input: 500, cacheRead: 0, cacheWrite: 0, output: 125, reasoning: 0 }
  const answered = { target, startedAt: at, headMs: 300, durationMs: 900, end: 'answered', status: 200 }
  const attempts = [
    ...(hasFailed
      ? [{ target: 'lab/spare', startedAt: at, durationMs: 200, end: 'overloaded', status: 529 }]
      : []),
    { ...answered, usage, usageSource: 'reported', costMicros: cost, price: { source: 'configuration' } },
  ]
  const uuid = randomUUID()
  return {
    id: `row_${at.toString(36)}_${uuid}`,
    request_id: requestIdAt(at, uuid),
    at,
    key_id: 'local',
    route: 'auto',
    tier: isMini ? 'mini' : 'frontier',
    reason: isMini ? 'easy' : 'hard',
    score,
    model: target,
    attempts: JSON.stringify(attempts),
    tokens_input: 500,
    tokens_cache_read: 0,
    tokens_cache_write: 0,
    tokens_output: 125,
    tokens_reasoning: 0,
    usage_source: 'reported',
    cost_micros: cost,
    head_ms: 300,
    first_ms: 310,
    total_ms: 900,
    stream: 1,
    status: 200,
    ending: 'finish',
    frontier_micros: frontier,
    routing: JSON.stringify({ cut: 0.6, share: 0.4, dial: { strongShare: 0.4 }, features: { length: 0.4 } }),
    operation: 'chat',
  }
}

/** Three re-benchmarks, the newest of which found `spare` worse, and what the route auto has learned. */
function measured(state: string, now: number): void {
  const database = new DatabaseSync(databaseFile(state))
  const measures = (right: number, micros: number): string =>
    JSON.stringify({
      firstMs: [400, 500],
      perTokenMs: [10, 12],
      bursts: [],
      kinds: { arithmetic: { right, total: 100 } },
      rights: '',
      taskMicros: micros * 100,
      failures: { right: 0, total: 100 },
      reasons: {},
      skipped: {},
      costMicros: micros * 100,
    })
  const result = database.prepare('INSERT INTO rebench_results VALUES (?, ?, ?, ?, ?, ?, ?)')
  for (const run of [0, 1, 2]) {
    const at = now - run * DAY_MS
    result.run(`run-${run}`, 'big', 'lab/big', at, measures(92, 2_000), '[]', 0)
    const found = run === 0 ? JSON.stringify([{ what: 'accuracy', was: 0.84, is: 0.6 }]) : '[]'
    result.run(
      `run-${run}`,
      'spare',
      'lab/spare',
      at,
      measures(run === 0 ? 60 : 84, 700),
      found,
      run === 0 ? 1 : 0,
    )
  }
  const points = Array.from({ length: 21 }, (_, step) => ({ share: step / 20, quality: 0.6 + 0.01 * step }))
  database
    .prepare(
      "INSERT INTO learners (route, tenant, is_on, sources, standing, curve, updated_at) VALUES ('auto', '', 1, ?, ?, ?, ?)",
    )
    .run(
      JSON.stringify({ shadow: 200 }),
      JSON.stringify({ labels: 200, isOn: true, reason: 'On: .580 on its last 200 held-out labels.' }),
      JSON.stringify({ weak: 0.6, strong: 0.8, points }),
      now,
    )
  database.close()
}
