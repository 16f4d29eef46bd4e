// The price book in D1: what models cost, from when. Isolates hold a copy and renew it in the background.
import type { Price } from '../../shared/money.ts'
import type { Cx } from '../service.ts'

interface Row {
  readonly model: string
  readonly valid_from: number
  readonly input: number
  readonly cache_read: number
  readonly cache_write: number
  readonly output: number
}

export interface DatedPrice extends Price {
  readonly model: string
  readonly validFrom: number
}

const RENEW_MS = 60_000

export interface PriceBook {
  /** Prices valid now, by model name; waits only in an isolate's first request. */
  current(cx: Cx): Promise<ReadonlyMap<string, Price>>
  list(): Promise<DatedPrice[]>
  add(price: DatedPrice): Promise<void>
}

export function openPriceBook(database: D1Database): PriceBook {
  let held: { readonly prices: ReadonlyMap<string, Price>; readonly at: number } | undefined // a cache of one
  let loading: Promise<ReadonlyMap<string, Price>> | undefined

  const load = async (now: number): Promise<ReadonlyMap<string, Price>> => {
    const sql = `SELECT model, MAX(valid_from) AS valid_from, input, cache_read, cache_write, output
      FROM prices WHERE valid_from <= ? GROUP BY model`
    const { results } = await database.prepare(sql).bind(now).all<Row>()
    const prices = new Map(results.map((row) => [row.model, priceOf(row)]))
    held = { prices, at: now }
    return prices
  }

  const renew = (now: number): Promise<ReadonlyMap<string, Price>> => {
    loading = load(now).finally(() => {
      loading = undefined
    })
    return loading
  }

  return {
    async current(cx) {
      const now = cx.now()
      // Each first request loads for itself: on Cloudflare a request may not wait for another one's I/O.
      if (held === undefined) return load(now)
      if (now - held.at > RENEW_MS && loading === undefined) cx.defer(renew(now).catch(() => undefined)) // the old copy serves on
      return held.prices
    },
    async list() {
      const { results } = await database
        .prepare('SELECT * FROM prices ORDER BY model, valid_from DESC LIMIT 5000')
        .all<Row>()
      return results.map((row) => ({ model: row.model, validFrom: row.valid_from, ...priceOf(row) }))
    },
    async add(price) {
      await database
        .prepare(
          'INSERT INTO prices (model, valid_from, input, cache_read, cache_write, output) VALUES (?, ?, ?, ?, ?, ?)',
        )
        .bind(price.model, price.validFrom, price.input, price.cacheRead, price.cacheWrite, price.output)
        .run()
      held = undefined
    },
  }
}

const priceOf = (row: Row): Price => ({
  input: row.input,
  cacheRead: row.cache_read,
  cacheWrite: row.cache_write,
  output: row.output,
})
