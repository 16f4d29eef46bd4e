// The dashboard as an operator uses it, in a real browser against the running gateway with micro and the lab.
import type { Page, Route } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { ADMIN_KEY, openOperator, type Operator, type Visitor } from './dashboard-scene.ts'
import { until } from '../lab/until.ts'

let operator: Operator
let visitor: Visitor
let page: Page

beforeAll(async () => {
  operator = await openOperator()
})
afterAll(() => operator?.stop())

const textOf = async (selector: string): Promise<string> => (await page.locator(selector).textContent()) ?? ''
const figure = (name: string): string => `.figure:has(dt:text-is("${name}")) .figure-value`

describe('signing in', () => {
  it('says where the key is printed, and not the key', async () => {
    visitor = await operator.visit()
    page = visitor.page
    expect(await textOf('#key-hint')).toContain('npm start prints')
    expect(await page.content()).not.toContain(ADMIN_KEY)
    expect(await page.evaluate(() => document.activeElement?.getAttribute('name'))).toBe('key')
  })

  it('refuses a wrong key in words', async () => {
    await page.getByLabel('Admin key').fill('mk-admin-wrong')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('This is not the admin key.').waitFor()
  })

  it('opens the overview, and the key is nowhere afterwards', async () => {
    await page.getByLabel('Admin key').fill(ADMIN_KEY)
    await page.keyboard.press('Enter')
    await page.locator('.figures').waitFor()
    const seen = await page.evaluate(() =>
      [location.href, document.cookie, localStorage.length, sessionStorage.length].join('|'),
    )
    expect(seen).toBe(`${operator.scene.gateway.url}/||0|0`)
    expect(await page.content()).not.toContain(ADMIN_KEY)
    const [cookie] = await page.context().cookies(`${operator.scene.gateway.url}/admin`)
    expect(cookie).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/admin' })
    expect(cookie?.value).not.toContain(ADMIN_KEY)
  })

  it('is not needed again after a reload', async () => {
    await page.reload()
    await page.locator('.figures').waitFor()
  })
})

describe('the overview', () => {
  it('says calmly that nothing was asked, and what to do', async () => {
    expect(await textOf('.sentence')).toContain('Nothing was asked in the last 24 hours')
    expect(await page.getByRole('link', { name: 'Connect a client' }).first().getAttribute('href')).toBe(
      '/start',
    )
  })

  it('shows requests as they are answered, rescued ones too, without a reload', async () => {
    operator.scene.lab.script('big', { status: 500 })
    await operator.scene.client.ask({ model: 'solid', stream: true })
    await operator.scene.client.ask({ model: 'micro' })
    await until('two requests', async () => (await textOf(figure('Requests'))) === '2')
    expect(await textOf('.figure:has(dt:text-is("Requests")) .figure-note')).toBe('0 failed, 1 rescued')
    expect(await textOf(figure('Answered by mini'))).toMatch(/%|–/)
    expect(await page.locator('.charts canvas').count()).toBe(4)
  })

  it('sums up longer spans: spend, what was saved, mini, first token', async () => {
    await page.getByRole('button', { name: 'the last 30 days' }).click()
    await until(
      'the month',
      async () => Number((await textOf(figure('Requests'))).replaceAll(',', '')) > 1_300,
    )
    const spent = Number((await textOf(figure('Spend'))).slice(1))
    const saved = Number((await textOf(figure('Saved against all-frontier'))).slice(1))
    expect(spent).toBeGreaterThan(1)
    expect(saved / (spent + saved)).toBeGreaterThan(0.5)
    expect(await textOf(figure('Answered by mini'))).toMatch(/^(?:5\d|6\d) %$/)
    expect(await textOf(figure('First token, median'))).toMatch(/^3\d\d ms$/)
    expect(await textOf('.sentence')).toContain('spare has become worse')
    expect(page.url()).toContain('span=30d')
  })

  it('tells who used how much, by model, by key and by route', async () => {
    const names = (): Promise<string[]> =>
      page.locator('section[aria-labelledby="by-title"] tbody th').allTextContents()
    await until('models', async () => (await names()).includes('lab/big'))
    expect(await page.locator('.spark path').count()).toBeGreaterThan(1)
    await page.getByRole('button', { name: 'Key', exact: true }).click()
    await until('keys', async () => (await names()).join() === 'local')
    await page.getByRole('button', { name: 'Route', exact: true }).click()
    await until('routes', async () => (await names()).includes('auto'))
  })

  it('has every curve as a table too', async () => {
    await page.getByText('As a table: Spend').click()
    const region = page.getByRole('region', { name: 'Spend, as a table' })
    expect(await region.locator('tbody tr').count()).toBeGreaterThanOrEqual(28)
    expect(await region.locator('thead').textContent()).toBe('DayAll-frontierSpent')
  })

  it('says what went wrong and keeps the figures when the gateway cannot be asked', async () => {
    await page.route('**/admin/series*', (route) => route.abort())
    await page.getByText('These figures are old').waitFor()
    expect(await page.locator('.figures').count()).toBe(1)
    await page.unroute('**/admin/series*')
    await page.getByRole('button', { name: 'Try again' }).click()
    await page.getByText('These figures are old').waitFor({ state: 'detached' })
  })
})

