// A key as it is stored, and as the gateway sees its holder. Pure.
import type { CacheSetting } from '../../shared/reuse.ts'
import type { Budget, Caller } from '../service.ts'

/** Keys that share budgets. */
export interface Project {
  readonly id: string
  readonly name: string
  readonly budgets: readonly Budget[]
}

export interface KeyRecord {
  readonly id: string
  /** Its first characters, for people to recognise it by. */
  readonly prefix: string
  readonly name: string
  readonly budgets: readonly Budget[]
  readonly project?: Project
  /** What each of its conversations may use in total. */
  readonly conversationBudget?: Budget
  /** With `routes` the names that it may use; where there are neither, all. */
  readonly models?: readonly string[]
  readonly routes?: readonly string[]
  readonly endpoints?: readonly string[]
  readonly origins?: readonly string[]
  /** Whether it only gets visitors' tokens; absent: as the configuration has it. */
  readonly tokenOnly?: boolean
  /** Prompts and answers are kept for the operator. */
  readonly storeText?: boolean
  /** Whether and how answers are given again to it. */
  readonly cache?: CacheSetting
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

export function callerOf(record: KeyRecord): Caller {
  const { project, conversationBudget, models, routes, endpoints, origins, tokenOnly, storeText, cache } =
    record
  return {
    keyId: record.id,
    name: record.name,
    budgets: record.budgets,
    ...(project === undefined ? {} : { project }),
    ...(conversationBudget === undefined ? {} : { conversationBudget }),
    ...(models === undefined && routes === undefined
      ? {}
      : { models: [...(models ?? []), ...(routes ?? [])] }),
    ...(endpoints === undefined ? {} : { endpoints }),
    ...(origins === undefined ? {} : { origins }),
    ...(tokenOnly === undefined ? {} : { tokenOnly }),
    ...(storeText === true ? { storeText } : {}),
    ...(cache === undefined ? {} : { cache }),
  }
}
