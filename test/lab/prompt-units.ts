// A prompt as its vendor reads it from the front: pieces of text, whoever they are of, and where the client set marks. Pure.
import { type Fields, isFields, type LabRequest } from './wire.ts'

export interface Unit {
  readonly text: string
  /** The cache is to keep the prompt up to here. */
  readonly mark?: true
  /** Something that a user or a tool says ends here. */
  readonly asks?: true
}

const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [])

const fields = (value: unknown): Fields => (isFields(value) ? value : {})

/** Undefined for what is no prompt, as a count of tokens. */
export function unitsOf({ wire, body }: LabRequest): readonly Unit[] | undefined {
  switch (wire) {
    case 'openai-chat':
      return openai(body, list(body['messages']))
    case 'openai-responses':
      return openai(body, list(body['input']))
    case 'ai-binding':
    case 'ai-run':
    case 'ai-completions': {
      const inputs = isFields(body['inputs']) ? body['inputs'] : body
      return openai(inputs, list(inputs['messages']))
    }
    case 'gemini':
    case 'gemini-stream':
      return plain([body['tools'], body['systemInstruction'], ...list(body['contents'])])
    case 'anthropic':
      return marked(body)
    case 'bedrock':
    case 'bedrock-stream':
      return pointed(body)
    case undefined:
    default:
      return undefined
  }
}

const plain = (values: readonly unknown[]): Unit[] =>
  values.filter((value) => value !== undefined).map((value) => ({ text: JSON.stringify(value) }))

function openai(body: Fields, messages: readonly unknown[]): readonly Unit[] {
  const before = plain([body['tools'], body['instructions']])
  const said = messages.map((message): Unit => {
    const { role, type } = fields(message)
    const asks = role === 'user' || role === 'tool' || type === 'function_call_output'
    return { text: JSON.stringify(message), ...(asks ? { asks: true } : {}) }
  })
  return [...before, ...said]
}

/** A block of Anthropic's; a text by itself stands for one, and the mark is no part of what is kept. */
function blocks(content: unknown, role = ''): readonly Unit[] {
  const all = typeof content === 'string' ? [{ type: 'text', text: content }] : list(content)
  return all.map(fields).map((block): Unit => {
    const { cache_control: mark, ...said } = block
    const text = JSON.stringify([role, said])
    return isFields(mark) ? { text, mark: true } : { text }
  })
}

function marked({ tools, system, messages, cache_control: automatic }: Fields): readonly Unit[] {
  const said = list(messages).map(fields)
  const units = [
    ...blocks(tools),
    ...blocks(system, 'system'),
    ...said.flatMap(({ role, content }) => blocks(content, String(role))),
  ]
  return isFields(automatic)
    ? units.map((unit, at) => (at === units.length - 1 ? { ...unit, mark: true as const } : unit))
    : units
}

/** Amazon's points stand behind what they close. */
function pointed({ toolConfig, system, messages }: Fields): readonly Unit[] {
  const units: Unit[] = []
  const read = (content: unknown, role = ''): void => {
    for (const block of list(content).map(fields)) {
      const last = units.at(-1)
      if (!('cachePoint' in block)) units.push({ text: JSON.stringify([role, block]) })
      else if (last !== undefined) units[units.length - 1] = { ...last, mark: true }
    }
  }
  read(fields(toolConfig)['tools'])
  read(system, 'system')
  for (const { role, content } of list(messages).map(fields)) read(content, String(role))
  return units
}
