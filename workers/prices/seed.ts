// Writes the shipped catalogue's prices into D1, once an edition: a row only where a price has changed since the last.
import type { Catalogue } from '../../shared/catalogue.ts'
import type { Price } from '../../shared/money.ts'
import { PRICE_COLUMNS, valuesOf } from './row.ts'

// All prices travel as one bound value, some 120 kB of the 2 MB that D1 takes. Operators' rows have a source of their
// own and are neither read nor written here. Written once more, by two isolates at the same time, it changes nothing.
const SEED = `INSERT OR IGNORE INTO prices (source, model, valid_from, ${PRICE_COLUMNS.join(', ')})
  SELECT 'catalogue', fresh.model, ?2, ${PRICE_COLUMNS.map((column) => `fresh.${column}`).join(', ')}
  FROM (SELECT json_extract(value, '$[0]') AS model,
    ${PRICE_COLUMNS.map((column, index) => `json_extract(value, '$[${index + 1}]') AS ${column}`).join(', ')}
    FROM json_each(?1)) AS fresh
  LEFT JOIN prices AS known ON known.source = 'catalogue' AND known.model = fresh.model AND known.valid_from =
    (SELECT MAX(valid_from) FROM prices WHERE source = 'catalogue' AND model = fresh.model AND valid_from < ?2)
  WHERE known.model IS NULL OR ${PRICE_COLUMNS.map((column) => `known.${column} IS NOT fresh.${column}`).join(' OR ')}`

/**
 * One read where D1 has this edition or a later one; else one batch, which writes as many rows as there are prices
 * the first time (about a thousand) and later only those that differ. Resolves with the rows written.
 */
export async function seedPrices(database: D1Database, catalogue: Catalogue, now: number): Promise<number> {
  const { datedAt, sources } = catalogue
  const known = await database.prepare('SELECT 1 FROM catalogues WHERE dated_at >= ?').bind(datedAt).first()
  if (known !== null) return 0
  const priced = pricesOf(catalogue)
  const rows = priced.map(([model, price]) => [model, ...valuesOf(price)])
  const [seeded] = await database.batch([
    database.prepare(SEED).bind(JSON.stringify(rows), datedAt),
    database
      .prepare('INSERT OR IGNORE INTO catalogues (dated_at, sources, models, written_at) VALUES (?, ?, ?, ?)')
      .bind(datedAt, sources.join(', '), rows.length, now),
  ])
  return seeded?.meta.changes ?? 0
}

const pricesOf = (catalogue: Catalogue): (readonly [string, Price])[] =>
  catalogue.vendors.flatMap((vendor) =>
    catalogue.names(vendor).flatMap((name) => {
      const price = catalogue.find(vendor, name)?.price
      return price === undefined ? [] : [[`${vendor}/${name}`, price] as const]
    }),
  )
