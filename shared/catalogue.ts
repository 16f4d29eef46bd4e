// The catalogue of models that ships with the gateway: what each costs and can do, read line by line when asked for. Pure.
import { fieldsOf, listOf, parse, text } from './fields.ts'
import { factNames, type ModelFacts } from './model.ts'
import { fillPrice, type Price } from './money.ts'

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
  /** A vendor's models by the vendor's own names; none for a vendor that it does not have. */
  of(vendor: string): ReadonlyMap<string, Listing>
}

export const noCatalogue: Catalogue = {
  datedAt: 0,
  sources: [],
  vendors: [],
  of: () => new Map(),
}

/**
 * The first line is the head, every other one a model: `["<vendor>", "<model>", {...}]`, by vendor and name. A vendor's
 * lines are parsed when it is first asked for: a gateway with two vendors never reads those of the other twenty.
 */
export function openCatalogue(file: string): Catalogue {
  const head = fieldsOf(parse(file.slice(0, file.indexOf('\n'))))
  const known = new Map<string, ReadonlyMap<string, Listing>>() // a cache, bounded by the vendors in the file
  return {
    datedAt: Date.parse(text(head['date'])),
    sources: listOf(head['sources']).map((source) => {
      const { package: name, version } = fieldsOf(source)
      return `${text(name)}@${text(version)}`
    }),
    vendors: listOf(head['vendors']).map(text),
    of(vendor) {
      const held = known.get(vendor) ?? readVendor(file, vendor)
      if (held.size > 0) known.set(vendor, held)
      return held
    },
  }
}

function readVendor(file: string, vendor: string): ReadonlyMap<string, Listing> {
  const start = `\n[${JSON.stringify(vendor)},`
  const first = file.indexOf(start)
  if (first < 0) return new Map()
  const end = file.indexOf('\n', file.lastIndexOf(start) + 1)
  const lines = file.slice(first + 1, end < 0 ? undefined : end).split('\n')
  return new Map(
    listOf(parse(`[${lines.join(',')}]`)).map((line) => {
      const [, name, entry] = listOf(line)
      return [text(name), readListing(fieldsOf(entry))]
    }),
  )
}

function readListing(entry: Readonly<Record<string, unknown>>): Listing {
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
