// A client's messages read: blocks into parts, tool calls and the results of tools. Pure.
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import type { CacheLife, Message, Part, ToolCall } from '../../request.ts'
import { DIALECT, type MessagesBlock, type MessagesMessage } from './schema.ts'
import { type Unsealed, unseal } from './seal.ts'

export function readCache(control: unknown): CacheLife | undefined {
  if (!isFields(control)) return undefined
  return control['ttl'] === '1h' ? '1h' : '5m'
}

const withCache = (control: unknown): { cache?: CacheLife } => {
  const cache = readCache(control)
  return cache === undefined ? {} : { cache }
}

/** The instructions that stand before the conversation. */
export function readSystem(blocks: readonly MessagesBlock[], value: unknown): Message[] {
  if (blocks.length === 0) return []
  const native = { dialect: DIALECT, value: { role: 'system', content: value } }
  return [{ role: 'system', parts: readParts(blocks), native }]
}

/** One message of theirs may be several of ours: each result of a tool is a message, then comes what the user says. */
export function readMessage(message: MessagesMessage, value: unknown): Message[] {
  const native = { dialect: DIALECT, value }
  const { role, content } = message
  if (role === 'assistant') return [{ ...readAssistant(content), native }]
  const results = role === 'user' ? content.filter(({ type }) => type === 'tool_result') : []
  const rest = content.filter((block) => !results.includes(block))
  const messages: Message[] = results.map(readResult)
  if (rest.length > 0 || messages.length === 0) messages.push({ role, parts: readParts(rest) })
  return messages.map((one, at) => ({
    ...one,
    native: at === 0 ? native : { dialect: DIALECT, value: null },
  }))
}

function readAssistant(content: readonly MessagesBlock[]): Message {
  const proofs = new Map<string, Unsealed>()
  const said = content.filter(({ type }) => type !== 'tool_use')
  const parts = readParts(said, proofs)
  const toolCalls = content
    .filter(({ type }) => type === 'tool_use')
    .map((block): ToolCall => {
      const id = text(block['id'])
      const signature = proofs.get(id)?.signature
      return {
        id,
        name: text(block['name']),
        json: JSON.stringify(block['input'] ?? {}),
        ...(signature === undefined ? {} : { signature }),
      }
    })
  return { role: 'assistant', parts, ...(toolCalls.length === 0 ? {} : { toolCalls }) }
}

function readResult(block: MessagesBlock): Message {
  const parts = readParts(blocksOf(block['content']))
  const last = parts.at(-1)
  const cache = readCache(block.cache_control)
  if (cache !== undefined && last?.type === 'text') parts[parts.length - 1] = { ...last, cache }
  return {
    role: 'tool',
    parts,
    ...(block.tool_use_id === undefined ? {} : { toolCallId: block.tool_use_id }),
    ...(block.is_error === true ? { isError: true } : {}),
  }
}

/** Blocks inside a block, or the text that stands for one. */
const blocksOf = (content: unknown): readonly Fields[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : listOf(content).map(fieldsOf)

/** `proofs` takes what belongs to a tool call, by the call's id. */
function readParts(blocks: readonly Fields[], proofs?: Map<string, Unsealed>): Part[] {
  return blocks.flatMap((block): Part[] => {
    const type = text(block['type'])
    switch (type) {
      case 'text':
        return block['text'] === ''
          ? []
          : [{ type, text: text(block['text']), ...withCache(block['cache_control']) }]
      case 'image':
        return [readImage(block)]
      case 'document':
        return readDocument(block)
      case 'search_result':
        return [{ type: 'text', text: readSearch(block), ...withCache(block['cache_control']) }]
      case 'thinking':
        return [thoughtOf(text(block['thinking']), unseal(text(block['signature']), 'signature'))]
      case 'redacted_thinking': {
        const unsealed = unseal(text(block['data']), 'redacted')
        if (unsealed.call === undefined) return [thoughtOf('', unsealed)]
        proofs?.set(unsealed.call, unsealed)
        return []
      }
      default:
        return [{ type: 'other', name: type }]
    }
  })
}

const thoughtOf = (thought: string, { signature }: Unsealed): Part => ({
  type: 'reasoning',
  text: thought,
  ...(signature === undefined ? {} : { signature }),
})

/** What is only named by an id is kept by the vendor, and the id means nothing, or something else, to any other. */
const KEPT = 'files'

/** An address, or the bytes as one; nothing for a source of another kind. */
function addressOf(source: Fields): string | undefined {
  if (source['type'] === 'url') return text(source['url'])
  if (source['type'] !== 'base64') return undefined
  return `data:${text(source['media_type'])};base64,${text(source['data'])}`
}

function readImage(block: Fields): Part {
  const source = fieldsOf(block['source'])
  const url = addressOf(source)
  const cached = withCache(block['cache_control'])
  if (url !== undefined) return { type: 'image', url, ...cached }
  return { type: 'other', name: source['type'] === 'file' ? KEPT : 'images' }
}

function readDocument(block: Fields): Part[] {
  const source = fieldsOf(block['source'])
  const cached = withCache(block['cache_control'])
  const title = text(block['title'])
  const name = title === '' ? {} : { name: title }
  const url = addressOf(source)
  if (url !== undefined) return [{ type: 'file', url, ...name, ...cached }]
  // Text that is called a document is text to everybody else.
  const heading = title === '' ? '' : `${title}\n`
  if (source['type'] === 'text') return [{ type: 'text', text: heading + text(source['data']), ...cached }]
  if (source['type'] === 'content') return readParts(blocksOf(source['content']))
  return [{ type: 'other', name: KEPT }]
}

function readSearch(block: Fields): string {
  const found = listOf(block['content']).map((one) => text(fieldsOf(one)['text']))
  return [text(block['title']), text(block['source']), ...found].filter((line) => line !== '').join('\n')
}
