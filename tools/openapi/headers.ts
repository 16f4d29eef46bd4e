// The headers of contract and README, for the document: what a reply says of itself, and what a request may say. Pure.
import type { Json } from './schemas.ts'

interface Header {
  readonly name: string
  readonly description: string
  readonly schema?: Json
  readonly example?: unknown
}

const TEXT: Json = { type: 'string' }

/** On every reply of a model, or where the description says. */
export const REPLY_HEADERS: readonly Header[] = [
  {
    name: 'x-request-id',
    description: "The request's id, ours or the client's own; the name of its receipt.",
  },
  {
    name: 'x-minnow-model',
    description: '`<provider>/<model>` that answered.',
    example: 'micro/micro',
  },
  {
    name: 'x-minnow-route',
    description:
      '`mini`, `frontier`, `fixed` or `cache`, then `; reason=<word>` and, where one was computed, `; score=<0..1>`.',
    example: 'mini; reason=easy; score=0.12',
  },
  {
    name: 'x-minnow-attempts',
    description: 'How many calls to providers were begun.',
    schema: { type: 'string', pattern: '^[0-9]+$' },
  },
  {
    name: 'x-minnow-cost',
    description: 'US dollars; on replies that are not streams. A stream has them in `usage.cost`.',
    schema: { type: 'string', pattern: '^[0-9.]+$' },
  },
  {
    name: 'server-timing',
    description: "`gateway;dur=` the gateway's own milliseconds, `upstream;dur=` the wait for the head.",
  },
  { name: 'x-minnow-clamped', description: 'Where a budget shortened the answer: `max_tokens=<n>`.' },
  {
    name: 'x-minnow-dropped',
    description: "What the model's own wire could not be told, in the client's words.",
  },
  {
    name: 'x-minnow-turn',
    description:
      'The id of the turn, in a conversation that is kept: what `minnow.edit` and `minnow.parent` name.',
  },
  {
    name: 'x-minnow-kept',
    description:
      '`false` where the turn could not be written down within five seconds; it is tried for a minute. In a stream it is a comment before the last event.',
  },
  { name: 'x-minnow-stream', description: 'The name under which a resumable stream is kept.' },
  { name: 'x-minnow-replay', description: '`true` where nothing was asked anew: the answer had been kept.' },
]

/** On replies about a model's answer; a client may send any of them. */
export const REQUEST_HEADERS: readonly Header[] = [
  {
    name: 'x-request-id',
    description: 'A name for the request; one is made where none is sent.',
    schema: { type: 'string', pattern: '^[A-Za-z0-9._:-]{1,128}$' },
  },
  {
    name: 'x-minnow-conversation',
    description: 'Keeps the conversation at the gateway, so that only the new message need be sent.',
  },
  {
    name: 'x-minnow-max-cost',
    description:
      'US dollars that this request may cost at most; its answer is shortened to fit, or it is refused.',
    schema: { type: 'string', pattern: '^[0-9]*\\.?[0-9]+$' },
    example: '0.01',
  },
  {
    name: 'idempotency-key',
    description: 'The same key and body get the same answer for 24 hours, billed once.',
  },
  {
    name: 'x-minnow-cache',
    description:
      'Whether an answer may be one that was given before: `on`, `off`, `exact`, `semantic`, `refresh`, `ttl=<s>`.',
    example: 'exact; ttl=600',
  },
  {
    name: 'x-minnow-resumable',
    description: 'A stream of it goes on without its client and can be read to its end for ten minutes.',
    schema: { type: 'string', enum: ['true', 'false'] },
  },
]

/** On refusals. */
export const REFUSAL_HEADERS: readonly Header[] = [
  { name: 'x-request-id', description: 'Quote it when you ask about the refusal.' },
  { name: 'retry-after', description: 'Seconds after which asking again makes sense, where that is known.' },
  {
    name: 'x-should-retry',
    description: "`false` where asking again is no use, or the gateway's own tries are spent.",
  },
]

const described = ({ description, schema = TEXT, example }: Header): Json => ({
  description,
  schema,
  ...(example === undefined ? {} : { example }),
})

export const headerComponents = (): Record<string, Json> =>
  Object.fromEntries([...REFUSAL_HEADERS, ...REPLY_HEADERS].map((header) => [header.name, described(header)]))

export const headerRefs = (headers: readonly Header[]): Json =>
  Object.fromEntries(headers.map(({ name }) => [name, { $ref: `#/components/headers/${name}` }]))

const parameterOf = (header: Header): Json => ({ name: header.name, in: 'header', ...described(header) })

export const parameterComponents = (): Record<string, Json> =>
  Object.fromEntries(REQUEST_HEADERS.map((header) => [header.name, parameterOf(header)]))

export const parameterRefs: readonly Json[] = REQUEST_HEADERS.map(({ name }) => ({
  $ref: `#/components/parameters/${name}`,
}))
