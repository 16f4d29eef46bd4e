// The dashboard where there is little to show or something goes wrong, and by the keyboard alone: what is awaited, empty,
// refused, failed or over, on a desktop in the light and on a phone in the dark, each state looked at by axe as well.
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { violations } from '../lab/axe.ts'
import { shoot } from '../lab/shots.ts'
import { until } from '../lab/until.ts'
import { ADMIN_KEY, openOperator, type Operator, type Visitor } from './dashboard-scene.ts'

vi.setConfig({ testTimeout: 300_000 }) // axe alone takes a busy machine seconds a page

/** A page, what it asks first, and what it says where there is nothing. */
const PAGES: readonly (readonly [name: string, asks: string, empty: string])[] = [
  ['overview', '**/admin/series?*', 'Nothing to show for this time'],
  ['requests', '**/admin/requests?*', 'No requests yet'],
  ['keys', '**/admin/keys', 'No keys yet'],
  ['models', '**/admin/rebench', 'Never measured'],
  ['routes', '**/admin/routes/*/what-if', 'No request of this route is on record yet'],
]

const FAILED = {
  status: 500,
  contentType: 'application/json',
  body: JSON.stringify({ error: { message: 'The gateway failed on this request.' } }),
}

let operator: Operator

beforeAll(async () => {
  operator = await openOperator({
    rows: 0,
    config: {
      rebench: { everyHours: 0, models: ['big'], tasks: 8, latency: 2, bursts: 1, context: false },
    },
  })
})
afterAll(() => operator?.stop())

