// What OpenAI's Responses API refuses beyond the shape of the body: rules between fields and items, in its own words.
// Sources: https://platform.openai.com/docs/api-reference/responses/create, .../docs/guides/reasoning (items that
// belong together), .../docs/guides/function-calling, and the ranges in OpenAI's published description.
import { checkStrict } from './chat-rules.ts'
import { judge } from './openapi.ts'
import { reveal } from './seal.ts'
import { bodyOf, type Fields, isFields, type LabRequest, Refused } from './wire.ts'

/** Items that the vendor has kept, by id, with the item of reasoning that each came with. */
export interface Shelf {
  readonly items: Map<string, { readonly item: Fields; readonly thought: string | undefined }>
  /** What a stored response was asked and what it said, by its id. */
  readonly threads: Map<string, readonly Fields[]>
}

const refuse = (message: string, param: string | null = null): never => {
  throw new Refused(400, message, null, param)
}

/** The whole conversation as the model sees it, what is stored included. */
export function checkResponses(
  request: LabRequest,
  shelf: Shelf,
): { body: Fields; items: readonly Fields[] } {
  const body = bodyOf(request)
  const { wrong, strange } = judge('responses', detailed(body))
  if (wrong !== undefined) refuse(wrong)
  if (strange !== undefined) request.strange = strange
  checkFields(body)
  const own = inputOf(body['input']).map((item, at) => checkItem(item, at, shelf))
  const items = [...threadOf(body, shelf), ...own]
  if (items.length === 0)
    refuse('One of "input" or "previous_response_id" or "prompt" must be provided.', 'input')
  checkCalls(items)
  checkThoughts(own, shelf)
  return { body, items }
}

/** A picture's `detail` "defaults to auto", say the words of the description, whose schema wants it all the same. */
function detailed(body: Fields): Fields {
  const fill = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(fill)
    if (!isFields(value)) return value
    if (value['type'] === 'input_image') return { detail: 'auto', ...value }
    return 'content' in value ? { ...value, content: fill(value['content']) } : value
  }
  return { ...body, input: fill(body['input']) }
}

function inputOf(input: unknown): readonly Fields[] {
  if (typeof input === 'string') return [{ type: 'message', role: 'user', content: input }]
  return Array.isArray(input) ? input.filter(isFields) : []
}

function threadOf(body: Fields, shelf: Shelf): readonly Fields[] {
  const id = body['previous_response_id']
  if (typeof id !== 'string') return []
  const thread = shelf.threads.get(id)
  if (thread === undefined)
    throw new Refused(
      400,
      `Previous response with id '${id}' not found.`,
      'previous_response_not_found',
      'previous_response_id',
    )
  return thread
}

const RANGES: Readonly<Record<string, readonly [number, number]>> = {
  temperature: [0, 2],
  top_p: [0, 1],
  top_logprobs: [0, 20],
  max_output_tokens: [16, Number.POSITIVE_INFINITY],
}

function checkFields(body: Fields): void {
  for (const [field, [from, to]] of Object.entries(RANGES)) {
    const value = body[field]
    if (typeof value === 'number' && (value < from || value > to))
      refuse(`Invalid '${field}': ${value} is not between ${from} and ${to}.`, field)
  }
  const text = isFields(body['text']) ? body['text'] : {}
  const format = isFields(text['format']) ? text['format'] : {}
  if (format['type'] === 'json_schema') {
    if (!/^[a-zA-Z0-9_-]{1,64}$/.test(String(format['name']))) refuse("Invalid 'text.format.name'.")
    if (format['strict'] === true) checkStrict(format['schema'], 'text.format.schema')
  }
  const tools = Array.isArray(body['tools']) ? body['tools'].filter(isFields) : []
  for (const [at, tool] of tools.entries()) {
    if (tool['type'] !== 'function') continue
    if (!/^[a-zA-Z0-9_-]{1,128}$/.test(String(tool['name']))) refuse(`Invalid 'tools[${at}].name'.`)
    if (tool['strict'] === true) checkStrict(tool['parameters'], `tools[${at}].parameters`)
  }
  const choice = body['tool_choice']
  if (isFields(choice) && choice['type'] === 'function' && !tools.some(({ name }) => name === choice['name']))
    refuse(`Tool choice 'function' not found in 'tools' parameter.`, 'tool_choice')
}