describe('requests', () => {
  it('come in live, the newest first', async () => {
    await visitor.open('#/requests')
    const before = await page.locator('.requests tbody tr').count()
    await operator.scene.client.ask({ model: 'spare', stream: true })
    await page.waitForFunction(
      (count) => document.querySelectorAll('.requests tbody tr').length > count,
      before,
    )
    expect(await page.locator('.requests tbody tr').first().textContent()).toContain('lab/spare')
  })

  it('are filtered, and the address says so', async () => {
    await page.getByLabel('Route').selectOption('solid')
    await until('one row', async () => (await page.locator('.requests tbody tr').count()) === 1)
    expect(await page.locator('.requests tbody tr').textContent()).toContain('Rescued')
    expect(page.url()).toContain('route=solid')
    await page.getByRole('button', { name: 'Show all' }).click()
    await page.getByLabel('Result').selectOption('cancelled')
    await page.getByText('No such request').waitFor()
    await page.getByRole('button', { name: 'Show all' }).click()
  })

  it('go on with older ones', async () => {
    await until('a page', async () => (await page.locator('.requests tbody tr').count()) >= 50)
    await page.getByRole('button', { name: 'Older requests' }).click()
    await until('two pages', async () => (await page.locator('.requests tbody tr').count()) >= 100)
    const links = await page
      .locator('.requests tbody a')
      .evaluateAll((all) => all.map((one) => one.getAttribute('href')))
    expect(new Set(links).size).toBe(links.length)
  })

  it('are shown also where the gateway takes longer than they are asked for again', async () => {
    // Of its own, as its clock is the test's from here on.
    const other = await page.context().newPage()
    await other.clock.install()
    const held: Route[] = []
    let isHeld = true
    await other.route('**/admin/requests?*', (route) => (isHeld ? void held.push(route) : route.continue()))
    await other.goto(`${operator.scene.gateway.url}/#/requests`)
    await until('the question', () => held.length === 1)
    await other.clock.fastForward(9_000)
    await other.evaluate(() => undefined) // whatever its timers began has begun
    expect(held).toHaveLength(1)
    isHeld = false
    await held[0]?.continue()
    await other.locator('.requests tbody tr').first().waitFor()
    await other.close()
  })

  it('open: the calls on a line of time, the decision, the receipt', async () => {
    await visitor.open('#/requests?route=solid')
    await page.locator('.requests tbody tr').click()
    await page.locator('.timeline').waitFor()
    const calls = await page.locator('.timeline li').allTextContents()
    expect(calls).toEqual([
      expect.stringMatching(/^big .*failed: .*\(500\)/),
      expect.stringMatching(/^spare .*answered$/),
    ])
    const [failed, answered] = await page
      .locator('.bar')
      .evaluateAll((bars) => bars.map((bar) => bar.getBoundingClientRect().left))
    expect(answered).toBeGreaterThanOrEqual(failed ?? Infinity)
    const lines = await page.locator('.receipt tbody td:last-child').allTextContents()
    const paid = await textOf('.receipt .sum td')
    const total = lines.reduce((sum, line) => sum + (Number(line.replace('$', '')) || 0), 0)
    expect(total).toBeCloseTo(Number(paid.replace('$', '')), 6)
    expect(total).toBeGreaterThan(0)
  })

  it('of a dial explain the score and the cut', async () => {
    await visitor.open('#/requests?route=auto&tier=frontier')
    await page.locator('.requests tbody tr').first().click()
    await page.getByRole('heading', { name: 'Why this model' }).waitFor()
    const why = await textOf('section[aria-labelledby="why"]')
    expect(why).toContain('sent this request to its frontier')
    expect(why).toMatch(/Its score was 0\.\d{3}.*Scores above 0\.600/)
    expect(why).toContain('The dial stands at 40 % strong calls')
  })

  it('that does not exist says so', async () => {
    await visitor.open('#/requests/row_nothing')
    expect(await textOf('.trouble')).toContain('There is no such row')
  })
})

