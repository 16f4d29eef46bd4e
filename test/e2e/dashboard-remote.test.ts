// The dashboard from another machine, over plain http: no local keys, no clipboard, and a browser that does not say where
// requests come from but by their Origin.
import { networkInterfaces } from 'node:os'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startBrowser } from '../lab/browser.ts'
import { type Gateway, startGateway } from '../lab/gateway.ts'

const KEY = 'the-operators-own-key'
/** This machine as others see it; on one without a network there is nobody to be. */
const address = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.internal === false && one.family === 'IPv4')?.address

describe.skipIf(address === undefined)('from elsewhere', () => {
  let gateway: Gateway
  let browser: Browser
  let page: Page
  let url: string

  beforeAll(async () => {
    gateway = await startGateway({ config: {}, host: '0.0.0.0', env: { ADMIN_KEY: KEY } })
    url = `http://${address}:${gateway.port}`
    browser = await startBrowser()
    page = await browser.newPage()
    page.setDefaultTimeout(60_000)
    await page.goto(url)
  })
  afterAll(async () => {
    await browser?.close()
    await gateway?.stop()
  })

  it('says which key is meant, and does not know the local one', async () => {
    expect(await page.locator('#key-hint').textContent()).toContain('the secret ADMIN_KEY')
    await page.getByLabel('Admin key').fill('mk-admin-local')
    await page.keyboard.press('Enter')
    await page.locator('.wrong').waitFor()
    await page.getByLabel('Admin key').fill(KEY)
    await page.keyboard.press('Enter')
    await page.locator('.figures').waitFor()
  })

  it('makes a key for the playground that ends soon and may spend little', async () => {
    await page.goto(`${url}/#/playground`)
    await page.getByRole('button', { name: 'Make a key for the playground' }).click()
    await page.locator('option', { hasText: 'micro' }).first().waitFor({ state: 'attached' })
    await page.getByLabel('Model').selectOption('micro')
    await page.getByLabel('Question').fill('What are you?')
    await page.keyboard.press('Enter')
    await page.locator('.lane .facts').waitFor()
    await page.goto(`${url}/#/keys`)
    const key = page.locator('.key', { hasText: 'Playground' })
    await key.getByText('$1.00 in all').waitFor()
    expect(await key.textContent()).toContain('until ')
    expect(
      await page.evaluate(() => [localStorage.length, sessionStorage.length, document.cookie].join('|')),
    ).toBe('0|0|')
  })

  it('shows a new key to be selected where there is no clipboard', async () => {
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Elsewhere')
    await page.getByRole('button', { name: 'Make the key' }).click()
    const made = await page.locator('#made-key').textContent()
    await page.getByRole('button', { name: 'Copy' }).click()
    expect(await page.evaluate(() => getSelection()?.toString())).toBe(made)
  })
})
