// Who a key belongs to: seen keys cost no round trip, and a revoked one is found out within ten seconds.
import { describe, expect, it } from 'vitest'
import { Failed } from '../../../../shared/failure.ts'
import type { KeyRecord } from '../../../../workers/keys/record.ts'
import { hashKey } from '../../../../workers/keys/secret.ts'
import type { KeyStore } from '../../../../workers/keys/store.ts'
import { LOCAL_ADMIN_KEY, LOCAL_KEY, openKeys, type KeyOptions } from '../../../../workers/keys/verify.ts'
import { cxAt } from '../../samples.ts'

const KEY = 'mk-ada'
const record: KeyRecord = { id: 'key_1', prefix: 'mk-ada', name: 'Ada', budgets: [], createdAt: 1 }

async function desk(over: Partial<KeyOptions> = {}) {
  const rows = new Map([[await hashKey(KEY), record]])
  const state = { now: 1_000_000, reads: 0, down: false }
  const nothing = () => Promise.reject(new Error('not used here'))
  const store: KeyStore = {
    findByHash: (hash) => {
      state.reads += 1
      return state.down ? Promise.reject(new Error('D1 is away')) : Promise.resolve(rows.get(hash))
    },
    find: nothing,
    list: nothing,
    insert: nothing,
    update: nothing,
  }
  const keys = openKeys({ store, loopback: false, ...over })
  const cx = cxAt(() => state.now)
  /** As the gateway does: nothing is told before the key is confirmed. */
  const confirmed = async (key: string | undefined) => {
    const { caller, confirmed: again } = await keys.verify(key, cx)
    await again
    return caller
  }
  const verify = (key: string | undefined = KEY) => confirmed(key)
  const failureOf = async (key?: string) => {
    const error: unknown = await confirmed(key).catch((thrown: unknown) => thrown)
    return error instanceof Failed ? error.failure : error
  }
  const settle = () => Promise.all(cx.deferred.splice(0))
  const revoke = async () => void rows.set(await hashKey(KEY), { ...record, revokedAt: state.now })
  return { keys, cx, state, verify, failureOf, settle, revoke, rows }
}

describe('a key', () => {
  it('is its holder', async () =>
    expect(await (await desk()).verify()).toMatchObject({ keyId: 'key_1', name: 'Ada' }))

  it('that is missing or empty is told how to be sent', async () => {
    const { failureOf, state } = await desk()
    expect(await failureOf()).toMatchObject({ kind: 'unauthenticated', code: 'invalid_api_key' })
    expect(await failureOf('')).toMatchObject({ code: 'invalid_api_key' })
    expect(state.reads).toBe(0)
  })

  it('that nobody knows is refused, and its text is not repeated', async () => {
    const failure = await (await desk()).failureOf('mk-guess-1234')
    expect(failure).toMatchObject({ kind: 'unauthenticated', code: 'invalid_api_key' })
    expect(JSON.stringify(failure)).not.toContain('mk-guess')
  })

  it('that was seen lately costs no read', async () => {
    const { verify, state } = await desk()
    for (let turn = 0; turn < 10; turn += 1) await verify()
    expect(state.reads).toBe(1)
  })

  it('that nobody knows costs one read, however often it is tried', async () => {
    const { failureOf, state } = await desk()
    for (let turn = 0; turn < 10; turn += 1) await failureOf('mk-guess')
    expect(state.reads).toBe(1)
  })

  it('that is in use is read again in the background, once, without waiting', async () => {
    const { verify, settle, state } = await desk()
    await verify()
    state.now += 5_000
    await Promise.all([verify(), verify(), verify()])
    await settle()
    expect(state.reads).toBe(2)
  })

  it('that was revoked elsewhere is refused within ten seconds, busy or not', async () => {
    for (const stepMs of [500, 1_000, 3_000, 10_000]) {
      const { verify, revoke, settle, state } = await desk()
      await verify()
      await revoke()
      let refusedAfter = Number.POSITIVE_INFINITY
      for (let ms = stepMs; ms <= 30_000 && refusedAfter > ms; ms += stepMs) {
        state.now += stepMs
        await verify().catch(() => (refusedAfter = ms))
        await settle()
      }
      expect(refusedAfter, `asked every ${stepMs} ms`).toBeLessThanOrEqual(10_000)
    }
  })

  it('that was seen in the last minute waits for no read before its work begins, and is confirmed beside it', async () => {
    const { keys, cx, verify, revoke, state } = await desk()
    await verify()
    for (const restMs of [10_000, 30_000, 59_000]) {
      state.now += restMs
      const before = state.reads
      const { caller, confirmed } = await keys.verify(KEY, cx)
      expect(caller.keyId).toBe('key_1')
      expect(confirmed).toBeDefined()
      await confirmed
      expect(state.reads).toBe(before + 1)
    }
    await revoke()
    state.now += 30_000
    const late = await keys.verify(KEY, cx)
    await expect(late.confirmed).rejects.toMatchObject({ failure: { kind: 'unauthenticated' } })
  })

  it('that was not seen for a minute is read first', async () => {
    const { keys, cx, verify, state } = await desk()
    await verify()
    state.now += 60_001
    expect((await keys.verify(KEY, cx)).confirmed).toBeUndefined()
    expect(state.reads).toBe(2)
  })

  it('that expires while it is remembered is refused on time', async () => {
    const { verify, rows, state, failureOf } = await desk()
    rows.set(await hashKey(KEY), { ...record, expiresAt: state.now + 1_000 })
    await verify()
    state.now += 1_000
    expect(await failureOf(KEY)).toMatchObject({
      code: 'invalid_api_key',
      message: expect.stringContaining('expired'),
    })
  })

  it('is known at once after it was made or changed here', async () => {
    const { keys, verify, failureOf, rows } = await desk()
    expect(await failureOf('mk-new')).toMatchObject({ code: 'invalid_api_key' })
    rows.set(await hashKey('mk-new'), { ...record, id: 'key_2' })
    keys.forget()
    expect(await verify('mk-new')).toMatchObject({ keyId: 'key_2' })
  })
})