describe('keys', () => {
  let made: string

  it('are made in a form, and shown once', async () => {
    await visitor.open('#/keys')
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Shop')
    await page.getByLabel('Budget, US dollars').fill('0.5')
    await page.getByLabel('for each').selectOption('total')
    await page.getByLabel('Keep the text').check()
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.getByText('it is shown this once').waitFor()
    made = await textOf('#made-key')
    expect(made).toMatch(/^mk-/)
    await page.getByRole('button', { name: 'I have it' }).click()
    await page.getByRole('heading', { name: 'Shop' }).waitFor()
    expect(await page.content()).not.toContain(made)
  })

  it('show as a bar what is spent and left', async () => {
    const asked = await fetch(`${operator.scene.gateway.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${made}`, 'content-type': 'application/json' },
      body: JSON.stringify({
        model: 'big',
        messages: [{ role: 'user', content: 'Say something of the shop' }],
      }),
    })
    expect(asked.status).toBe(200)
    const cost = Number(asked.headers.get('x-minnow-cost'))
    expect(cost).toBeGreaterThan(0)
    const meter = page.locator('.key', { hasText: 'Shop' }).locator('.meter')
    await until('what was spent', async () =>
      ((await meter.textContent()) ?? '').includes(`$${cost.toFixed(6)} spent, $0.00 reserved`),
    )
    expect(await meter.getByRole('img').getAttribute('aria-label')).toContain('$0.500 in all')
    const width = await meter.locator('.meter-spent').evaluate((bar) => bar.style.width)
    expect(Number.parseFloat(width)).toBeCloseTo((cost / 0.5) * 100, 3)
  })

  it('show what was said where the key wants it kept', async () => {
    await page.getByRole('link', { name: 'Requests of Shop' }).click()
    await page.locator('.requests tbody tr').first().click()
    await page.getByRole('heading', { name: 'What was said' }).waitFor()
    expect(await textOf('.said')).toContain('Say something of the shop')
  })

  it('get other limits, and the others stay', async () => {
    await visitor.open('#/keys')
    await page.getByRole('button', { name: 'Limit Shop' }).click()
    expect(await page.getByLabel('Budget, US dollars').inputValue()).toBe('0.5')
    await page.getByLabel('Budget, US dollars').fill('2')
    await page.getByLabel('Requests a minute').fill('60')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByText('$2.00 in all').waitFor()
    expect(await page.locator('.key', { hasText: 'Shop' }).textContent()).toContain('60 requests a minute')
  })

  it('are refused in words where they make no sense', async () => {
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name').fill('Wrong')
    await page.getByLabel('For browsers on').fill('example.com')
    await page.getByRole('button', { name: 'Make the key' }).click()
    await page.locator('dialog .trouble').waitFor()
    expect(await textOf('dialog .trouble')).toContain('an origin such as')
    await page.keyboard.press('Escape')
    await page.locator('dialog').waitFor({ state: 'detached' })
  })

  it('are revoked after a question', async () => {
    await page.getByRole('button', { name: 'Revoke Shop' }).click()
    await page.getByRole('button', { name: 'Revoke', exact: true }).click()
    await page.locator('.key[data-over="true"]', { hasText: 'Shop' }).waitFor()
    const refused = await fetch(`${operator.scene.gateway.url}/v1/models`, {
      headers: { authorization: `Bearer ${made}` },
    })
    expect(refused.status).toBe(401)
  })
})