describe.each([
  ['light', 1360],
  ['dark', 320],
] as const)('%s, %i pixels wide', (colorScheme, width) => {
  let visitor: Visitor
  let page: Page

  beforeAll(async () => {
    visitor = await operator.enter({ colorScheme, viewport: { width, height: 760 } })
    page = visitor.page
  })
  afterAll(() => visitor?.close())

  /** Nothing for axe to say, nothing wider than the screen, and a picture of it. */
  const isSound = async (name: string): Promise<void> => {
    await shoot(page, name)
    expect(await violations(page), name).toEqual([])
    expect(await page.evaluate(() => document.documentElement.scrollWidth), name).toBe(width)
  }
  const go = (fragment: string): Promise<unknown> => page.goto(`${operator.scene.gateway.url}/#/${fragment}`)
  /** From another page on, so that nothing of an earlier visit is there; a load would cost more than all the rest. */
  const afresh = async (fragment: string): Promise<void> => {
    const other = fragment === 'playground' ? 'Routes' : 'Playground'
    await go(other.toLowerCase())
    await page.getByRole('heading', { level: 1, name: other }).waitFor()
    await go(fragment)
  }

  it.each(PAGES)(
    '%s while it is awaited, where the gateway fails, and once it is well again',
    async (name, asks, empty) => {
      const held: Route[] = []
      let isHeld = true
      await page.route(asks, (route) => (isHeld ? void held.push(route) : route.fulfill(FAILED)))
      await afresh(name)
      const waiting = page.locator('.content .waiting').first()
      await waiting.waitFor()
      expect(await waiting.getAttribute('role')).toBe('status')
      expect(await waiting.textContent()).toMatch(/^Loading \w+/)
      await isSound(`${name} loading`)
      await until('the question', () => held.length > 0)
      isHeld = false
      await Promise.all(held.map((route) => route.fulfill(FAILED)))
      const trouble = page.locator('.content .trouble').first()
      await trouble.waitFor()
      expect(await trouble.getAttribute('role')).toBe('alert')
      expect(await trouble.textContent()).toContain('The gateway failed on this request.')
      await isSound(`${name} failed`)
      // Pages that renew themselves are well again by themselves; others when they are told to.
      await page.unroute(asks)
      await until('the page to be well', async () => {
        if ((await page.locator('.content .trouble').count()) === 0) return true
        await trouble
          .getByRole('button', { name: 'Try again' })
          .click({ timeout: 2_000 })
          .catch(() => undefined)
        return false
      })
      await page.getByText(empty).first().waitFor()
      expect(await page.locator('.content .trouble').count()).toBe(0)
      expect(await page.locator('.content .waiting').count()).toBe(0)
      await isSound(`${name} empty`)
    },
  )

  it('one request while it is awaited, where the gateway fails, and where there is none', async () => {
    const held: Route[] = []
    let isHeld = true
    await page.route('**/admin/requests/*', (route) =>
      isHeld ? void held.push(route) : route.fulfill(FAILED),
    )
    await afresh('requests/row_none')
    await page.getByText('Loading the request').waitFor({ state: 'attached' })
    await isSound('request loading')
    await until('the question', () => held.length > 0)
    isHeld = false
    await Promise.all(held.map((route) => route.fulfill(FAILED)))
    const trouble = page.locator('.content .trouble')
    await trouble.waitFor()
    expect(await trouble.getAttribute('role')).toBe('alert')
    expect(await trouble.textContent()).toContain('The gateway failed on this request.')
    await isSound('request failed')
    await page.unroute('**/admin/requests/*')
    await trouble.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('There is no such row').waitFor()
    expect(await page.getByRole('link', { name: 'All requests' }).getAttribute('href')).toBe('#/requests')
    await isSound('request none')
  })

  it('the playground while models are awaited, where they cannot be had, and where one does not answer', async () => {
    const held: Route[] = []
    let isHeld = true
    await page.route('**/v1/models', (route) => (isHeld ? void held.push(route) : route.fulfill(FAILED)))
    await afresh('playground')
    const says = page.locator('.play [role=status]')
    await until('the words for it', async () => (await says.textContent()) === 'Loading the models')
    await isSound('playground loading')
    await until('the question', () => held.length > 0)
    isHeld = false
    await Promise.all(held.map((route) => route.fulfill(FAILED)))
    const trouble = page.locator('.content .trouble')
    await trouble.waitFor()
    expect(await trouble.getAttribute('role')).toBe('alert')
    expect(await trouble.textContent()).toContain('The gateway failed on this request.')
    await isSound('playground failed')
    await page.unroute('**/v1/models')
    await trouble.getByRole('button', { name: 'Try again' }).click()
    await until('the models', async () => /^\d+ models and routes/.test((await says.textContent()) ?? ''))
    expect(await trouble.count()).toBe(0)
    await page.route('**/v1/chat/completions', (route) => route.fulfill(FAILED))
    await page.getByLabel('Model').selectOption('big')
    await page.getByLabel('Question').fill('Are you there?')
    await page.keyboard.press('Enter')
    await page.locator('.lane .trouble', { hasText: 'The gateway failed on this request.' }).waitFor()
    await page.getByRole('button', { name: 'Ask' }).waitFor()
    await isSound('playground no answer')
    await page.unroute('**/v1/chat/completions')
  })

  it('a page of something in between is told by its status, and what was there stays', async () => {
    await afresh('overview')
    await page.locator('.figures').waitFor()
    await page.route('**/admin/series?*', (route) =>
      route.fulfill({ status: 502, contentType: 'text/html', body: '<h1>Bad gateway</h1>' }),
    )
    await page.getByText('These figures are old: The gateway answered with status 502.').waitFor()
    expect(await page.locator('.figures').count()).toBe(1)
    await isSound('overview old')
    await page.unroute('**/admin/series?*')
  })

  it('a form that could not be sent keeps what was filled in', async () => {
    await afresh('keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Kept')
    await page.route('**/admin/keys', (route) => route.abort())
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.locator('dialog .trouble').waitFor()
    expect(await page.locator('dialog .trouble').textContent()).toContain('The gateway did not answer.')
    expect(await page.getByLabel('Name').inputValue()).toBe('Kept')
    await isSound('key form failed')
    await page.unroute('**/admin/keys')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })

  it('a session that ends in the middle leads to the door, and back to where one was', async () => {
    await afresh('models')
    await page.getByText('Never measured').waitFor()
    await page.route('**/admin/rebench', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 401,
            contentType: 'application/json',
            body: '{"error":{"message":"Send the admin key."}}',
          })
        : route.continue(),
    )
    await page.getByRole('button', { name: 'Measure now' }).click()
    await page.getByText('The session is over: sign in again.').waitFor()
    await isSound('session over')
    await page.unroute('**/admin/rebench')
    await page.getByLabel('Admin key').fill(ADMIN_KEY)
    await page.keyboard.press('Enter')
    await page.getByText('Never measured').waitFor()
    expect(page.url()).toContain('#/models')
  })

  it('a measurement that cannot begin says why', async () => {
    await page.route('**/admin/rebench', (route) =>
      route.request().method() === 'POST'
        ? route.fulfill({
            status: 503,
            contentType: 'application/json',
            body: '{"error":{"message":"The re-benchmark cannot be reached at the moment."}}',
          })
        : route.continue(),
    )
    await page.getByRole('button', { name: 'Measure now' }).click()
    await page.locator('.measure .trouble').waitFor()
    await isSound('measure failed')
    await page.unroute('**/admin/rebench')
  })

  it('a gateway that does not know who asks is told apart from one that is away', async () => {
    await page.route('**/admin/session', (route) => route.abort())
    await page.reload()
    await page.getByText('The gateway did not answer. Is it still running?').waitFor()
    await isSound('gateway away')
    await page.unroute('**/admin/session')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.locator('.models').waitFor()
  })

  it('nothing went wrong in the page itself', () => expect(visitor.complaints).toEqual([]))
})

