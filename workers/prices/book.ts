// The price book in D1: what models cost, from when, and who says so. Isolates hold a copy and renew it in the background.
import type { Catalogue, Prices } from '../../shared/catalogue.ts'
import type { Price, Quote } from '../../shared/money.ts'
import { type Change, writeChange } from '../audit.ts'
import type { Cx } from '../service.ts'
import { PRICE_COLUMNS, priceOf, type PriceRow, type PriceSource, valuesOf } from './row.ts'
import { seedPrices } from './seed.ts'

export interface DatedPrice extends Price {
  readonly model: string
  readonly validFrom: number
  readonly source: PriceSource
}

export interface PriceFilter {
  readonly model?: string | undefined
  readonly source?: PriceSource | undefined
}

const RENEW_MS = 60_000
const MAX_LISTED = 5_000

export interface PriceBook {
  /** Prices valid now; waits only in an isolate's first request, and never for the catalogue to be written. */
  current(cx: Cx): Promise<Prices>
  /** By model, the newest first; at most 5,000. */
  list(filter: PriceFilter): Promise<DatedPrice[]>
  /** An operator's price. False where the model has one from this very moment on. */
  add(price: Omit<DatedPrice, 'source'>, change: Change): Promise<boolean>
  /** Writes what the shipped catalogue has and D1 lacks, then reads anew what holds: no older price is used from here on. */
  refresh(now: number): Promise<void>
}

const CURRENT = `SELECT MAX(valid_from) AS valid_from, source, model, ${PRICE_COLUMNS.join(', ')}
  FROM prices WHERE source = ? AND valid_from <= ? GROUP BY model`
const NEWEST = 'SELECT MAX(dated_at) AS dated_at FROM catalogues WHERE dated_at <= ?'

export function openPriceBook(database: D1Database, catalogue: Catalogue): PriceBook {
  let held: { readonly prices: Prices; readonly at: number } | undefined // a cache of one
  let loading: Promise<Prices> | undefined
  let isSeeded = false

  const current = (source: PriceSource, now: number): D1PreparedStatement =>
    database.prepare(CURRENT).bind(source, now)

  // The catalogue's rows are history as long as the file that ships has the same or newer ones: then only the
  // operators' are read, some few. A later edition is there after an older version of the gateway was put back.
  const load = async (now: number): Promise<Prices> => {
    const [operators, editions] = await database.batch<PriceRow & { dated_at: number | null }>([
      current('operator', now),
      database.prepare(NEWEST).bind(now),
    ])
    const isLater = (editions?.results[0]?.dated_at ?? 0) > catalogue.datedAt
    const later = isLater ? (await current('catalogue', now).all<PriceRow>()).results : []
    const prices = { operators: byModel(operators?.results ?? []), later: byModel(later) }
    held = { prices, at: now }
    return prices
  }

  const renew = (now: number): Promise<Prices> => {
    loading = load(now).finally(() => {
      loading = undefined
    })
    return loading
  }

  const seed = (now: number): Promise<number> => seedPrices(database, catalogue, now)

  return {
    async refresh(now) {
      await seed(now)
      await renew(now)
    },
    async current(cx) {
      const now = cx.now()
      if (!isSeeded) {
        isSeeded = true // once an isolate; the cron sees to it as well
        cx.defer(seed(now))
      }
      // Each first request loads for itself: on Cloudflare a request may not wait for another one's I/O.
      if (held === undefined) return load(now)
      if (now - held.at > RENEW_MS && loading === undefined) cx.defer(renew(now).catch(() => undefined)) // the old copy serves on
      return held.prices
    },
    async list({ model = null, source = null }) {
      const { results } = await database
        .prepare(
          `SELECT * FROM prices WHERE (?1 IS NULL OR model = ?1) AND (?2 IS NULL OR source = ?2)
          ORDER BY model, valid_from DESC LIMIT ${MAX_LISTED}`,
        )
        .bind(model, source)
        .all<PriceRow>()
      return results.map((row) => ({
        model: row.model,
        source: row.source,
        validFrom: row.valid_from,
        ...priceOf(row),
      }))
    },
    async add(price, change) {
      const statement = database
        .prepare(
          `INSERT OR IGNORE INTO prices (source, model, valid_from, ${PRICE_COLUMNS.join(', ')})
          VALUES ('operator', ?, ?, ${PRICE_COLUMNS.map(() => '?').join(', ')})`,
        )
        .bind(price.model, price.validFrom, ...valuesOf(price))
      const isNew = await writeChange(database, statement, change)
      held = undefined
      return isNew
    },
  }
}

const byModel = (rows: readonly PriceRow[]): ReadonlyMap<string, Quote> =>
  new Map(
    rows.map((row) => [
      row.model,
      { price: priceOf(row), version: { source: row.source, validFrom: row.valid_from } },
    ]),
  )
