// A provider's chunk or reply in OpenAI's own terms, where it has its own way with what every client reads. Pure.
import { type Fields, fieldsOf, isFields, listOf, text } from '../../fields.ts'
import { isOwnReason, readReason, writeReason } from './reasons.ts'

/** Content as parts, as Mistral's reasoning models send it: https://docs.mistral.ai/capabilities/reasoning */
export function readContent(content: readonly unknown[]): {
  readonly text: string
  readonly thought: string
} {
  let said = ''
  let thought = ''
  for (const part of content) {
    const fields = fieldsOf(part)
    if (fields['type'] === 'thinking') thought += readThinkingPart(fields)
    else said += text(fields['text'])
  }
  return { text: said, thought }
}

export function readThinkingPart({ thinking }: Fields): string {
  if (typeof thinking === 'string') return thinking
  return listOf(thinking)
    .map((piece) => text(fieldsOf(piece)['text']))
    .join('')
}

/** The same with its content as text, its thoughts beside it, and a finish reason that clients know. */
export function plainly(chunk: Fields): Fields {
  return { ...chunk, choices: listOf(chunk['choices']).map(plainChoice) }
}

function plainChoice(choice: unknown): unknown {
  if (!isFields(choice)) return choice
  const plain: Record<string, unknown> = { ...choice }
  for (const field of ['delta', 'message'])
    if (isFields(plain[field])) plain[field] = plainMessage(plain[field])
  const raw = choice['finish_reason']
  if (raw === '') plain['finish_reason'] = null
  else if (typeof raw === 'string' && !isOwnReason(raw)) {
    plain['finish_reason'] = writeReason(readReason(raw))
    plain['native_finish_reason'] ??= raw // as OpenRouter calls it
  }
  return plain
}

function plainMessage(message: Fields): Fields {
  const { content } = message
  if (!Array.isArray(content)) return message
  const { text, thought } = readContent(content)
  return { ...message, content: text, ...(thought === '' ? {} : { reasoning_content: thought }) }
}
