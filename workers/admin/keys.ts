// Keys for operators: made, listed, read with their balances, changed, revoked.
import { Failed } from '../../shared/failure.ts'
import type { KeyRecord, Project } from '../keys/record.ts'
import { makeSecret } from '../keys/secret.ts'
import { type Actor, type KeyDesk, newId, shownTime } from './desk.ts'
import { budgetsOf, changedBudgets, shownBalances, shownLimits, shownTotal, totalOf } from './limits.ts'
import { findProject } from './projects.ts'
import { changedKey, checked, newKey, timeOf } from './schema.ts'

type Shown = Record<string, unknown>

export async function createKey(desk: KeyDesk, body: unknown, actor: Actor): Promise<Shown> {
  const asked = checked(newKey, body)
  if (isGiven(asked.tokenOnly) && asked.origins === undefined) throw secret('tokenOnly')
  const { key, prefix, hash } = await makeSecret(asked.origins !== undefined)
  const record: KeyRecord = {
    id: newId('key'),
    prefix,
    name: asked.name,
    budgets: budgetsOf(asked),
    createdAt: desk.now(),
    ...(asked.origins === undefined ? {} : { origins: asked.origins }),
    ...(await changesOf(desk, asked)),
  }
  const change = { at: desk.now(), actor, action: 'key.create', target: record.id, after: shown(record) }
  await desk.store.insert(record, hash, change)
  desk.changed()
  return { ...shown(record), key }
}

export const listKeys = async (desk: KeyDesk, project?: string): Promise<Shown[]> =>
  (await desk.store.list(project)).map(shown)

export async function readKey(desk: KeyDesk, id: string): Promise<Shown> {
  const record = await find(desk, id)
  return { ...shown(record), ...shownBalances(await desk.balances(record.id, record.budgets)) }
}

export async function changeKey(desk: KeyDesk, id: string, body: unknown, actor: Actor): Promise<Shown> {
  const record = await find(desk, id)
  const asked = checked(changedKey, body)
  if (asked.origins !== undefined && record.origins === undefined) throw secret('origins')
  if (isGiven(asked.tokenOnly) && record.origins === undefined) throw secret('tokenOnly')
  const next: KeyRecord = {
    ...cleared(record, asked),
    ...(asked.name === undefined ? {} : { name: asked.name }),
    budgets: changedBudgets(record.budgets, asked),
    ...(asked.origins === undefined ? {} : { origins: asked.origins }),
    ...(await changesOf(desk, asked)),
  }
  await write(desk, record, next, 'key.change', actor)
  return shown(next)
}

export async function revokeKey(desk: KeyDesk, id: string, actor: Actor): Promise<Shown> {
  const record = await find(desk, id)
  if (record.revokedAt !== undefined) return shown(record)
  const next = { ...record, revokedAt: desk.now() }
  await write(desk, record, next, 'key.revoke', actor)
  return shown(next)
}

const secret = (param: string): Failed =>
  new Failed({
    kind: 'invalid-request',
    message: `Invalid '${param}': this is a secret key. Make a new key with origins for browsers.`,
    param,
  })

async function write(
  desk: KeyDesk,
  record: KeyRecord,
  next: KeyRecord,
  action: string,
  actor: Actor,
): Promise<void> {
  const change = {
    at: desk.now(),
    actor,
    action,
    target: record.id,
    before: shown(record),
    after: shown(next),
  }
  await desk.store.update(next, change)
  desk.changed()
}

type Asked = Pick<
  ReturnType<typeof readChange>,
  | 'project'
  | 'conversationBudget'
  | 'models'
  | 'routes'
  | 'endpoints'
  | 'tokenOnly'
  | 'storeText'
  | 'cache'
  | 'expiresAt'
>
const readChange = (body: unknown) => checked(changedKey, body)

/** Everything that a key may lack, as far as it is given. */
async function changesOf(desk: KeyDesk, asked: Asked): Promise<Partial<KeyRecord>> {
  const { project, conversationBudget, models, routes, endpoints, tokenOnly, storeText, cache, expiresAt } =
    asked
  return {
    ...(isGiven(project) ? { project: await projectOf(desk, project) } : {}),
    ...(isGiven(conversationBudget) ? { conversationBudget: totalOf(conversationBudget) } : {}),
    ...(isGiven(models) ? { models } : {}),
    ...(isGiven(routes) ? { routes } : {}),
    ...(isGiven(endpoints) ? { endpoints } : {}),
    ...(isGiven(tokenOnly) ? { tokenOnly } : {}),
    ...(storeText === undefined ? {} : { storeText }),
    ...(isGiven(cache) ? { cache } : {}),
    ...(isGiven(expiresAt) ? { expiresAt: timeOf(expiresAt) } : {}),
  }
}

const isGiven = <T>(value: T | null | undefined): value is T => value !== null && value !== undefined

/** The key without what is taken away: `null` says so. */
function cleared(record: KeyRecord, asked: Asked): KeyRecord {
  const { project, conversationBudget, models, routes, endpoints, tokenOnly, cache, expiresAt, ...rest } =
    record
  return {
    ...rest,
    ...(project === undefined || asked.project === null ? {} : { project }),
    ...(conversationBudget === undefined || asked.conversationBudget === null ? {} : { conversationBudget }),
    ...(models === undefined || asked.models === null ? {} : { models }),
    ...(routes === undefined || asked.routes === null ? {} : { routes }),
    ...(endpoints === undefined || asked.endpoints === null ? {} : { endpoints }),
    ...(tokenOnly === undefined || asked.tokenOnly === null ? {} : { tokenOnly }),
    ...(cache === undefined || asked.cache === null ? {} : { cache }),
    ...(expiresAt === undefined || asked.expiresAt === null ? {} : { expiresAt }),
  }
}

async function projectOf(desk: KeyDesk, id: string): Promise<Project> {
  const { name, budgets } = await findProject(desk, id, 'project')
  return { id, name, budgets }
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

function shown(record: KeyRecord): Shown {
  return {
    id: record.id,
    name: record.name,
    prefix: record.prefix,
    ...shownLimits(record.budgets),
    project: record.project?.id ?? null,
    conversationBudget: shownTotal(record.conversationBudget),
    models: record.models ?? null,
    routes: record.routes ?? null,
    endpoints: record.endpoints ?? null,
    origins: record.origins ?? null,
    tokenOnly: record.tokenOnly ?? null,
    storeText: record.storeText ?? false,
    cache: record.cache ?? null,
    createdAt: shownTime(record.createdAt),
    expiresAt: shownTime(record.expiresAt),
    revokedAt: shownTime(record.revokedAt),
  }
}
