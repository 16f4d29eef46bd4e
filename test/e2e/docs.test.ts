// The reference at /docs in a real browser: drawn from the gateway's own document, under its policy, without a word to
// anybody else, and calls can be tried from it.
import type { Browser, Locator, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { OPERATIONS } from '../../tools/openapi/document.ts'
import { violations } from '../lab/axe.ts'
import { startBrowser, STILL } from '../lab/browser.ts'
import { type Gateway, startGateway } from '../lab/gateway.ts'
import { shoot } from '../lab/shots.ts'

vi.setConfig({ testTimeout: 400_000 }) // drawing 64 operations takes a busy machine a while

let gateway: Gateway
let browser: Browser
let page: Page
let policy: string
const complaints: string[] = []
const foreign: string[] = []

// One page for all of it, since drawing it is most of the work.
beforeAll(async () => {
  gateway = await startGateway()
  browser = await startBrowser()
  const context = await browser.newContext({ ...STILL, viewport: { width: 1280, height: 900 } })
  page = await context.newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!request.url().startsWith(gateway.url) && !request.url().startsWith('data:'))
      foreign.push(request.url())
  })
  const response = await page.goto(`${gateway.url}/docs`)
  policy = response?.headers()['content-security-policy'] ?? ''
})
afterAll(async () => {
  await browser?.close()
  await gateway?.stop()
})

const chat = (): Locator => page.locator('#operations-OpenAI-createChatCompletion')

async function openChat(): Promise<void> {
  await chat().waitFor()
  if ((await chat().locator('.opblock-body').count()) === 0)
    await chat().locator('button.opblock-summary-control').click()
  await chat().locator('.opblock-body').waitFor()
}

it('draws every operation, and neither breaks its policy nor asks anybody else', async () => {
  expect(policy).toContain("script-src 'self';")
  expect(policy).not.toContain('unsafe-eval')
  await page
    .locator('.opblock')
    .nth(OPERATIONS.length - 1)
    .waitFor()
  expect(await page.locator('.opblock').count()).toBe(OPERATIONS.length)
  expect(await page.locator('.info .title').textContent()).toContain('Minnow')
  expect(await page.getByText('Warning').count()).toBe(0)
  await openChat()
  await shoot(page, 'docs')
  expect(complaints).toEqual([])
  expect(foreign).toEqual([])
})

it('a call can be tried with the local key', async () => {
  await page.locator('button.authorize').first().click()
  await page.locator('#auth-bearer-value').first().fill('mk-local')
  await page.locator('.auth-container button.authorize').first().click()
  await page.locator('button.close-modal').click()
  await openChat()
  const block = chat()
  await block.locator('button.try-out__btn').click()
  await block.locator('button.execute').click()
  const status = block.locator('.live-responses-table tr.response .response-col_status').first()
  await expect.poll(() => status.textContent(), { timeout: 60_000 }).toContain('200')
  expect(await block.locator('.live-responses-table').textContent()).toContain('42')
  expect(foreign).toEqual([])
})

it('fits a phone, and is dark where the system is, then light again as it changes', async () => {
  await page.setViewportSize({ width: 375, height: 740 })
  await page.emulateMedia({ colorScheme: 'dark' })
  await page.reload()
  await page.locator('.opblock').first().waitFor()
  const wide = (): Promise<number> =>
    page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth)
  await shoot(page, 'docs')
  expect(await wide()).toBeLessThanOrEqual(0)
  const lights = (): Promise<number[]> =>
    page.evaluate(() =>
      ['html', '.swagger-ui', '.scheme-container', '.opblock-tag'].map((selector) => {
        const { backgroundColor, color } = getComputedStyle(document.querySelector(selector) ?? document.body)
        return Number(/\d+/.exec(selector === '.opblock-tag' ? color : backgroundColor)?.[0])
      }),
    )
  const [page1, sheet, bar, words = 0] = await lights()
  expect(Math.max(page1 ?? 255, sheet ?? 255, bar ?? 255)).toBeLessThan(64)
  expect(words).toBeGreaterThan(160)
  await openChat()
  await shoot(page, 'docs open')
  expect(await wide()).toBeLessThanOrEqual(0)
  expect(await violations(page, 'dark', ['color-contrast'])).toEqual([])
  await page.emulateMedia({ colorScheme: 'light' })
  await expect.poll(async () => (await lights())[0], { timeout: 15_000 }).toBeGreaterThan(200)
})
