// `node tools/data/vendors.ts`: writes docs/vendors.md, every vendor as its record has it. What a vendor is not told, or
// is told in its own way, is found by writing a question for it, so the table cannot say what the code does not do.
import { writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { WireRequest } from '../../shared/dialect.ts'
import { fieldsOf, listOf, text } from '../../shared/fields.ts'
import type { ModelRequest, ReasoningEffort } from '../../shared/request.ts'
import { vendors } from '../../workers/providers/registry.ts'
import type { Setting, Vendor } from '../../workers/providers/vendor.ts'
import { everything } from './question.ts'

const CHAT = 'openai-chat'
const EFFORTS: readonly ReasoningEffort[] = ['none', 'minimal', 'low', 'medium', 'high', 'xhigh']

/** Where any vendor says how much to think. */
const KNOBS = new Set([
  'reasoning_effort',
  'reasoning',
  'thinking',
  'enable_thinking',
  'thinking_budget',
  'chat_template_kwargs',
])

const code = (word: string): string => `\`${word}\``

type Ask = (change?: Partial<ModelRequest>) => WireRequest

/** Questions for a vendor, to one of its models where those differ. */
const asking =
  ({ dialect, example = 'a-model' }: Vendor): Ask =>
  (change = {}) =>
    dialect.writeRequest({ ...everything, ...change }, { model: example })

/** How a vendor differs from OpenAI: its wire in the order of a request, then its bills. */
const oddities = (vendor: Vendor): readonly string[] => [
  ...wireOddities(vendor),
  ...(vendor.billsCancelled === true ? ['bills what nobody reads'] : []),
]

function wireOddities(vendor: Vendor): readonly string[] {
  const { dialect } = vendor
  if (dialect.id !== CHAT) return dialect.inlineMedia === true ? ['pictures as bytes'] : []
  const ask = asking(vendor)
  const { body } = ask()
  const format = fieldsOf(body['response_format'])
  const said = (condition: boolean, words: string): readonly string[] => (condition ? [words] : [])
  return [
    ...said(JSON.stringify(body).includes('"developer"'), `instructions as ${code('developer')}`),
    ...said(dialect.inlineMedia === true, 'pictures as bytes'),
    ...prefill(ask),
    ...callIds(body),
    ...said(body['max_completion_tokens'] !== undefined, code('max_completion_tokens')),
    ...said(body['stream_options'] === undefined, 'usage comes unasked'),
    ...renamed(body),
    ...limits(ask),
    ...said(typeof body['logprobs'] === 'number', `${code('logprobs')} is a number`),
    ...said(body['tool_choice'] === 'any', `${code('required')} is ${code('any')}`),
    ...said(format['type'] === 'json_object', 'JSON without a schema'),
    ...said(format['value'] !== undefined, `the schema in ${code('value')}`),
    ...thinking(ask),
  ]
}

function prefill(ask: Ask): readonly string[] {
  const messages = [
    ...everything.messages.slice(0, 2),
    { role: 'assistant', parts: [{ type: 'text', text: 'So' }] },
  ] as const
  const { body } = ask({ messages })
  const last = fieldsOf(listOf(body['messages']).at(-1))
  const before = ask({ messages: messages.slice(0, 2) }).body
  const flag =
    Object.keys(last).find((field) => last[field] === true) ??
    Object.keys(body).find((field) => body[field] === true && before[field] !== true)
  return flag === undefined ? [] : [`a beginning is continued by ${code(flag)}`]
}

function callIds(body: WireRequest['body']): readonly string[] {
  const calls = listOf(body['messages']).flatMap((message) => listOf(fieldsOf(message)['tool_calls']))
  const id = text(fieldsOf(calls[0])['id'])
  const sent = everything.messages.flatMap(({ toolCalls = [] }) => toolCalls.map((call) => call.id))
  return id === '' || sent.includes(id) ? [] : [`ids of calls have ${id.length} characters`]
}

function renamed(body: WireRequest['body']): readonly string[] {
  const values: readonly (readonly [string, unknown])[] = [
    ['seed', everything.sampling.seed],
    ['user', everything.user],
  ]
  return values.flatMap(([name, value]) => {
    const field = Object.keys(body).find((key) => body[key] === value)
    return field === undefined || field === name ? [] : [`${code(name)} is ${code(field)}`]
  })
}

function limits(ask: Ask): readonly string[] {
  const stop = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i']
  const { body } = ask({ sampling: { stop, temperature: 2 } })
  const kept = listOf(body['stop']).length
  const most = body['temperature']
  return [
    ...(typeof most === 'number' && most < 2 ? [`a temperature up to ${most}`] : []),
    ...(kept > 0 && kept < stop.length ? [`up to ${kept} stops`] : []),
  ]
}

/** The fields that tell how much to think, with their words; none where they are OpenAI's. */
function thinking(ask: Ask): readonly string[] {
  const told = new Map<string, Set<string>>()
  for (const effort of EFFORTS) {
    const { body } = ask({ reasoning: { effort } })
    for (const [field, value] of Object.entries(body)) {
      if (KNOBS.has(field)) told.set(field, (told.get(field) ?? new Set()).add(wordOf(value)))
    }
  }
  const isUsual = told.size === 1 && told.get('reasoning_effort')?.size === EFFORTS.length
  if (told.size === 0 || isUsual) return []
  const fields = [...told].map(([field, words]) => `${code(field)} (${[...words].join(', ')})`)
  return [`thinking by ${fields.join(' and ')}`]
}

function wordOf(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value)
  return Object.entries(value)
    .map(([field, inner]) => `${field} ${String(inner)}`)
    .join(' ')
}

