// Every page of the dashboard, whatever it shows and whoever looks at it: accessible, narrow, light and dark, with the
// keyboard alone, with hostile names and texts, under a strict policy, and small.
import { gzipSync } from 'node:zlib'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { openOperator, type Operator, type Visitor } from './dashboard-scene.ts'
import { violations } from '../lab/axe.ts'
import { shoot } from '../lab/shots.ts'
import { until } from '../lab/until.ts'

/** What runs somewhere if it is ever put into a page as anything but text. */
const PAYLOADS = [
  '<img src=x onerror="window.owned=1">',
  '<script>window.owned=1</script>',
  '"><svg onload=window.owned=1>',
  "'><iframe srcdoc='<script>parent.owned=1</script>'>",
  'javascript:window.owned=1',
  '<a href="javascript:window.owned=1">x</a>',
  '<style>*{display:none}</style>',
  '<details open ontoggle=window.owned=1>',
  '<math><mtext></table><img src=x onerror=window.owned=1>',
  '{{constructor.constructor("window.owned=1")()}}',
  '${window.owned=1}',
  '&lt;img src=x onerror=window.owned=1&gt;',
  '<template><img src=x onerror=window.owned=1></template>',
  '</title><script>window.owned=1</script>',
  '<input autofocus onfocus=window.owned=1>',
  '\u202Egnp.exe<b>',
]
const PAGES = [
  'overview',
  'overview?span=30d',
  'overview?span=30d&by=key',
  'requests',
  'requests?route=big',
  'keys',
  'models',
  'models/spare',
  'routes',
  'playground',
]

let operator: Operator
let visitor: Visitor
let page: Page
let place = 0
const next = (): string => PAYLOADS[(place += 1) % PAYLOADS.length] ?? ''

beforeAll(async () => {
  operator = await openOperator({
    rows: 400,
    disguise: (row) => ({
      ...row,
      model: next(),
      route: `auto ${next()}`,
      key_id: next(),
      request_id: next(),
      reason: next(),
      failure: next(),
      attempts: String(row.attempts).replaceAll('lab/big', JSON.stringify(next()).slice(1, -1)),
    }),
  })
  for (const name of PAYLOADS)
    await operator.scene.makeKey({
      name,
      models: [name],
      budgets: [{ usd: 1, window: 'day' }],
      storeText: true,
    })
  const { client } = await operator.scene.makeKey({ storeText: true })
  const content = PAYLOADS.join('\n')
  operator.scene.lab.always('big', { text: content })
  await client.ask({ model: 'big', messages: [{ role: 'user', content }] })
  visitor = await operator.enter()
  page = visitor.page
})
afterAll(() => operator?.stop())

describe('hostile names and texts', () => {
  const isUnharmed = async (): Promise<void> => {
    const found = await page.evaluate(() => ({
      owned: Reflect.get(window, 'owned') as unknown,
      strangers: document.querySelectorAll(
        'iframe, object, embed, img, template, math, style, [onerror], [onload], [onfocus], [ontoggle]',
      ).length,
      scripts: document.querySelectorAll('script').length,
      links: [...document.querySelectorAll('a')].filter(
        (one) => !/^[#/]/.test(one.getAttribute('href') ?? ''),
      ).length,
      title: document.title,
    }))
    expect(found).toEqual({
      owned: undefined,
      strangers: 0,
      scripts: 1,
      links: 0,
      title: expect.stringMatching(/ · Minnow$/),
    })
  }

  it.each(PAGES)('are text on %s', async (name) => {
    await visitor.open(`#/${name}`)
    await isUnharmed()
  })

  it('are shown as they were written', async () => {
    await visitor.open('#/keys')
    const names = await page.locator('.key h2').allTextContents()
    expect(names).toEqual(expect.arrayContaining(PAYLOADS))
  })

  it('are text in a request of the past, and in what was said', async () => {
    await visitor.open('#/requests')
    await until('rows', async () => (await page.locator('.requests tbody tr').count()) >= 50)
    const links = await page
      .locator('.requests tbody a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href') ?? ''))
    for (const link of [links[0], links[20], links[40]]) {
      await visitor.open(link ?? '')
      await page.locator('#receipt').waitFor()
      await isUnharmed()
    }
    await visitor.open(links[0] ?? '')
    const said = await page.locator('.said').textContent()
    for (const payload of PAYLOADS) expect(said).toContain(payload)
  })

  it('are text in an answer of the playground, and in the title of a dialog', async () => {
    await visitor.open('#/playground')
    await page.locator('option', { hasText: 'big' }).first().waitFor({ state: 'attached' })
    await page.getByLabel('Model').selectOption('big')
    await page.getByLabel('Question').fill('Anything')
    await page.keyboard.press('Enter')
    await page.locator('.lane .facts').waitFor()
    expect(await page.locator('.lane .answer').textContent()).toBe(PAYLOADS.join('\n'))
    await isUnharmed()
    await visitor.open('#/keys')
    await page
      .locator('.key', { hasText: '<script>' })
      .first()
      .getByRole('button', { name: /^Revoke/ })
      .click()
    expect(await page.locator('dialog h2').textContent()).toContain('<script>window.owned=1</script>')
    await isUnharmed()
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })

  it('are text where they stand in the address', async () => {
    for (const payload of PAYLOADS) {
      await visitor.open(`#/requests?model=${encodeURIComponent(payload)}&key=${encodeURIComponent(payload)}`)
      await isUnharmed()
    }
    await visitor.open(`#/models/${encodeURIComponent(PAYLOADS[0] ?? '')}`)
    await isUnharmed()
  })
})

