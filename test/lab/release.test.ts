// The lab's word instead of its clock: a test lets go of the answers that it has waited beside.
import { afterAll, beforeAll, expect, test } from 'vitest'
import { until } from './until.ts'
import { startVendor, type Vendor } from './vendor.ts'

let lab: Vendor

beforeAll(async () => {
  lab = await startVendor()
})
afterAll(() => lab.stop())

const ask = async (model: string): Promise<string> => {
  const headers = { 'content-type': 'application/json' }
  const body = JSON.stringify({ model, stream: true, messages: [{ role: 'user', content: 'Hello.' }] })
  return (await fetch(`${lab.url}/chat/completions`, { method: 'POST', headers, body })).text()
}
const HOUR = 3_600_000

test.each([
  ['before its head', 0, { headAfterMs: HOUR }],
  ['before its first word', 1, { firstAfterMs: HOUR }],
  ['between any two words', 2, { everyMs: HOUR }],
  ['in the middle', 3, { stallAfter: 3 }],
])('an answer that waits %s goes on to its end when it is released', async (name, sent, slow) => {
  lab.script(name, { text: 'one two three four', ...slow })
  let isOver = false
  const asking = ask(name).finally(() => void (isOver = true))
  await until('it to wait', () => lab.seen(name)[0]?.events === sent)
  expect(isOver).toBe(false)
  lab.release(name)
  expect(await asking).toContain('[DONE]')
})

test('those of other models, and later ones, still wait', async () => {
  for (const name of ['other', 'later']) lab.always(name, { text: 'one two', firstAfterMs: 300 })
  const began = Date.now()
  lab.release('later')
  const [other, later] = [ask('other'), ask('later')]
  await until('the other', () => lab.seen('other').length === 1)
  lab.release('later-yet')
  expect(await Promise.all([other, later])).toEqual([
    expect.stringContaining('[DONE]'),
    expect.stringContaining('[DONE]'),
  ])
  expect(Date.now() - began).toBeGreaterThanOrEqual(295)
})