describe('by the keyboard alone', () => {
  let visitor: Visitor
  let page: Page

  beforeAll(async () => {
    visitor = await operator.visit({ viewport: { width: 1360, height: 900 } })
    page = visitor.page
  })
  afterAll(() => visitor?.close())

  const focused = (): Promise<string> =>
    page.evaluate(() => {
      const at = document.activeElement
      const label = at instanceof HTMLInputElement || at instanceof HTMLSelectElement ? at.labels?.[0] : null
      const named = at?.closest('label')?.querySelector('.label')?.textContent
      return at?.getAttribute('aria-label') ?? named ?? label?.textContent ?? at?.textContent ?? ''
    })
  /** Presses Tab until something of this name has the focus, and sees that the focus can be seen there. */
  const tabTo = async (name: string): Promise<void> => {
    for (let step = 0; step < 120; step += 1) {
      await page.keyboard.press('Tab')
      if ((await focused()) !== name) continue
      const outline = await page.evaluate(() =>
        document.activeElement === null ? '' : getComputedStyle(document.activeElement).outlineStyle,
      )
      expect(outline, name).toBe('solid')
      return
    }
    throw new Error(`no way to ${name} by Tab`)
  }
  const press = (key: string): Promise<void> => page.keyboard.press(key)
  const turnTo = async (title: string): Promise<void> => {
    await tabTo(title)
    await press('Enter')
    await until(title, async () => (await page.locator('h1').textContent()) === title)
  }

  it('signs in, makes a key and keeps it', async () => {
    await page.keyboard.type(ADMIN_KEY) // the field has the focus
    await press('Enter')
    await page.locator('.figures').waitFor()
    await turnTo('Keys and budgets')
    await tabTo('New key')
    await press('Enter')
    await tabTo('Name')
    await page.keyboard.type('By hand')
    await tabTo('Budget, US dollars')
    await page.keyboard.type('3')
    await tabTo('Make the key')
    await press('Enter')
    await tabTo('I have it')
    await press('Enter')
    await page.getByRole('heading', { name: 'By hand' }).waitFor()
    expect(await page.locator('.meter').textContent()).toContain('$3.00 a month')
  })

  it('measures, sees how far that is, and what came of it', async () => {
    operator.scene.lab.always('big', { text: 'I do not know.', headAfterMs: 400 })
    await turnTo('Models')
    await tabTo('Measure now')
    await press('Enter')
    const says = page.locator('.measure [role="status"]')
    await until('the beginning', async () =>
      /^Measuring: \d+ of \d+ questions?, \$/.test((await says.textContent()) ?? ''),
    )
    expect(await page.getByRole('button', { name: 'Measure now' }).isDisabled()).toBe(true)
    await shoot(page, 'measuring')
    await page.getByText(/^Last run /).waitFor({ timeout: 60_000 })
    operator.scene.lab.always('big', {})
    const told = (await operator.scene.admin.send('/admin/rebench')).json as {
      readonly data: readonly { readonly model: string; readonly accuracy: { readonly total: number } }[]
    }
    expect(told.data.map(({ model, accuracy }) => [model, accuracy.total])).toEqual([['big', 8]])
    await page.getByRole('img', { name: /^Quality against cost: big 0 % for \$/ }).waitFor()
    const row = page.locator('.models tr', { hasText: 'lab/big' })
    expect(await row.textContent()).toContain('0 %')
    expect(await page.getByRole('button', { name: 'Measure now' }).isDisabled()).toBe(false)
    expect(await violations(page)).toEqual([])
    await tabTo('big')
    await press('Enter')
    await page.getByRole('region', { name: 'Results of this model' }).waitFor()
    await shoot(page, 'measured')
  })

  it('asks in the playground, and finds the request again', async () => {
    await turnTo('Playground')
    await tabTo('Question')
    await page.keyboard.type('What are you?')
    await press('Enter')
    await page.locator('.lane .facts').waitFor()
    await turnTo('Requests')
    await page.locator('.requests tbody a').first().waitFor()
    await tabTo('Result')
    await page.keyboard.type('Answered')
    await until('the filter', () => page.url().includes('end=finish'))
    await page.locator('.requests tbody a').first().waitFor()
    const moment = (await page.locator('.requests tbody a').first().textContent()) ?? ''
    await tabTo(moment)
    await press('Enter')
    await page.getByRole('heading', { name: 'Why this model' }).waitFor()
    await tabTo('All requests')
    await press('Enter')
    await page.locator('.requests').waitFor()
  })

  it('turns a dial, and signs out', async () => {
    await turnTo('Routes')
    await tabTo('Share of strong calls of auto')
    await press('Home')
    expect(await page.locator('.saying').textContent()).toMatch(/^With 0 % strong calls/)
    await press('ArrowRight')
    expect(await page.locator('.saying').textContent()).toMatch(/^With 1 % strong calls/)
    await tabTo('Sign out')
    await press('Enter')
    await page.getByLabel('Admin key').waitFor()
    expect(visitor.complaints).toEqual([])
  })
})
