// Keys for operators: made, listed, read with their balances, changed, revoked.
import { Failed } from '../../shared/failure.ts'
import { dollarsFromMicros } from '../../shared/money.ts'
import type { Balance } from '../budget/ledger.ts'
import type { KeyRecord } from '../keys/record.ts'
import { makeSecret } from '../keys/secret.ts'
import type { KeyStore } from '../keys/store.ts'
import type { Budget } from '../service.ts'
import { budgetsOf, changedKey, checked, newKey, timeOf } from './schema.ts'

export interface KeyDesk {
  readonly store: KeyStore
  readonly balances: (keyId: string, budgets: readonly Budget[]) => Promise<Balance[]>
  /** Called after every change, so that this isolate forgets what it knew. */
  readonly changed: () => void
  readonly now: () => number
}

export async function createKey(desk: KeyDesk, body: unknown): Promise<Record<string, unknown>> {
  const asked = checked(newKey, body)
  const { key, prefix, hash } = await makeSecret(asked.origins !== undefined)
  const record: KeyRecord = {
    id: `key_${crypto.randomUUID().replaceAll('-', '').slice(0, 20)}`,
    prefix,
    name: asked.name,
    budgets: budgetsOf(asked),
    createdAt: desk.now(),
    ...(asked.models === undefined || asked.models === null ? {} : { models: asked.models }),
    ...(asked.origins === undefined ? {} : { origins: asked.origins }),
    ...(asked.expiresAt === undefined || asked.expiresAt === null
      ? {}
      : { expiresAt: timeOf(asked.expiresAt) }),
  }
  await desk.store.insert(record, hash)
  desk.changed()
  return { ...shown(record), key }
}

export const listKeys = async (desk: KeyDesk): Promise<Record<string, unknown>[]> =>
  (await desk.store.list()).map(shown)

export async function readKey(desk: KeyDesk, id: string): Promise<Record<string, unknown>> {
  const record = await find(desk, id)
  const balances = await desk.balances(record.id, record.budgets)
  return { ...shown(record), budgets: balances.map(shownBalance) }
}

export async function changeKey(desk: KeyDesk, id: string, body: unknown): Promise<Record<string, unknown>> {
  const record = await find(desk, id)
  const asked = checked(changedKey, body)
  if (asked.origins !== undefined && record.origins === undefined) {
    throw new Failed({
      kind: 'invalid-request',
      message: "Invalid 'origins': this is a secret key. Make a new key with origins for browsers.",
      param: 'origins',
    })
  }
  const limits = asked.budgets !== undefined || asked.rpm !== undefined || asked.tpm !== undefined
  const { models: oldModels, expiresAt: oldExpiry, ...rest } = record
  const models = asked.models === undefined ? oldModels : asked.models
  const expiresAt = asked.expiresAt === undefined ? oldExpiry : asked.expiresAt
  const next: KeyRecord = {
    ...rest,
    ...(asked.name === undefined ? {} : { name: asked.name }),
    ...(limits ? { budgets: budgetsOf({ ...kept(record.budgets), ...asked }) } : {}),
    ...(asked.origins === undefined ? {} : { origins: asked.origins }),
    ...(models === undefined || models === null ? {} : { models }),
    ...(expiresAt === undefined || expiresAt === null ? {} : { expiresAt: timeOf(expiresAt) }),
  }
  await desk.store.update(next)
  desk.changed()
  return shown(next)
}

export async function revokeKey(desk: KeyDesk, id: string): Promise<Record<string, unknown>> {
  const record = await find(desk, id)
  const next = { ...record, revokedAt: record.revokedAt ?? desk.now() }
  await desk.store.update(next)
  desk.changed()
  return shown(next)
}

async function find(desk: KeyDesk, id: string): Promise<KeyRecord> {
  const record = await desk.store.find(id)
  if (record === undefined)
    throw new Failed({
      kind: 'not-found',
      message: `There is no key '${id}'. GET /admin/keys lists them.`,
      code: 'key_not_found',
    })
  return record
}

type Shape = Parameters<typeof budgetsOf>[0]

/** Stored limits in the form of a request, so that a change of one leaves the others. */
function kept(budgets: readonly Budget[]): Shape {
  const rpm = budgets.find((budget) => budget.unit === 'requests')?.limit
  const others = budgets.filter((budget) => budget.unit !== 'requests')
  return {
    budgets: others.map((budget) =>
      budget.unit === 'usd'
        ? { usd: dollarsFromMicros(budget.limit), window: budget.window }
        : { tokens: budget.limit, window: budget.window },
    ),
    ...(rpm === undefined ? {} : { rpm }),
  }
}

const inUnit = (unit: Budget['unit'], amount: number): number =>
  unit === 'usd' ? dollarsFromMicros(amount) : amount

const shownBudget = (budget: Budget): Record<string, unknown> => ({
  [budget.unit]: inUnit(budget.unit, budget.limit),
  window: budget.window,
})

const shownBalance = ({
  budget,
  spent,
  reserved,
  remaining,
  resetsAt,
}: Balance): Record<string, unknown> => ({
  ...shownBudget(budget),
  spent: inUnit(budget.unit, spent),
  reserved: inUnit(budget.unit, reserved),
  remaining: inUnit(budget.unit, remaining),
  resetsAt: Number.isFinite(resetsAt) ? new Date(resetsAt).toISOString() : null,
})

const time = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString())

function shown(record: KeyRecord): Record<string, unknown> {
  return {
    id: record.id,
    name: record.name,
    prefix: record.prefix,
    budgets: record.budgets.map(shownBudget),
    models: record.models ?? null,
    origins: record.origins ?? null,
    createdAt: time(record.createdAt),
    expiresAt: time(record.expiresAt),
    revokedAt: time(record.revokedAt),
  }
}
