// Who gets a visitor's token, what it opens, and every way in which it does not.
import { expect, it } from 'vitest'
import type { Caller, Cx } from '../../../../workers/service.ts'
import { settingsOf } from '../../../../workers/visitors/settings.ts'
import { type Asked, openVisitors, type Visitors } from '../../../../workers/visitors/visitors.ts'

const SITE = 'https://shop.example'
const OTHER = 'https://thief.example'
const MINUTE_MS = 60_000
const DAY_MS = 86_400_000
const SHOP: Caller = { keyId: 'key_shop', name: 'shop', budgets: [], origins: [SITE, OTHER] }

let nowAt = 1_795_900_000_000
const cx: Cx = {
  id: 'x',
  signal: new AbortController().signal,
  now: () => nowAt,
  defer: () => undefined,
}

const open = (holder: () => Caller = () => SHOP): Visitors =>
  openVisitors({
    settings: settingsOf({ budgetUsd: 0.25, rpm: 7, minutes: 10, renewDays: 3, instructions: 'Sell shoes.' }),
    challenge: undefined,
    keys: () => [{ name: 'a', key: new Uint8Array(32).fill(9) }],
    keyOf: async () => ({ caller: holder() }),
    localKeyId: 'local',
    post: () => Promise.reject(new Error('nobody is asked')),
  })

const ask = (more: Partial<Asked> = {}): Asked => ({
  caller: SHOP,
  origin: SITE,
  renewal: undefined,
  challenge: undefined,
  address: null,
  now: nowAt,
  ...more,
})

const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'nothing was refused',
    (error: unknown) => (error as { failure?: { code?: string } }).failure?.code ?? error,
  )

it('a token is good for one conversation on one site, with its own budget, rate and instructions', async () => {
  const visitors = open()
  const [one, two] = [await visitors.issue(ask()), await visitors.issue(ask())]
  expect(one.conversation).toMatch(/^visit-[0-9a-f]{24}$/)
  expect(two.conversation).not.toBe(one.conversation)
  const held = await visitors.holder(one.token, cx)
  expect(held?.caller).toEqual({
    ...SHOP,
    origins: [SITE],
    visitor: {
      conversation: one.conversation,
      budgets: [
        { unit: 'usd', window: 'total', limit: 250_000 },
        { unit: 'requests', window: 'rate', limit: 7 },
      ],
      instructions: 'Sell shoes.',
    },
  })
})

it('it ends after its minutes; the renewal gets another for the same conversation, and ends after its days', async () => {
  const visitors = open()
  const issued = await visitors.issue(ask())
  nowAt += 10 * MINUTE_MS
  expect(await refusal(visitors.holder(issued.token, cx))).toBe('visitor_token_expired')
  const again = await visitors.issue(ask({ renewal: issued.renewal, now: nowAt }))
  expect(again.conversation).toBe(issued.conversation)
  expect((await visitors.holder(again.token, cx))?.caller.visitor?.conversation).toBe(issued.conversation)
  nowAt += 3 * DAY_MS
  const late = visitors.issue(ask({ renewal: again.renewal, now: nowAt }))
  expect(await refusal(late)).toBe('visitor_token_expired')
})

it('a renewal is of no use elsewhere, for another key, or as a token; a token is no renewal', async () => {
  const visitors = open()
  const { renewal, token } = await visitors.issue(ask())
  expect(await refusal(visitors.issue(ask({ renewal, origin: OTHER })))).toBe('origin_not_allowed')
  const stranger = { ...SHOP, keyId: 'key_other' }
  expect(await refusal(visitors.issue(ask({ renewal, caller: stranger })))).toBe('visitor_token_invalid')
  expect(await refusal(visitors.holder(renewal, cx))).toBe('visitor_token_invalid')
  expect(await refusal(visitors.issue(ask({ renewal: token })))).toBe('visitor_token_invalid')
})

it('secret keys, pages without an origin and visitors themselves get none', async () => {
  const visitors = open()
  const { origins: _, ...secret } = SHOP
  expect(await refusal(visitors.issue(ask({ caller: secret })))).toBe('not_publishable')
  expect(await refusal(visitors.issue(ask({ origin: null })))).toBe('origin_not_allowed')
  const { token } = await visitors.issue(ask())
  const caller = (await visitors.holder(token, cx))?.caller ?? SHOP
  expect(await refusal(visitors.issue(ask({ caller })))).toBe('visitor_token_not_allowed')
  const local = { keyId: 'local', name: 'local', budgets: [] }
  expect((await visitors.issue(ask({ caller: local, origin: 'http://127.0.0.1:8787' }))).token).toMatch(
    /^mv-/,
  )
})

it('a site that was taken off the key is out at once', async () => {
  let caller = SHOP
  const visitors = open(() => caller)
  const { token } = await visitors.issue(ask())
  caller = { ...SHOP, origins: [OTHER] }
  expect(await refusal(visitors.holder(token, cx))).toBe('origin_not_allowed')
})

it('other keys are none of its business', async () => {
  expect(await open().holder('pk-abc', cx)).toBeUndefined()
  expect(await open().holder(undefined, cx)).toBeUndefined()
})
