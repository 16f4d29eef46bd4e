// What a vendor was told, as lines of who said what, on whichever wire it came. Pure.
import { type Fields, isFields, type LabRequest } from './wire.ts'

const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : [])

function textIn(content: unknown): string {
  if (typeof content === 'string') return content
  return list(content)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('')
}

const ROLES: Readonly<Record<string, string>> = { model: 'assistant', developer: 'system' }

const line = (role: unknown, content: unknown): string =>
  `${ROLES[String(role)] ?? String(role)}: ${textIn(content)}`

export function transcriptOf({ wire = '', body }: LabRequest): readonly string[] {
  if (wire.startsWith('gemini')) {
    const system = isFields(body['systemInstruction']) ? body['systemInstruction']['parts'] : undefined
    const said = list(body['contents']).map(({ role, parts }) => line(role, parts))
    return system === undefined ? said : [line('system', system), ...said]
  }
  if (wire === 'openai-responses') return list(body['input']).map(({ role, content }) => line(role, content))
  const said = list(body['messages']).map(({ role, content }) => line(role, content))
  return body['system'] === undefined ? said : [line('system', body['system']), ...said]
}
