// The catalogue of models that ships with the gateway: what each costs and can do, read line by line when asked for. Pure.
import { fieldsOf, listOf, parse, text } from './fields.ts'
import { factNames, type ModelFacts } from './model.ts'
import { fillPrice, type Price, type Quote } from './money.ts'

export interface Listing {
  /** Absent where the source does not know what it costs. */
  readonly price?: Price
  /** Tokens. */
  readonly contextWindow?: number
  readonly maxOutput?: number
  readonly facts: ModelFacts
}

export interface Catalogue {
  /** From when its prices hold, milliseconds. */
  readonly datedAt: number
  /** Where it comes from, as `<package>@<version>`. */
  readonly sources: readonly string[]
  readonly vendors: readonly string[]
  /** A vendor's models, by the vendor's own names; none for a vendor that it does not have. */
  names(vendor: string): readonly string[]
  find(vendor: string, model: string): Listing | undefined
}

export const noCatalogue: Catalogue = {
  datedAt: 0,
  sources: [],
  vendors: [],
  names: () => [],
  find: () => undefined,
}

type Raw = Readonly<Record<string, unknown>>

/**
 * The first line is the head, every other one a model: `["<vendor>", "<model>", {...}]`, by vendor and name. A vendor's
 * lines are parsed when it is first asked for and an entry is read when its model is: a gateway with two vendors
 * never reads those of the other twenty.
 */
export function openCatalogue(file: string): Catalogue {
  const head = fieldsOf(parse(file.slice(0, file.indexOf('\n'))))
  const vendors = listOf(head['vendors']).map(text)
  const raw = new Map<string, ReadonlyMap<string, Raw>>() // a cache, bounded by the vendors in the file
  const read = new Map<string, Listing>() // a cache, bounded by the models in the file

  const modelsOf = (vendor: string): ReadonlyMap<string, Raw> | undefined => {
    if (!raw.has(vendor) && vendors.includes(vendor)) raw.set(vendor, readVendor(file, vendor))
    return raw.get(vendor)
  }

  return {
    datedAt: Date.parse(text(head['date'])),
    sources: listOf(head['sources']).map((source) => {
      const { package: name, version } = fieldsOf(source)
      return `${text(name)}@${text(version)}`
    }),
    vendors,
    names: (vendor) => [...(modelsOf(vendor)?.keys() ?? [])],
    find(vendor, model) {
      const key = `${vendor}/${model}`
      const held = read.get(key)
      if (held !== undefined) return held
      const entry = modelsOf(vendor)?.get(model)
      if (entry === undefined) return undefined
      const listing = readListing(entry)
      read.set(key, listing)
      return listing
    },
  }
}

function readVendor(file: string, vendor: string): ReadonlyMap<string, Raw> {
  const start = `\n[${JSON.stringify(vendor)},`
  const first = file.indexOf(start)
  const end = file.indexOf('\n', file.lastIndexOf(start) + 1)
  const lines = first < 0 ? '' : file.slice(first + 1, end < 0 ? undefined : end).replaceAll('\n', ',')
  return new Map(
    listOf(parse(`[${lines}]`)).map((line) => {
      const [, name, entry] = listOf(line)
      return [text(name), fieldsOf(entry)]
    }),
  )
}

function readListing(entry: Raw): Listing {
  const { price, context, output, can } = entry
  const rates = readPrice(price)
  return {
    ...(rates === undefined ? {} : { price: rates }),
    ...(typeof context === 'number' ? { contextWindow: context } : {}),
    ...(typeof output === 'number' ? { maxOutput: output } : {}),
    facts: readFacts(text(can)),
  }
}

/** The words for what a model can do; with a minus before it, what it cannot. */
function readFacts(can: string): ModelFacts {
  const words = new Set(can.split(' '))
  return Object.fromEntries(
    factNames.flatMap((name): [string, boolean][] =>
      words.has(name) ? [[name, true]] : words.has(`-${name}`) ? [[name, false]] : [],
    ),
  )
}

/** `[input, output, cacheRead, cacheWrite, cacheWriteLong]`, null where it is that of input, then what else there is. */
function readPrice(value: unknown): Price | undefined {
  const [input, output, cacheRead, cacheWrite, cacheWriteLong, more] = listOf(value)
  if (typeof input !== 'number' || typeof output !== 'number') return undefined
  const { tiers, classes, request } = fieldsOf(more)
  return fillPrice({
    input,
    output,
    cacheRead: rate(cacheRead),
    cacheWrite: rate(cacheWrite),
    cacheWriteLong: rate(cacheWriteLong),
    tiers: listOf(tiers).flatMap((tier) => {
      const [above, ...rates] = listOf(tier)
      const read = readPrice(rates)
      return read === undefined || typeof above !== 'number' ? [] : [{ above, ...read }]
    }),
    classes: Object.fromEntries(
      Object.entries(fieldsOf(classes)).flatMap(([name, rates]) => {
        const read = readPrice(rates)
        return read === undefined ? [] : [[name, read]]
      }),
    ),
    request: rate(request),
  })
}

const rate = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

/** The prices that stand in the database. */
export interface Prices {
  /** What operators said, by public name or `<provider>/<model>`. */
  readonly operators: ReadonlyMap<string, Quote>
  /** What a later catalogue than the shipped one said, by `<vendor>/<model>`; empty where the shipped one is the latest. */
  readonly later: ReadonlyMap<string, Quote>
}

export const noPrices: Prices = { operators: new Map(), later: new Map() }