describe('a store that is away', () => {
  it('is not the fault of the key: 503, nobody is let in', async () => {
    const { state, failureOf } = await desk()
    state.down = true
    expect(await failureOf(KEY)).toMatchObject({ kind: 'unavailable', retryAfterMs: 1_000 })
  })

  it('does not stop a key that was seen in the last seconds', async () => {
    const { state, verify, settle } = await desk()
    await verify()
    state.down = true
    state.now += 5_000
    expect(await verify()).toMatchObject({ keyId: 'key_1' })
    await settle()
  })
})

describe('a store that is away while a key is confirmed', () => {
  it('lets nothing be told: 503', async () => {
    const { keys, cx, verify, state } = await desk()
    await verify()
    state.down = true
    state.now += 20_000
    const { confirmed } = await keys.verify(KEY, cx)
    await expect(confirmed).rejects.toMatchObject({ failure: { kind: 'unavailable' } })
  })
})

describe('the local keys', () => {
  it('exist on a loopback address only', async () => {
    expect(await (await desk({ loopback: true })).verify(LOCAL_KEY)).toMatchObject({ keyId: 'local' })
    expect(await (await desk()).failureOf(LOCAL_KEY)).toMatchObject({ code: 'invalid_api_key' })
    expect(await (await desk({ loopback: true })).keys.adminOf(LOCAL_ADMIN_KEY)).toMatch(/^admin:/)
    expect(await (await desk()).keys.adminOf(LOCAL_ADMIN_KEY)).toBeUndefined()
  })

  it('of the operator is no client, nor the other way round', async () => {
    const { failureOf, keys } = await desk({ loopback: true })
    expect(await failureOf(LOCAL_ADMIN_KEY)).toMatchObject({ code: 'invalid_api_key' })
    expect(await keys.adminOf(LOCAL_KEY)).toBeUndefined()
  })
})

describe('the admin key', () => {
  it('is the secret of the deployment, and nothing else is', async () => {
    const { keys } = await desk({ adminKey: 'mk-admin-real' })
    const actor = await keys.adminOf('mk-admin-real')
    expect(actor).toMatch(/^admin:[0-9a-f]{12}$/)
    expect(await keys.adminOf('mk-admin-real')).toBe(actor)
    for (const key of [undefined, '', 'mk-admin-rea', KEY]) expect(await keys.adminOf(key)).toBeUndefined()
  })
  it('that is empty is none', async () => {
    const { keys } = await desk({ adminKey: '' })
    expect(await keys.adminOf('')).toBeUndefined()
  })
})