function settingsOf(settings: Readonly<Record<string, Setting>> = {}): string {
  return Object.entries(settings)
    .map(([name, { about, default: usual }]) => {
      return `${code(name)}: ${about}${usual === undefined ? '' : ` (${code(usual)})`}`
    })
    .join('; ')
}

/** What it does beside answering, by its path. */
const besides = ({ embeddings, proxied = [] }: Vendor): readonly string[] =>
  [...(embeddings === undefined ? [] : ['embeddings']), ...proxied].map(code)

function row(vendor: Vendor): string {
  const others = (vendor.alternatives ?? []).map(({ dialect }) => code(dialect.id))
  const cells = [
    `[${vendor.name}](${vendor.docs})`,
    code(vendor.id),
    [code(vendor.dialect.id), ...others].join(', '),
    code(vendor.baseUrl ?? vendor.usualAddress ?? ''),
    settingsOf(vendor.settings),
    besides(vendor).join(', '),
    asking(vendor)().dropped.toSorted().map(code).join(', '),
    oddities(vendor).join('; '),
  ]
  return `| ${cells.join(' | ')} |`
}

const HEAD = ['vendor', 'id', 'speaks', 'address', 'settings', 'also', 'is not told', 'differs']

function table(rows: readonly Vendor[]): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`
  return [line(HEAD), line(HEAD.map(() => '---')), ...rows.map(row)].join('\n')
}

/** The text of docs/vendors.md. */
export function vendorsText(): string {
  const hosted = vendors.filter(({ baseUrl }) => baseUrl !== undefined)
  const own = vendors.filter(({ baseUrl }) => baseUrl === undefined)
  return `# Vendors
Made by \`node tools/data/vendors.ts\` from the records in workers/providers/vendors/, each of which says in comments where
its vendor documents what. A name leads to that documentation.

*Also*: what it does beside answering, under the same path of ours below \`/v1/\`. *Is not told*: what a request asks for
in vain there; the reply lists it in \`x-minnow-dropped\`. *Differs*: how the wire differs from OpenAI's. The last two hold for one model and some differ further. Instructions travel as \`system\`, the
output limit as \`max_tokens\` and the effort to think as \`reasoning_effort\` where nothing else is said. A vendor that
*bills what nobody reads* goes on when a stream is dropped: Minnow reads such a stream to its end, within bounds, when its
client has left, so that the bill is known.

## In the cloud
A vendor needs its key, or several to take turns: \`"groq": { "apiKey": "$GROQ_API_KEY" }\`. Another wire that it speaks is
chosen with \`"dialect"\`, another region or a proxy with \`"baseUrl"\`, a second account with a name of its own and \`"vendor"\`.

${table(hosted)}

## Servers that you run
They need no key, and no address where they listen at their usual one: \`"ollama": {}\`.

${table(own)}

Anything else that speaks one of these wires: \`"lab": { "dialect": "openai-chat", "baseUrl": "http://10.0.0.7:8000/v1" }\`.
`
}

if (import.meta.main) {
  writeFileSync(resolve(import.meta.dirname, '../../docs/vendors.md'), vendorsText())
  console.log('Wrote docs/vendors.md')
}