describe('models', () => {
  it('show prices, health, and which is down', async () => {
    operator.scene.lab.always('spare', { status: 500 })
    for (let call = 0; call < 3; call += 1) await operator.scene.client.ask({ model: 'spare' })
    operator.scene.lab.always('spare', {})
    await visitor.open('#/models')
    const row = page.locator('.models tr', { hasText: 'lab/spare' })
    await row.getByText('down').waitFor()
    expect(await row.textContent()).toContain('$1.00')
    expect(await page.locator('.models tr', { hasText: 'lab/big' }).textContent()).toContain('up')
    await visitor.open('#/overview')
    await page.getByText('lab/spare is down').waitFor()
  })

  it('show quality against cost, and a model’s history', async () => {
    await visitor.open('#/models')
    const chart = page.getByRole('img', { name: /^Quality against cost/ })
    expect(await chart.getAttribute('aria-label')).toContain('big 92 % for $2.00 per 1,000 requests')
    await page.locator('.picks').getByRole('link', { name: 'spare' }).click()
    const history = page.getByRole('region', { name: 'Results of this model' })
    await history.waitFor()
    expect(await history.locator('tbody tr').count()).toBe(3)
    expect(await history.textContent()).toContain('worse: accuracy')
    expect(await page.locator('.dot-old').count()).toBe(2)
  })

  it('get a new price', async () => {
    await page.getByRole('button', { name: 'New price for micro' }).click()
    await page.getByLabel('Input', { exact: true }).fill('0.05')
    await page.getByLabel('Output', { exact: true }).fill('0.1')
    await page.getByRole('button', { name: 'Set the price' }).click()
    await page.locator('dialog').waitFor({ state: 'detached' })
    const kept = await operator.scene.admin.send('/admin/prices?model=micro&source=operator')
    expect(kept.json).toMatchObject({ data: [{ model: 'micro', input: 0.05, output: 0.1 }] })
  })
})

describe('routes', () => {
  it('show the dial, its curve, and what another setting would have meant', async () => {
    await visitor.open('#/routes')
    expect(await textOf('#route-auto')).toBe('auto')
    const saying = page.locator('.saying').first()
    await saying.waitFor()
    expect(await saying.textContent()).toContain('as they did')
    const dial = page.getByLabel('Share of strong calls of auto')
    await dial.focus()
    await page.keyboard.press('Home')
    expect(await saying.textContent()).toMatch(
      /^With 0 % strong calls 1,000 requests would have cost \$0\.00, 100 % less.*75\.0 % of the frontier/,
    )
    await page.keyboard.press('End')
    expect(await saying.textContent()).toMatch(
      /^With 100 % strong calls 1,000 requests would have cost \$2\.00.*more than they did, and their quality would have been 100\.0 %/,
    )
    expect(await page.locator('.lessons').textContent()).toContain('200 labels')
    expect(await page.locator('section[aria-labelledby="route-solid"]').textContent()).toContain(
      'In this order, each where the one before fails: big, spare.',
    )
  })
})

describe('the playground', () => {
  it('asks two models side by side, each with cost and timing', async () => {
    await visitor.open('#/playground')
    await page.locator('option', { hasText: 'big' }).first().waitFor({ state: 'attached' })
    await page.getByLabel('Model').selectOption('micro')
    await page.getByLabel('Beside it').selectOption('big')
    await page.getByLabel('Question').fill('What are you?')
    await page.keyboard.press('Enter')
    await page.waitForFunction(() => document.querySelectorAll('.lane .facts').length === 2)
    const lanes = await page.locator('.lane').allTextContents()
    expect(lanes[0]).toMatch(/micro.*First token.*Cost/s)
    expect(lanes[1]).toMatch(/lab\/big.*First token.*Cost\$0\.00/s)
  })

  it('shows an answer as it streams, and stops it', async () => {
    operator.scene.lab.always('big', { text: 'one two three four five six '.repeat(200), everyMs: 100 })
    await page.getByLabel('Beside it').selectOption('')
    await page.getByLabel('Model').selectOption('big')
    await page.getByLabel('Question').fill('Count')
    await page.getByRole('button', { name: 'Ask' }).click()
    await page.waitForFunction(() => (document.querySelector('.lane .answer')?.textContent?.length ?? 0) > 5)
    await page.getByRole('button', { name: 'Stop' }).click()
    await page.getByText('Stopped.').waitFor()
    operator.scene.lab.always('big', {})
  })
})

describe('the end', () => {
  it('a session that is over asks for the key again', async () => {
    await page.context().clearCookies()
    await page.goto(`${operator.scene.gateway.url}/#/keys`)
    await page.reload()
    await page.getByLabel('Admin key').fill(ADMIN_KEY)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'New key' }).waitFor() // where one had wanted to go
    await page.context().clearCookies()
    await page.getByRole('link', { name: 'Models' }).click()
    await page.getByText('The session is over: sign in again.').waitFor()
  })

  it('signing out forgets the session', async () => {
    await page.getByLabel('Admin key').fill(ADMIN_KEY)
    await page.keyboard.press('Enter')
    await page.getByRole('button', { name: 'Sign out' }).click()
    await page.getByLabel('Admin key').waitFor()
    expect(await page.context().cookies(`${operator.scene.gateway.url}/admin`)).toEqual([])
  })

  it('nothing was asked of anybody else, and nothing went wrong', () => {
    expect(visitor.complaints).toEqual([])
  })
})
