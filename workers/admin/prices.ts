// The price book for operators. A new price is a new row with its date; old costs stay as they were.
import { Failed } from '../../shared/failure.ts'
import type { DatedPrice, PriceBook } from '../prices/book.ts'
import { checked, newPrice } from './schema.ts'

export async function listPrices(book: PriceBook): Promise<Record<string, unknown>[]> {
  return (await book.list()).map(shown)
}

export async function putPrice(
  book: PriceBook,
  body: unknown,
  now: number,
): Promise<Record<string, unknown>> {
  const asked = checked(newPrice, body)
  const price: DatedPrice = {
    model: asked.model,
    validFrom: asked.validFrom === undefined ? now : Date.parse(asked.validFrom),
    input: asked.input,
    cacheRead: asked.cacheRead ?? asked.input,
    cacheWrite: asked.cacheWrite ?? asked.input,
    output: asked.output,
  }
  if (
    (await book.list()).some((known) => known.model === price.model && known.validFrom === price.validFrom)
  ) {
    const message = `'${price.model}' has a price from ${new Date(price.validFrom).toISOString()} already, and prices are never rewritten. Choose a later validFrom.`
    throw new Failed({ kind: 'conflict', message, code: 'price_exists' })
  }
  await book.add(price)
  return shown(price)
}

const shown = ({ validFrom, ...price }: DatedPrice): Record<string, unknown> => ({
  ...price,
  validFrom: new Date(validFrom).toISOString(),
})
