// A key as it is stored, and as the gateway sees its holder. Pure.
import type { Budget, Caller } from '../service.ts'

export interface KeyRecord {
  readonly id: string
  /** Its first characters, for people to recognise it by. */
  readonly prefix: string
  readonly name: string
  readonly budgets: readonly Budget[]
  readonly models?: readonly string[]
  readonly origins?: readonly string[]
  readonly createdAt: number
  readonly expiresAt?: number
  readonly revokedAt?: number
}

/** Why a key does not open the door, in words for its holder; undefined when it does. */
export function objection(record: KeyRecord, now: number): string | undefined {
  if (record.revokedAt !== undefined)
    return 'This API key has been revoked. Ask the operator of this gateway for a new one.'
  if (record.expiresAt !== undefined && record.expiresAt <= now) {
    return `This API key expired at ${new Date(record.expiresAt).toISOString()}. Ask the operator of this gateway for a new one.`
  }
  return undefined
}

export const callerOf = (record: KeyRecord): Caller => ({
  keyId: record.id,
  name: record.name,
  budgets: record.budgets,
  ...(record.models === undefined ? {} : { models: record.models }),
  ...(record.origins === undefined ? {} : { origins: record.origins }),
})
