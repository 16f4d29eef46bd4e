// What a client asks of the gateway itself, beside what it asks of a model; the same in every dialect. Pure.
import { z } from 'zod'
import type { Failed } from './failure.ts'
import { isFields } from './fields.ts'
import { invalid } from './mistake.ts'
import type { ModelRequest } from './request.ts'

const schema = z.looseObject({
  strongShare: z.number().min(0).max(1).optional(),
  require_parameters: z.boolean().optional(),
  rescue: z.boolean().optional(),
  resumable: z.boolean().optional(),
})

export type Wishes = Pick<ModelRequest, 'dial' | 'requireParameters' | 'rescue' | 'resumable'>

/**
 * Takes the wishes out of a body: `minnow: { strongShare, require_parameters, rescue, resumable }` and `require_parameters`,
 * which no vendor is to see. `provider.require_parameters`, as OpenRouter has it, is read and stays.
 */
export function takeWishes(body: unknown): { readonly body: unknown; readonly wishes: Wishes } {
  if (!isFields(body)) return { body, wishes: {} }
  const { minnow, require_parameters: flat, ...rest } = body
  const routed = isFields(rest['provider']) ? rest['provider']['require_parameters'] : undefined
  const checked = schema.nullish().safeParse(minnow)
  if (!checked.success) throw mistake(checked.error)
  if (flat !== undefined && flat !== null && typeof flat !== 'boolean') {
    throw invalid("Invalid 'require_parameters': true or false is expected.", 'require_parameters')
  }
  const strict = flat === true || checked.data?.require_parameters === true || routed === true
  const share = checked.data?.strongShare
  const rescue = checked.data?.rescue
  const resumable = checked.data?.resumable
  return {
    body: rest,
    wishes: {
      ...(share === undefined ? {} : { dial: { strongShare: share } }),
      ...(strict ? { requireParameters: true } : {}),
      ...(rescue === undefined ? {} : { rescue }),
      ...(resumable === undefined ? {} : { resumable }),
    },
  }
}

function mistake(error: z.ZodError): Failed {
  const path = ['minnow', ...(error.issues[0]?.path ?? []).map(String)].join('.')
  const wanted = path.endsWith('strongShare')
    ? 'a number from 0 to 1'
    : /(?:require_parameters|rescue|resumable)$/.test(path)
      ? 'true or false'
      : 'an object'
  return invalid(`Invalid '${path}': ${wanted} is expected.`, path)
}
