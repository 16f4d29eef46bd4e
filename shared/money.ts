// Prices and costs. Money is integer micro-dollars, rounded up once, at the end. Pure.
import { promptTokens, type Usage } from './usage.ts'

/** US dollars per million tokens, which is the same number as micro-dollars per token. */
export interface Rates {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  /** Writing to a cache that lasts an hour; as `cacheWrite` unless given. */
  readonly cacheWriteLong?: number
  readonly output: number
  /** What a model thinks before it answers; as `output` unless given. */
  readonly reasoning?: number
}

export interface Price extends Rates {
  /** The rates of prompts longer than so many tokens: they hold for the whole request. Ascending. */
  readonly tiers?: readonly (Rates & { readonly above: number })[]
  /** The rates of another class of service, by the vendor's word for it: `flex`, `priority`, `batch`. */
  readonly classes?: Readonly<Record<string, Rates>>
  /** US dollars for each request, whatever it holds. */
  readonly request?: number
}

/** Who said a price, and from when it holds; a configuration has no date. */
export interface PriceVersion {
  readonly source: 'configuration' | 'operator' | 'catalogue'
  /** Milliseconds since the epoch. */
  readonly validFrom?: number
}

export interface Quote {
  readonly price: Price
  readonly version: PriceVersion
}

type GivenRates = {
  readonly input: number
  readonly output: number
  readonly cacheRead?: number | undefined
  readonly cacheWrite?: number | undefined
  readonly cacheWriteLong?: number | undefined
  readonly reasoning?: number | undefined
}

/** A price as people give it: what is not said of caches costs what input does, and of reasoning what output does. */
export interface GivenPrice extends GivenRates {
  readonly tiers?: readonly (GivenRates & { readonly above: number })[] | undefined
  readonly classes?: Readonly<Record<string, GivenRates>> | undefined
  readonly request?: number | undefined
}

const fillRates = ({
  input,
  output,
  cacheRead,
  cacheWrite,
  cacheWriteLong,
  reasoning,
}: GivenRates): Rates => ({
  input,
  cacheRead: cacheRead ?? input,
  cacheWrite: cacheWrite ?? input,
  ...(cacheWriteLong === undefined ? {} : { cacheWriteLong }),
  output,
  ...(reasoning === undefined ? {} : { reasoning }),
})

export function fillPrice(given: GivenPrice): Price {
  const { request = 0 } = given
  const tiers = (given.tiers ?? []).map((tier) => ({ above: tier.above, ...fillRates(tier) }))
  const classes = Object.entries(given.classes ?? {}).map(
    ([name, rates]) => [name, fillRates(rates)] as const,
  )
  return {
    ...fillRates(given),
    ...(tiers.length === 0 ? {} : { tiers: tiers.toSorted((a, b) => a.above - b.above) }),
    ...(classes.length === 0 ? {} : { classes: Object.fromEntries(classes) }),
    ...(request === 0 ? {} : { request }),
  }
}

export const free: Price = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }

// Prices have at most six decimals, so scaled by this they are whole and sums of them are exact.
const PRICE_SCALE = 1_000_000

const scaled = (tokens: number, dollarsPerMillion: number): number =>
  tokens * Math.round(dollarsPerMillion * PRICE_SCALE)

/** The class of service that a price has rates of its own for. */
export const classIn = ({ classes }: Price, serviceTier: string | undefined): string | undefined =>
  classes !== undefined && serviceTier !== undefined && Object.hasOwn(classes, serviceTier)
    ? serviceTier
    : undefined

/** The rates that hold for a prompt of this many tokens in this class of service. */
export function ratesFor(price: Price, prompt: number, serviceTier?: string): Rates {
  const named = classIn(price, serviceTier)
  if (named !== undefined) return price.classes?.[named] ?? price
  return price.tiers?.findLast((tier) => prompt > tier.above) ?? price
}

const requestCost = (price: Price): number => scaled(1_000_000, price.request ?? 0)

/** The cost of a usage in micro-dollars, rounded up to a whole one. */
export function costMicros(usage: Usage, price: Price, serviceTier?: string): number {
  const rates = ratesFor(price, promptTokens(usage), serviceTier)
  const sum =
    scaled(usage.input, rates.input) +
    scaled(usage.cacheRead, rates.cacheRead) +
    scaled(usage.cacheWrite, rates.cacheWrite) +
    scaled(usage.cacheWriteLong ?? 0, rates.cacheWriteLong ?? rates.cacheWrite) +
    scaled(usage.output, rates.output) +
    scaled(usage.reasoning, rates.reasoning ?? rates.output) +
    requestCost(price)
  return Math.ceil(sum / PRICE_SCALE)
}

/**
 * The most that a call can cost, in micro-dollars: every prompt token at the dearest prompt price
 * (a vendor decides alone what it reads from or writes to its cache), every allowed token produced.
 * `serviceTier` is what was asked for; where the vendor may choose, the dearest class is assumed.
 */
export function worstCaseMicros(
  prompt: number,
  maxOutput: number,
  price: Price,
  serviceTier?: string,
): number {
  const open = serviceTier === undefined || serviceTier === 'auto'
  // `prompt` may be a bound, and a shorter one be in a dearer tier.
  const usual = [price, ...(price.tiers ?? []).filter(({ above }) => prompt > above)]
  const possible = open
    ? [...usual, ...(serviceTier === 'auto' ? Object.values(price.classes ?? {}) : [])]
    : [ratesFor(price, prompt, serviceTier), ...usual] // a busy vendor may serve another class than asked for
  const worst = possible.map((rates) => {
    const dearest = Math.max(rates.input, rates.cacheRead, rates.cacheWrite, rates.cacheWriteLong ?? 0)
    return scaled(prompt, dearest) + scaled(maxOutput, Math.max(rates.output, rates.reasoning ?? 0))
  })
  return Math.ceil((Math.max(...worst) + requestCost(price)) / PRICE_SCALE)
}

/**
 * What the vendor's prompt cache saved, in micro-dollars: the same tokens read anew, less what they cost. Below zero where
 * more was paid for writing than was saved by reading.
 */
export function promptSavedMicros(usage: Usage, price: Price, serviceTier?: string): number {
  const { cacheWriteLong: _, ...others } = usage
  const anew = { ...others, input: promptTokens(usage), cacheRead: 0, cacheWrite: 0 }
  return costMicros(anew, price, serviceTier) - costMicros(usage, price, serviceTier)
}

export const microsFromDollars = (dollars: number): number => Math.round(dollars * 1_000_000)

export const dollarsFromMicros = (micros: number): number => micros / 1_000_000

/** A dollar amount for people and headers: plain decimals, no exponent, no trailing zeros. */
export function writeDollars(micros: number): string {
  const text = (micros / 1_000_000).toFixed(6)
  return text.replace(/\.?0+$/, '') || '0'
}
