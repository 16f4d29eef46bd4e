// A client's bytes into a request that is passed on: the model's name found and taken out, all else left as it came.
import { fieldsOf, listOf, text } from '../../shared/fields.ts'
import { invalid, mistake } from '../../shared/mistake.ts'
import type { Endpoint, Message, ModelRequest, ProxyAsk } from '../../shared/request.ts'
import { takeWishes } from '../../shared/wishes.ts'
import { z } from 'zod'
import type { Caller } from '../service.ts'
import { type FormPart, isForm, readForm } from './form.ts'
import { parse, readBody, readBytes, readMaxCost } from './receive.ts'

/** OpenAI takes sounds of 25 MB; the rest of a form needs room too. https://platform.openai.com/docs/guides/speech-to-text */
export const FORM_BYTES = 25 * 1024 * 1024 + 64 * 1024

/** Fields of a form longer than this are prompts, and no vendor takes longer ones. */
const FIELD_BYTES = 256 * 1024

/** Only the gateway's own; no vendor is to see them. */
const OURS = new Set(['minnow', 'require_parameters'])

export const passedSchema = z.looseObject({
  model: z.string().min(1).max(256),
  stream: z.boolean().nullish(),
  stream_format: z.string().nullish(),
  n: z.int().min(1).max(128).nullish(),
})

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export async function receivePassed(
  request: Request,
  endpoint: Endpoint,
  caller: Caller,
  limitBytes: number,
): Promise<ModelRequest> {
  const maxCostMicros = readMaxCost(request.headers.get('x-minnow-max-cost'))
  const contentType = request.headers.get('content-type') ?? ''
  const { fields, proxied } = isForm(contentType)
    ? readFields(await readBytes(request, Math.max(limitBytes, FORM_BYTES)), contentType, endpoint)
    : { fields: await readJson(request, limitBytes), proxied: { endpoint, files: 0 } }
  const checked = passedSchema.safeParse(fields)
  if (!checked.success) throw mistake(checked.error, Object(fields) as object)
  const { model, stream, stream_format, n } = checked.data
  return {
    model,
    proxied: { ...proxied, files: proxied.files + picturesIn(checked.data) },
    messages: messagesOf(endpoint, checked.data),
    tools: [],
    stream: stream === true || stream_format === 'sse',
    streamUsage: true,
    choices: n ?? 1,
    format: { type: 'text' },
    sampling: {},
    limits: maxCostMicros === undefined ? {} : { maxCostMicros },
    native: { dialect: 'proxied', body: proxied.form === undefined ? checked.data : {} },
    tenant: caller.keyId,
  }
}

async function readJson(request: Request, limitBytes: number): Promise<unknown> {
  const { body } = takeWishes(parse(await readBody(request, limitBytes)))
  if (typeof body !== 'object' || body === null || Array.isArray(body))
    throw invalid('The request body must be a JSON object, or a multipart form.', undefined)
  return body
}

/** What of a form is read, by name, and its bytes around the model's name. */
function readFields(
  bytes: Uint8Array,
  contentType: string,
  endpoint: Endpoint,
): { readonly fields: Readonly<Record<string, unknown>>; readonly proxied: ProxyAsk } {
  const parts = readForm(bytes, contentType)
  const models = parts.filter(({ name }) => name === 'model')
  const [place] = models
  if (place === undefined) throw invalid("Missing required parameter: 'model'.", 'model')
  if (models.length > 1 || place.isFile) throw invalid("Invalid 'model': one name is expected.", 'model')
  const read = (part: FormPart): string => {
    if (part.to - part.from > FIELD_BYTES)
      throw invalid(`Invalid '${part.name}': at most ${FIELD_BYTES} bytes are expected.`, part.name)
    try {
      return strict.decode(bytes.subarray(part.from, part.to))
    } catch {
      throw invalid(`Invalid '${part.name}': it is not valid UTF-8.`, part.name)
    }
  }
  const texts = Object.fromEntries(
    parts.filter(({ name, isFile }) => !isFile && READ.has(name)).map((part) => [part.name, read(part)]),
  )
  if (/[\r\n]/.test(texts['model'] ?? '')) throw invalid("Invalid 'model': one name is expected.", 'model')
  const cuts = [...parts.entries()].flatMap(([at, part]) => {
    const end = parts[at + 1]?.start
    if (part === place) return [{ from: part.from, to: part.to }]
    return OURS.has(part.name) ? [{ from: part.start, to: end ?? part.to + 2 }] : []
  })
  const before: Uint8Array[] = []
  const after: Uint8Array[] = []
  let at = 0
  for (const { from, to } of [...cuts, { from: bytes.length, to: bytes.length }]) {
    ;(at <= place.start ? before : after).push(bytes.subarray(at, from))
    at = to
  }
  return {
    fields: {
      ...texts,
      ...(texts['stream'] === undefined ? {} : { stream: texts['stream'] === 'true' }),
      ...(texts['n'] === undefined ? {} : { n: Number(texts['n']) }),
    },
    proxied: {
      endpoint,
      files: parts.filter(({ isFile }) => isFile).length,
      form: { contentType, before, after },
    },
  }
}

const READ = new Set(['model', 'stream', 'n', 'prompt'])

/** The texts that count as prompt, each where OpenAI has it. */
function messagesOf(endpoint: Endpoint, fields: Readonly<Record<string, unknown>>): readonly Message[] {
  const { input, prompt, instructions } = fields
  const texts =
    endpoint === 'moderations'
      ? [input].flat().map((entry) => (typeof entry === 'string' ? entry : text(fieldsOf(entry)['text'])))
      : [input, prompt, instructions].map(text)
  const said = texts.filter((entry) => entry !== '')
  return said.map((entry) => ({ role: 'user', parts: [{ type: 'text', text: entry }] }))
}

/** Pictures that JSON holds or names: those to be edited, and those to be judged. */
function picturesIn({ images, input }: Readonly<Record<string, unknown>>): number {
  const judged = listOf(input).filter((entry) => fieldsOf(entry)['type'] === 'image_url')
  return listOf(images).length + judged.length
}
