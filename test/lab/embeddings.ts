// OpenAI's embeddings as a vendor makes them: the same words always get the same vector, of length one.
// Source: https://platform.openai.com/docs/api-reference/embeddings/create
import { createHash } from 'node:crypto'
import { countOf } from './ask.ts'
import { openaiFailure } from './openai-failure.ts'
import { judge } from './openapi.ts'
import { bearerOf, bodyOf, type Fields, type LabRequest, Refused, type Wire } from './wire.ts'

const DIMENSIONS = 1536

/** What a text or a list of tokens becomes. Words in common make two vectors alike. */
export function vectorOf(input: string | readonly number[], dimensions = DIMENSIONS): readonly number[] {
  const vector = new Float32Array(dimensions)
  const words = typeof input === 'string' ? input.toLowerCase().split(/\W+/) : input.map(String)
  for (const word of ['', ...words]) {
    const bytes = createHash('sha256').update(word).digest()
    for (let at = 0; at < bytes.length; at += 4) {
      const place = bytes.readUInt32LE(at) % dimensions
      vector[place] = (vector[place] ?? 0) + bytes.readInt8(at)
    }
  }
  const length = Math.hypot(...vector) || 1
  return Array.from(vector, (value) => Math.fround(value / length))
}

/** Single-precision floats, little end first. */
export const base64Of = (vector: readonly number[]): string =>
  Buffer.from(new Float32Array(vector).buffer).toString('base64')

function inputsOf(input: unknown): readonly (string | readonly number[])[] {
  if (typeof input === 'string') return [input]
  const list: readonly unknown[] = Array.isArray(input) ? input : []
  const isTokens = list.every((item) => typeof item === 'number')
  return isTokens ? [list as readonly number[]] : (list as readonly (string | readonly number[])[])
}

function check(request: LabRequest): Fields {
  const body = bodyOf(request)
  const { wrong, strange } = judge('embeddings', body)
  if (wrong !== undefined) throw new Refused(400, wrong)
  if (strange !== undefined) request.strange = strange
  const inputs = inputsOf(body['input'])
  if (inputs.length === 0 || inputs.some((item) => item.length === 0))
    throw new Refused(400, "'$.input' is invalid. Input cannot be an empty string.", null, 'input')
  if (inputs.length > 2048)
    throw new Refused(400, "'$.input' is invalid: at most 2048 inputs.", null, 'input')
  const dimensions = body['dimensions']
  if (dimensions !== undefined && (!Number.isInteger(dimensions) || Number(dimensions) < 1))
    throw new Refused(400, "Invalid 'dimensions': expected a positive integer.", null, 'dimensions')
  return body
}

export const embeddings: Wire = {
  ...openaiFailure,
  name: 'embeddings',
  address: /^\/v1\/embeddings$/,
  keyOf: bearerOf,
  answer(request, behaviour) {
    const body = check(request)
    const inputs = inputsOf(body['input'])
    const dimensions = typeof body['dimensions'] === 'number' ? body['dimensions'] : DIMENSIONS
    const data = inputs.map((input, index) => {
      const vector = vectorOf(input, dimensions)
      return {
        object: 'embedding',
        index,
        embedding: body['encoding_format'] === 'base64' ? base64Of(vector) : vector,
      }
    })
    const tokens = behaviour.usage?.prompt ?? countOf(inputs)
    const usage = behaviour.usage === null ? {} : { usage: { prompt_tokens: tokens, total_tokens: tokens } }
    return { whole: { object: 'list', data, model: request.model, ...usage } }
  },
}