describe('the keyboard alone', () => {
  const focused = (): Promise<string> =>
    page.evaluate(
      () => document.activeElement?.getAttribute('aria-label') ?? document.activeElement?.textContent ?? '',
    )

  it('skips to the page, and says where one has come', async () => {
    await visitor.open('#/overview')
    await page.reload()
    await page.locator('.figures').waitFor()
    await page.keyboard.press('Tab')
    await until('the way past the menu', async () => (await focused()) === 'Skip to the page')
    await page.keyboard.press('Enter')
    await until('the page', async () => (await focused()) === 'Overview')
    await page.getByRole('link', { name: 'Keys and budgets' }).focus()
    await page.keyboard.press('Enter')
    await until('the heading', () =>
      page.evaluate(
        () =>
          document.activeElement?.tagName === 'H1' &&
          document.activeElement.textContent === 'Keys and budgets',
      ),
    )
  })

  it('opens a dialog, stays in it, and comes back to where it was', async () => {
    await page.getByRole('button', { name: 'New key' }).focus()
    await page.keyboard.press('Enter')
    await page.locator('dialog').waitFor()
    for (let step = 0; step < 15; step += 1) {
      await page.keyboard.press('Tab')
      const isInside = await page.evaluate(
        () => document.activeElement === document.body || document.activeElement?.closest('dialog') !== null,
      )
      expect(isInside).toBe(true)
    }
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
    expect(await focused()).toBe('New key')
  })
})

describe('accessibility', () => {
  /** Those that differ; of requests a few, as each cell is looked at for its contrast. */
  const DIFFERENT = new Set([
    'overview?span=30d',
    'requests?route=big',
    'keys',
    'models/spare',
    'routes',
    'playground',
  ])

  it.each([
    ['light', 1360],
    ['dark', 320],
  ] as const)(
    'has nothing to say against any page, %s, %i pixels, and none is too wide',
    async (colorScheme, width) => {
      const other = await operator.visit({ colorScheme, viewport: { width, height: 760 } })
      await shoot(other.page, 'sign in')
      expect(await violations(other.page)).toEqual([])
      await other.page.getByLabel('Admin key').fill('mk-admin-local')
      await other.page.keyboard.press('Enter')
      await other.page.locator('.figures').waitFor()
      for (const name of PAGES) {
        await other.open(`#/${name}`)
        expect(await other.page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width)
        if (DIFFERENT.has(name)) expect(await violations(other.page), name).toEqual([])
      }
      await other.open('#/requests')
      await other.open((await other.page.locator('.requests tbody a').first().getAttribute('href')) ?? '')
      expect(await violations(other.page)).toEqual([])
      await other.open('#/keys')
      await other.page.getByRole('button', { name: 'New key' }).click()
      await shoot(other.page, 'new key')
      expect(await violations(other.page)).toEqual([])
      const background = await other.page.evaluate(
        () => getComputedStyle(document.documentElement).backgroundColor,
      )
      expect(Number(/\d+/.exec(background)?.[0]) < 128).toBe(colorScheme === 'dark')
      expect(other.complaints).toEqual([])
      await other.close()
    },
    400_000,
  )
})

describe('the first view', () => {
  it('has a strict policy, and nothing of the page speaks from within it', async () => {
    const reply = await fetch(operator.scene.gateway.url)
    const policy = reply.headers.get('content-security-policy') ?? ''
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain("script-src 'self'")
    expect(policy).toContain("frame-ancestors 'none'")
    expect(policy).not.toContain('unsafe')
    expect(await reply.text()).not.toMatch(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=/)
  })

  it('is under 150 kB, compressed', async () => {
    const sizes = await Promise.all(
      ['/', '/dashboard.js', '/dashboard.css', '/icon.svg'].map(async (path) => {
        const reply = await fetch(operator.scene.gateway.url + path)
        expect(reply.status).toBe(200)
        return [path, gzipSync(await reply.text()).byteLength] as const
      }),
    )
    const total = sizes.reduce((sum, [, size]) => sum + size, 0)
    console.log(
      `first view: ${sizes.map(([path, size]) => `${path} ${size}`).join(', ')}; ${total} bytes gzipped`,
    )
    expect(total).toBeLessThan(150_000)
    expect(visitor.complaints).toEqual([])
  })
})
