// The price book for operators. A new price is a new row with its date; old costs stay as they were.
import { Failed } from '../../shared/failure.ts'
import { fillPrice } from '../../shared/money.ts'
import type { DatedPrice, PriceBook, PriceFilter } from '../prices/book.ts'
import type { Actor } from './desk.ts'
import { checked, newPrice } from './schema.ts'

export async function listPrices(book: PriceBook, filter: PriceFilter): Promise<Record<string, unknown>[]> {
  return (await book.list(filter)).map(shown)
}

export async function putPrice(
  book: PriceBook,
  body: unknown,
  now: number,
  actor: Actor,
): Promise<Record<string, unknown>> {
  const { model, validFrom, ...given } = checked(newPrice, body)
  const price: DatedPrice = {
    model,
    source: 'operator',
    validFrom: validFrom === undefined ? now : Date.parse(validFrom),
    ...fillPrice(given),
  }
  const change = { at: now, actor, action: 'price.add', target: price.model, after: shown(price) }
  if (!(await book.add(price, change))) {
    const message = `'${price.model}' has a price from ${new Date(price.validFrom).toISOString()} already, and prices are never rewritten. Choose a later validFrom.`
    throw new Failed({ kind: 'conflict', message, code: 'price_exists' })
  }
  return shown(price)
}

const shown = ({ validFrom, ...price }: DatedPrice): Record<string, unknown> => ({
  ...price,
  validFrom: new Date(validFrom).toISOString(),
})
