// A price as a row of D1, and back. Pure.
import { fieldsOf, isFields, listOf, parse } from '../../shared/fields.ts'
import { fillPrice, type GivenPrice, type Price } from '../../shared/money.ts'

export type PriceSource = 'catalogue' | 'operator'

export interface PriceRow {
  readonly source: PriceSource
  readonly model: string
  readonly valid_from: number
  readonly input: number
  readonly cache_read: number
  readonly cache_write: number
  readonly cache_write_long: number | null
  readonly output: number
  readonly tiers: string | null
  readonly classes: string | null
  readonly request: number | null
  readonly reasoning: number | null
}

/** The columns beside source, model and date, in the order in which `valuesOf` gives them. */
export const PRICE_COLUMNS = [
  'input',
  'cache_read',
  'cache_write',
  'cache_write_long',
  'output',
  'tiers',
  'classes',
  'request',
  'reasoning',
] as const satisfies readonly (keyof PriceRow)[]

const json = (value: unknown): string | null => (value === undefined ? null : JSON.stringify(value))

export const valuesOf = (price: Price): readonly (number | string | null)[] => [
  price.input,
  price.cacheRead,
  price.cacheWrite,
  price.cacheWriteLong ?? null,
  price.output,
  json(price.tiers),
  json(price.classes),
  price.request ?? null,
  price.reasoning ?? null,
]

type GivenRates = NonNullable<GivenPrice['classes']>[string]

/** JSON in a row was written by `valuesOf`; what a hand has spoiled in it since then is left out. */
export function priceOf(row: PriceRow): Price {
  const tiers = listOf(parse(row.tiers ?? '[]')).flatMap((tier) => {
    const rates = ratesOf(tier)
    const above = fieldsOf(tier)['above']
    return rates === undefined || typeof above !== 'number' ? [] : [{ above, ...rates }]
  })
  const classes = Object.entries(fieldsOf(parse(row.classes ?? '{}'))).flatMap(([name, value]) => {
    const rates = ratesOf(value)
    return rates === undefined ? [] : [[name, rates] as const]
  })
  return fillPrice({
    input: row.input,
    cacheRead: row.cache_read,
    cacheWrite: row.cache_write,
    cacheWriteLong: row.cache_write_long ?? undefined,
    output: row.output,
    tiers,
    classes: Object.fromEntries(classes),
    request: row.request ?? undefined,
    reasoning: row.reasoning ?? undefined,
  })
}

function ratesOf(value: unknown): GivenRates | undefined {
  if (!isFields(value)) return undefined
  const { input, output, cacheRead, cacheWrite, cacheWriteLong, reasoning } = value
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  return {
    input,
    output,
    cacheRead: rate(cacheRead),
    cacheWrite: rate(cacheWrite),
    cacheWriteLong: rate(cacheWriteLong),
    reasoning: rate(reasoning),
  }
}

const rate = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)
