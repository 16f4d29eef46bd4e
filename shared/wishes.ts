// What a client asks of the gateway itself, beside what it asks of a model; the same in every dialect. Pure.
import { z } from 'zod'
import { dialFields, dialIn, knobsIn, ONE_KNOB } from './dial.ts'
import type { Failed } from './failure.ts'
import { isFields } from './fields.ts'
import { invalid } from './mistake.ts'
import { nearName } from './near.ts'
import type { ModelRequest } from './request.ts'
import { CACHE_MODES, type CacheWish, reuseFields } from './reuse.ts'
import { goalsIn, ONE_GOAL, talkFields, talkIn, talkSaid } from './talk-schema.ts'

/** Characters: more than a model can have been told to pass. */
const MOST_TESTS = 20_000

/** `minnow` of a request's body. */
export const wishesSchema = z.strictObject({
  ...dialFields,
  ...talkFields,
  require_parameters: z.boolean().optional(),
  rescue: z.boolean().optional(),
  resumable: z.boolean().optional(),
  cascade: z.boolean().optional(),
  tests: z.string().min(1).max(MOST_TESTS).optional(),
  cache: z
    .union([
      z.boolean(),
      z.enum(CACHE_MODES),
      z.strictObject({ ...reuseFields, refresh: z.boolean().optional() }),
    ])
    .optional(),
})

export type Wishes = Pick<
  ModelRequest,
  'dial' | 'requireParameters' | 'rescue' | 'resumable' | 'cascade' | 'tests' | 'cache' | 'talk'
>

/**
 * Takes the wishes out of a body: `minnow: { strongShare, quality, maxCostPer1k, sort, maxPrice, require_parameters,
 * rescue, resumable, cascade, tests, cache, contextTokens, edit, parent, regenerate }` and `require_parameters`, which no vendor is to see. `provider.require_parameters`, as OpenRouter
 * has it, is read and stays.
 */
export function takeWishes(body: unknown): { readonly body: unknown; readonly wishes: Wishes } {
  if (!isFields(body)) return { body, wishes: {} }
  const { minnow, require_parameters: flat, ...rest } = body
  const routed = isFields(rest['provider']) ? rest['provider']['require_parameters'] : undefined
  const checked = wishesSchema.nullish().safeParse(minnow)
  if (!checked.success) throw mistake(checked.error)
  if (flat !== undefined && flat !== null && typeof flat !== 'boolean') {
    throw invalid("Invalid 'require_parameters': true or false is expected.", 'require_parameters')
  }
  const said = checked.data ?? {}
  if (knobsIn(said).length > 1) throw invalid(`Invalid 'minnow': ${ONE_KNOB}, is expected.`, 'minnow')
  if (goalsIn(said).length > 1) throw invalid(`Invalid 'minnow': ${ONE_GOAL} is expected.`, 'minnow')
  const strict = flat === true || said.require_parameters === true || routed === true
  const dial = dialIn(said)
  const talk = talkIn(said)
  const { rescue, resumable, cascade, tests, cache } = said
  return {
    body: rest,
    wishes: {
      ...(dial === undefined ? {} : { dial }),
      ...(strict ? { requireParameters: true } : {}),
      ...(rescue === undefined ? {} : { rescue }),
      ...(resumable === undefined ? {} : { resumable }),
      ...(cascade === undefined ? {} : { cascade }),
      ...(tests === undefined ? {} : { tests }),
      ...(cache === undefined ? {} : { cache: cacheIn(cache) }),
      ...(talk === undefined ? {} : { talk }),
    },
  }
}

/** What a body says of wishes that were taken out of one. */
export const writeWishes = ({
  dial,
  requireParameters,
  rescue,
  resumable,
  cascade,
  tests,
  cache,
  talk,
}: Wishes) => ({
  minnow: {
    ...dial,
    ...(rescue === undefined ? {} : { rescue }),
    ...(resumable === undefined ? {} : { resumable }),
    ...(cascade === undefined ? {} : { cascade }),
    ...(tests === undefined ? {} : { tests }),
    ...(cache === undefined ? {} : { cache }),
    ...(talk === undefined ? {} : talkSaid(talk)),
  },
  ...(requireParameters === undefined ? {} : { require_parameters: requireParameters }),
})

/** `true` leaves the manner to the key, the route, or what is usual. */
function cacheIn(said: boolean | (typeof CACHE_MODES)[number] | CacheWish): CacheWish {
  if (said === true) return {}
  if (said === false) return { mode: 'off' }
  return typeof said === 'string' ? { mode: said } : said
}

const SHARE = 'a number from 0 to 1'
const PER_MILLION = 'a number of US dollars per million tokens, 0 or more,'
const FLAG = 'true or false'
const TURN = "the id of a turn, as 'x-minnow-turn' tells it,"

const WANTED: Readonly<Record<string, string>> = {
  'minnow.strongShare': SHARE,
  'minnow.quality': SHARE,
  'minnow.maxCostPer1k': 'a number of US dollars for 1,000 requests, 0 or more,',
  'minnow.sort': "'price', 'latency' or 'throughput'",
  'minnow.maxPrice': 'an object with "input" and "output", or one of them,',
  'minnow.maxPrice.input': PER_MILLION,
  'minnow.maxPrice.output': PER_MILLION,
  'minnow.require_parameters': FLAG,
  'minnow.rescue': FLAG,
  'minnow.resumable': FLAG,
  'minnow.cascade': FLAG,
  'minnow.tests': `a program of 1 to ${MOST_TESTS} characters in the language of the code that is asked for`,
  'minnow.contextTokens': 'a whole number of tokens, 1 or more,',
  'minnow.edit': TURN,
  'minnow.parent': TURN,
  'minnow.regenerate': `true, or ${TURN}`,
  'minnow.cache':
    'true, false, "exact", "semantic", "off", or an object with "mode", "ttl" in seconds, "scope" and "refresh", or some of them,',
}

function mistake(error: z.ZodError): Failed {
  const [issue] = error.issues
  if (issue?.code === 'unrecognized_keys' && issue.path.length === 0) return unknown(issue.keys[0] ?? '')
  const path = ['minnow', ...(error.issues[0]?.path ?? []).map(String)].join('.')
  return invalid(`Invalid '${path}': ${WANTED[path] ?? 'an object'} is expected.`, path)
}

/** A wish that is passed over would be taken for one that was heard. */
function unknown(written: string): Failed {
  const known = Object.keys(wishesSchema.shape)
  const near = nearName(written, known)
  const help =
    near === undefined
      ? `the fields of 'minnow' are ${known.join(', ')}.`
      : `'minnow.${near}' may have been meant.`
  const shown = written.slice(0, 64)
  return invalid(`Unknown field 'minnow.${shown}': ${help}`, `minnow.${shown}`)
}
