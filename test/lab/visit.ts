// Somebody visits a web site with the widget on it: gateway, vendor, a line that can break, a site and a real browser.
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { startBrowser, STILL } from './browser.ts'
import type { Fields } from './client.ts'
import { type Line, startLine } from './line.ts'
import { type Key, openScene, type Scene } from './scene.ts'
import { shootEnd, shootEverySize } from './shots.ts'
import { type Site, startSite } from './site.ts'

export interface Visits {
  readonly scene: Scene
  readonly site: Site
  readonly line: Line
  readonly key: Key
  readonly browser: Browser
  /** The name of a model that nobody has used. */
  model(): string
  /** The script's tag, with `data-` attributes. */
  tag(attributes?: Readonly<Record<string, string>>): string
  /** A visitor on a page; what goes wrong on it is written down. */
  visit(options?: VisitOptions): Promise<Visit>
  stop(): Promise<void>
}

export interface VisitsOptions {
  /** The configuration's `visitors`. */
  readonly visitors?: Readonly<Record<string, unknown>>
  readonly env?: Readonly<Record<string, string>>
  /** One that is open already, and stays so. */
  readonly browser?: Browser
  /** Providers, models and routes besides, told where the lab is. */
  readonly besides?: (origin: string) => Readonly<Record<'providers' | 'models' | 'routes', object>>
}

export interface VisitOptions {
  /** What pictures of it are called. */
  readonly name?: string
  /** The page's clock can be put forward. */
  readonly hasClock?: boolean
  /** The page's body, with the widget in it. */
  readonly body?: string
  readonly head?: string
  readonly html?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly attributes?: Readonly<Record<string, string>>
  readonly context?: Parameters<Browser['newContext']>[0]
}

export interface Visit {
  readonly page: Page
  readonly context: BrowserContext
  readonly path: string
  /** Errors, refusals of the page's policy, dialogs. */
  readonly complaints: string[]
  /** Addresses that are neither the site's nor the gateway's. */
  readonly foreign: string[]
  open(): Promise<void>
  say(text: string): Promise<void>
  /** Waits for so many answers that are whole. */
  answered(count?: number): Promise<void>
  /** Keeps pictures of the screen, where they are wanted. */
  shoot(what: string): Promise<void>
  close(): Promise<void>
}

const PRICE = { input: 1, output: 2 }
/** Each test has a model of its own, so that none hears what another has left unsaid. */
const MODELS = 60

export async function startVisits({
  visitors,
  env = {},
  browser: given,
  besides,
}: VisitsOptions = {}): Promise<Visits> {
  const site = await startSite()
  const config = {
    models: {
      ...Object.fromEntries(
        Array.from({ length: MODELS }, (_, at) => [
          `m${at}`,
          { provider: 'lab', model: `m${at}`, images: true, price: PRICE },
        ]),
      ),
      blind: { provider: 'lab', model: 'blind', images: false, price: PRICE },
    },
    routes: {
      auto: { mini: ['micro'], frontier: ['m0'] },
      small: { mini: ['m1'], frontier: ['m2'], strongShare: 0 },
      large: { mini: ['m1'], frontier: ['m2'], strongShare: 1 },
    },
    visitors: { rpm: 1_000, budgetUsd: 5, ...visitors },
    retries: { sameTarget: 0, total: 1 },
    streams: { rescue: false },
  }
  const configAt = (origin: string): Fields => {
    const { providers = {}, models = {}, routes = {} } = besides?.(origin) ?? {}
    return {
      ...config,
      providers,
      models: { ...config.models, ...models },
      routes: { ...config.routes, ...routes },
    }
  }
  const scene = await openScene((_, origin) => configAt(origin), { env })
  const line = await startLine(scene.gateway.port)
  const key = await scene.makeKey({ origins: [site.origin] })
  const browser = given ?? (await startBrowser())
  let pages = 0
  let models = 2 // the first ones stand in routes

  const tag = (attributes: Readonly<Record<string, string>> = {}): string => {
    const all = { key: key.key, model: 'm0', ...attributes }
    const written = Object.entries(all).map(
      ([name, value]) => `data-${name}="${value.replaceAll('"', '&quot;')}"`,
    )
    return `<script async src="${line.url}/widget.js" ${written.join(' ')}></script>`
  }

  return {
    scene,
    site,
    line,
    key,
    browser,
    model: () => `m${(models += 1)}`,
    tag,
    async visit({
      body,
      head = '',
      html,
      headers = {},
      attributes = {},
      context: options = {},
      ...more
    } = {}) {
      const path = `/page-${(pages += 1)}`
      const inside = body ?? `<main><h1>Shoes</h1><p>We make shoes.</p></main>${tag(attributes)}`
      const whole = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>Shop</title>${head}</head><body>${inside}</body></html>`
      site.page(path, html ?? whole, headers)
      const context = await browser.newContext({ ...STILL, ...options })
      const complaints: string[] = []
      const foreign: string[] = []
      context.on('page', (page) => {
        page.setDefaultTimeout(60_000)
        page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
        page.on('dialog', (dialog) => {
          complaints.push(`dialog: ${dialog.message()}`)
          void dialog.dismiss()
        })
        page.on('console', (message) => {
          if (message.type() === 'error' && !message.text().startsWith('Failed to load resource'))
            complaints.push(`console: ${message.text()}`)
        })
        page.on('request', (request) => {
          const url = request.url()
          if (
            ![site.origin, line.url, scene.gateway.url, 'data:', 'blob:'].some((one) => url.startsWith(one))
          )
            foreign.push(url)
        })
      })
      const page = await context.newPage()
      if (more.hasClock === true) await page.clock.install()
      await page.goto(site.origin + path)
      const called = more.name ?? `page ${pages}`
      return {
        page,
        context,
        path,
        complaints,
        foreign,
        async open() {
          await page.locator('.launcher').click()
          await page.locator('.panel').waitFor()
        },
        async say(text) {
          await page.locator('textarea').fill(text)
          await page.locator('textarea').press('Enter')
        },
        async answered(count = 1) {
          await page
            .locator('[data-state=whole]')
            .nth(count - 1)
            .waitFor()
        },
        shoot: (what) => shootEverySize(page, `${called} ${what}`),
        async close() {
          await shootEnd(page, called)
          await context.close()
        },
      }
    },
    async stop() {
      if (given === undefined) await browser.close()
      await line.stop()
      await scene.stop()
      await site.stop()
    },
  }
}
