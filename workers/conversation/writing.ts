// What was said, as clients are shown it: messages in the words of chat completions, lines of JSON, or a text to read. Pure.
import { fieldsOf, listOf, text } from '../../shared/fields.ts'
import type { SaidTurn } from './reading.ts'
import type { StoredMessage } from './transcript.ts'

export function writeMessages(turn: SaidTurn): Record<string, unknown>[] {
  const { id, at, cut, model, instructions, instructionTokens, messages, alternatives } = turn
  const named = (name: string, message: StoredMessage, tokens: number): Record<string, unknown> => ({
    ...message,
    id: `${id}.${name}`,
    object: 'conversation.message',
    turn: id,
    created_at: Math.floor(at / 1_000),
    tokens,
  })
  const last = messages.length - 1
  return [
    ...instructions.map((message, part) => named(`i${part}`, message, part === 0 ? instructionTokens : 0)),
    ...messages.map(({ message, tokens }, part) => ({
      ...named(String(part), message, tokens),
      ...(part === last ? { model: model === '' ? null : model, cut } : {}),
      ...(part === last && alternatives.length > 1 ? { alternatives } : {}),
    })),
  ]
}

export const writeLines = (turns: readonly SaidTurn[]): string =>
  turns
    .flatMap(writeMessages)
    .map((message) => `${JSON.stringify(message)}\n`)
    .join('')

export const writeMarkdown = (turns: readonly SaidTurn[]): string =>
  turns
    .flatMap(writeMessages)
    .map((message) => `## ${titleOf(message)}\n\n${wordsOf(message)}\n\n`)
    .join('')

function titleOf(message: Record<string, unknown>): string {
  const role = text(message['role'])
  const name = `${role.slice(0, 1).toUpperCase()}${role.slice(1)}`
  const model = text(message['model'])
  const at = new Date(Number(message['created_at']) * 1_000).toISOString().slice(0, 16).replace('T', ' ')
  return `${name}${model === '' ? '' : ` (${model})`}, ${at}${message['cut'] === true ? ', cut off' : ''}`
}

function wordsOf(message: Record<string, unknown>): string {
  const { content } = message
  const said =
    typeof content === 'string'
      ? content
      : listOf(content)
          .map((piece) => text(fieldsOf(piece)['text']) || `[${text(fieldsOf(piece)['type'])}]`)
          .join('\n\n')
  const calls = listOf(message['tool_calls']).map((call) => {
    const { name, arguments: json } = fieldsOf(fieldsOf(call)['function'])
    return `\`${text(name)}(${text(json)})\``
  })
  return [said, ...calls].filter((piece) => piece !== '').join('\n\n')
}
