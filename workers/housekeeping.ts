// What is done every quarter of an hour, whether requests come or not: old rows are forgotten, new prices taken in.
import type { Catalogue } from '../shared/catalogue.ts'
import { DAY_MS } from '../shared/defaults.ts'
import { seedPrices } from './prices/seed.ts'
import { firstIdAt } from './telemetry/row-id.ts'
import type { Texts } from './telemetry/texts.ts'
import { forgetPages } from './telemetry/shelf.ts'

export interface Household {
  readonly database: D1Database
  readonly catalogue: Catalogue
  readonly keepDays: number
  readonly texts: Pick<Texts, 'renew'>
  readonly now: number
  readonly warn: (message: string) => void
}

export async function keepHouse({
  database,
  catalogue,
  keepDays,
  texts,
  now,
  warn,
}: Household): Promise<void> {
  const rows = await forgetPages(database, firstIdAt(now - keepDays * DAY_MS))
  if (rows > 0) warn(`housekeeping: ${rows} request rows older than ${keepDays} days deleted`)
  const renewed = await texts.renew(database)
  if (renewed > 0) warn(`housekeeping: ${renewed} kept texts sealed again, with the newest key`)
  const prices = await seedPrices(database, catalogue, now)
  if (prices > 0) warn(`prices: ${prices} of the catalogue's are new`)
}
