// A stored key: whether it opens the door, and what the gateway sees of its holder.
import { describe, expect, it } from 'vitest'
import { callerOf, type KeyRecord, objection } from '../../../../workers/keys/record.ts'

const record: KeyRecord = {
  id: 'key_1',
  prefix: 'mk-abc',
  name: 'Ada',
  budgets: [{ unit: 'usd', window: 'day', limit: 5 }],
  createdAt: 1,
}

describe('a key', () => {
  it('opens the door', () => expect(objection(record, 100)).toBeUndefined())
  it('opens the door until it expires, and not at that instant', () => {
    expect(objection({ ...record, expiresAt: 101 }, 100)).toBeUndefined()
    expect(objection({ ...record, expiresAt: 100 }, 100)).toContain('expired at 1970-01-01T00:00:00.100Z')
  })
  it('that is revoked does not, whenever that was', () =>
    expect(objection({ ...record, revokedAt: 1_000 }, 100)).toContain('revoked'))
})

describe('a caller', () => {
  it('is its key, without what only the books need', () => {
    expect(callerOf({ ...record, models: ['big'], origins: ['https://a.example'], expiresAt: 5 })).toEqual({
      keyId: 'key_1',
      name: 'Ada',
      budgets: record.budgets,
      models: ['big'],
      origins: ['https://a.example'],
    })
  })
  it('may use every model, from anywhere, unless the key says otherwise', () => {
    expect(callerOf(record)).not.toHaveProperty('models')
    expect(callerOf(record)).not.toHaveProperty('origins')
  })
})
