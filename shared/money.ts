// Prices and costs. Money is integer micro-dollars, rounded up once, at the end. Pure.
import type { Usage } from './usage.ts'

/** US dollars per million tokens, which is the same number as micro-dollars per token. */
export interface Price {
  readonly input: number
  readonly cacheRead: number
  readonly cacheWrite: number
  readonly output: number
}

export const free: Price = { input: 0, cacheRead: 0, cacheWrite: 0, output: 0 }

// Prices have at most six decimals, so scaled by this they are whole and sums of them are exact.
const PRICE_SCALE = 1_000_000

const scaled = (tokens: number, dollarsPerMillion: number): number =>
  tokens * Math.round(dollarsPerMillion * PRICE_SCALE)

/** The cost of a usage in micro-dollars, rounded up to a whole one. Reasoning is billed as output. */
export function costMicros(usage: Usage, price: Price): number {
  const sum =
    scaled(usage.input, price.input) +
    scaled(usage.cacheRead, price.cacheRead) +
    scaled(usage.cacheWrite, price.cacheWrite) +
    scaled(usage.output + usage.reasoning, price.output)
  return Math.ceil(sum / PRICE_SCALE)
}

/**
 * The most that a call can cost, in micro-dollars: every prompt token at the dearest prompt price
 * (a vendor decides alone what it reads from or writes to its cache), every allowed token produced.
 */
export function worstCaseMicros(promptTokens: number, maxOutput: number, price: Price): number {
  const dearest = Math.max(price.input, price.cacheRead, price.cacheWrite)
  return Math.ceil((scaled(promptTokens, dearest) + scaled(maxOutput, price.output)) / PRICE_SCALE)
}

export const microsFromDollars = (dollars: number): number => Math.round(dollars * 1_000_000)

export const dollarsFromMicros = (micros: number): number => micros / 1_000_000

/** A dollar amount for people and headers: plain decimals, no exponent, no trailing zeros. */
export function writeDollars(micros: number): string {
  const text = (micros / 1_000_000).toFixed(6)
  return text.replace(/\.?0+$/, '') || '0'
}
