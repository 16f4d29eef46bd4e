// How a request or a route wants its models chosen: the fields, what they may hold, and how they go together. Pure.
import { z } from 'zod'

/** US dollars per million tokens. */
export interface MaxPrice {
  readonly input?: number
  readonly output?: number
}

export type Sort = 'price' | 'latency' | 'throughput'

export interface DialSetting {
  /** The share of requests that goes to the frontier. */
  readonly strongShare?: number
  /** A promise: this much of the frontier's quality, for as few strong calls as reach it. */
  readonly quality?: number
  /** A promise: what 1,000 requests cost at most on average, in US dollars. */
  readonly maxCostPer1k?: number
  readonly sort?: Sort
  readonly maxPrice?: MaxPrice
}

const share = z.number().min(0).max(1)
const dollars = z.number().min(0).max(1_000_000)

export const dialFields = {
  strongShare: share.optional().describe('The share of requests that goes to the frontier.'),
  quality: share
    .optional()
    .describe("The share of the frontier's quality to reach, with as few strong calls as that takes."),
  maxCostPer1k: dollars
    .optional()
    .describe('US dollars that 1,000 requests may cost on average; as many strong calls as that allows.'),
  sort: z
    .enum(['price', 'latency', 'throughput'])
    .optional()
    .describe('Models and vendors are asked in this order, not in the one that the gateway weighs.'),
  maxPrice: z
    .strictObject({ input: dollars.optional(), output: dollars.optional() })
    .optional()
    .describe('US dollars per million tokens; what costs more, or what nobody knows, is not asked.'),
}

type Given = { readonly [name in keyof DialSetting]?: unknown }

/** The three ways to say how often the strong model is asked; one of them at a time. */
const KNOBS = ['strongShare', 'quality', 'maxCostPer1k'] as const

export const knobsIn = (given: Given): readonly (typeof KNOBS)[number][] =>
  KNOBS.filter((name) => given[name] !== undefined && given[name] !== null)

export const ONE_KNOB = 'one of "strongShare", "quality" and "maxCostPer1k", not several'

interface Read {
  readonly strongShare?: number | undefined
  readonly quality?: number | undefined
  readonly maxCostPer1k?: number | undefined
  readonly sort?: Sort | undefined
  readonly maxPrice?:
    | { readonly input?: number | undefined; readonly output?: number | undefined }
    | undefined
}

/** What was said, without what was not; undefined where nothing was. */
export function dialIn({
  strongShare,
  quality,
  maxCostPer1k,
  sort,
  maxPrice,
}: Read): DialSetting | undefined {
  const { input, output } = maxPrice ?? {}
  const setting: DialSetting = {
    ...(strongShare === undefined ? {} : { strongShare }),
    ...(quality === undefined ? {} : { quality }),
    ...(maxCostPer1k === undefined ? {} : { maxCostPer1k }),
    ...(sort === undefined ? {} : { sort }),
    ...(input === undefined && output === undefined
      ? {}
      : {
          maxPrice: {
            ...(input === undefined ? {} : { input }),
            ...(output === undefined ? {} : { output }),
          },
        }),
  }
  return Object.keys(setting).length === 0 ? undefined : setting
}

/**
 * A request's word before its route's; who turns one of the three knobs takes the others back. A price that the route
 * does not go above, a request can lower and never raise.
 */
export function mergeDials(route: DialSetting | undefined, request: DialSetting | undefined): DialSetting {
  if (route === undefined || request === undefined) return request ?? route ?? {}
  const { strongShare: _share, quality: _quality, maxCostPer1k: _cost, ...rest } = route
  const input = least(route.maxPrice?.input, request.maxPrice?.input)
  const output = least(route.maxPrice?.output, request.maxPrice?.output)
  return {
    ...(knobsIn(request).length > 0 ? rest : route),
    ...request,
    ...dialIn({ maxPrice: { input, output } }),
  }
}

const least = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