const PREFIX: Readonly<Record<string, string>> = { function_call: 'fc', reasoning: 'rs' }

function checkItem(item: Fields, at: number, shelf: Shelf): Fields {
  const where = `input[${at}]`
  const type = typeof item['type'] === 'string' ? item['type'] : 'message'
  const id = typeof item['id'] === 'string' ? item['id'] : undefined
  if (type === 'item_reference') return shelf.items.get(id ?? '')?.item ?? lost(id ?? '')
  const prefix = type === 'message' && item['role'] === 'assistant' ? 'msg' : PREFIX[type]
  if (id !== undefined && prefix !== undefined && !id.startsWith(prefix))
    refuse(`Invalid '${where}.id': '${id}'. Expected an ID that begins with '${prefix}'.`, `${where}.id`)
  if (type === 'message') checkContent(item, where)
  if (type === 'function_call_output' && String(item['call_id']).length > 64)
    refuse(`Invalid '${where}.call_id': string too long. Expected a string with maximum length 64.`)
  if (type === 'reasoning') checkSealed(item, id, shelf)
  return { ...item, type }
}

function lost(id: string): never {
  throw new Refused(
    404,
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false.`,
  )
}

function checkContent(item: Fields, where: string): void {
  const parts = Array.isArray(item['content']) ? item['content'].filter(isFields) : []
  const isAssistant = item['role'] === 'assistant'
  const allowed = isAssistant
    ? ['output_text', 'refusal']
    : ['input_text', 'input_image', 'input_file', 'input_audio']
  for (const [place, { type }] of parts.entries()) {
    if (!allowed.includes(String(type)))
      refuse(
        `Invalid value: '${String(type)}'. Supported values are: '${allowed.join("', '")}'.`,
        `${where}.content[${place}]`,
      )
  }
}

function checkSealed(item: Fields, id: string | undefined, shelf: Shelf): void {
  const sealed = item['encrypted_content']
  if (typeof sealed === 'string') {
    if (reveal('openai', sealed) === undefined)
      refuse(`The encrypted content for item ${id} could not be verified.`)
  } else if (shelf.items.get(id ?? '') === undefined) lost(id ?? '')
}

/** Every call has its result somewhere behind it, and every result its call. */
function checkCalls(items: readonly Fields[]): void {
  const open = new Set<string>()
  for (const item of items) {
    const id = String(item['call_id'])
    if (item['type'] === 'function_call') open.add(id)
    if (item['type'] === 'function_call_output' && !open.delete(id))
      refuse(`No tool call found for function call output with call_id ${id}.`, 'input')
  }
  for (const id of open) refuse(`No tool output found for function call ${id}.`, 'input')
}

/** A thought comes with what followed it, and a kept call with the thought that led to it. */
function checkThoughts(items: readonly Fields[], shelf: Shelf): void {
  for (const [at, item] of items.entries()) {
    const next = items[at + 1]
    const isAlone =
      next === undefined ||
      next['type'] === 'function_call_output' ||
      (next['type'] === 'message' && next['role'] !== 'assistant')
    if (item['type'] === 'reasoning' && isAlone)
      refuse(
        `Item '${String(item['id'])}' of type 'reasoning' was provided without its required following item.`,
        'input',
      )
    const thought = typeof item['id'] === 'string' ? shelf.items.get(item['id'])?.thought : undefined
    if (thought !== undefined && !items.some(({ id }) => id === thought))
      refuse(
        `Item '${String(item['id'])}' of type '${String(item['type'])}' was provided without its required 'reasoning' item: '${thought}'.`,
        'input',
      )
  }
}
