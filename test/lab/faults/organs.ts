// M12: parts of the gateway itself that cannot be reached. Their files in its state are spoilt, which to the Worker is what
// a disk or a region that is away looks like: every call to that object, or to D1, fails.
import { existsSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { databaseFile } from '../../../tools/gateway/migrate.ts'
import { objectId } from '../../../tools/gateway/object-id.ts'
import { healthKey } from '../../../workers/service.ts'
import { openClient, pick } from '../client.ts'
import { until } from '../until.ts'
import type { Vendor } from '../vendor.ts'
import type { Clock } from './clock.ts'
import type { Seen } from './judge.ts'
import { organCases, ORGANS_ID } from './own.ts'
import { type Door, play } from './play.ts'
import { type Case, namesOf } from './scenario.ts'
import { judged, type Played } from './score.ts'

/** A gateway that nobody has asked anything yet, so that none of its databases is open. */
export interface Patient {
  readonly door: Door
  /** The folder with its databases. */
  readonly state: string
  readonly adminKey: string
}

export interface Operation {
  readonly lab: Vendor
  readonly patient: Patient
  readonly clock: Clock
}

/** Plays them one after another. The row of what was asked without D1 is looked for once D1 is back. */
export async function playOrgans({ lab, patient, clock }: Operation): Promise<readonly Played[]> {
  const { door, state } = patient
  const { database, stranger, budget, health } = organCases(clock)
  const run = (of: Case, through: Door): Promise<Seen> =>
    play({ lab, door: through, clock }, { id: ORGANS_ID }, of)
  const { rowsOf: _, ...unread } = door
  const withKey = (key: string): Door => ({
    ...unread,
    ask: ({ route }) => ({ headers: { authorization: `Bearer ${key}` }, model: route }),
  })

  const mendDatabase = spoil(databaseFile(state))
  const answered = await run(database, unread)
  const refused = await run(stranger, withKey('mk-nobody0000000000000000000000000'))
  mendDatabase()
  const rows = await door.rowsOf?.(answered.calls.map(({ requestId }) => requestId))

  const { id, key } = await until('D1 to be back', () => makeKey(patient).catch(() => undefined))
  const mendBudget = spoil(objectFile(state, 'Budget', id))
  const unfunded = await run(budget, withKey(key))
  mendBudget()

  const { primary } = namesOf(door.prefix, { id: ORGANS_ID }, health)
  const mendHealth = spoil(objectFile(state, 'Health', healthKey({ provider: 'lab', model: primary })))
  const blind = await run(health, door)
  mendHealth()

  return [
    judged(database, { ...answered, rows }),
    judged(stranger, refused),
    judged(budget, unfunded),
    judged(health, blind),
  ]
}

async function makeKey({ door, adminKey }: Patient): Promise<{ readonly id: string; readonly key: string }> {
  const body = JSON.stringify({ name: 'fault', budgets: [{ usd: 1, window: 'day' }] })
  const { json, text } = await openClient(door.url, adminKey).send('/admin/keys', { method: 'POST', body })
  if (pick(json, 'key') === undefined) throw new Error(`no key: ${text}`)
  return { id: String(pick(json, 'id')), key: String(pick(json, 'key')) }
}

const SIDES = ['', '-wal', '-shm'] as const

/** The file of a Durable Object of a local gateway. */
const objectFile = (state: string, className: string, name: string): string =>
  join(state, 'objects', `minnow-${className}`, `${objectId(`minnow-${className}`, name)}.sqlite`)

/** Makes a database that is not open unreadable; what is returned makes it well again. */
function spoil(file: string): () => void {
  if (!existsSync(dirname(file))) throw new Error(`nothing would read ${file}`)
  for (const side of SIDES) if (existsSync(file + side)) renameSync(file + side, `${file}${side}.aside`)
  writeFileSync(file, 'no database\n'.repeat(1_000))
  return () => {
    for (const side of SIDES) rmSync(file + side, { force: true })
    for (const side of SIDES)
      if (existsSync(`${file}${side}.aside`)) renameSync(`${file}${side}.aside`, file + side)
  }
}
