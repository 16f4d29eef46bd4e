// The content of messages and of tool results, both ways. Pure.
import { type Fields, fieldsOf, text } from '../../fields.ts'
import type { Part } from '../../request.ts'
import type { ContentPart } from './schema.ts'

export type Content = string | readonly ContentPart[]

export function readParts(content: Content): Part[] {
  if (typeof content === 'string') return content === '' ? [] : [{ type: 'text', text: content }]
  return content.map(readPart)
}

function readPart(part: ContentPart): Part {
  switch (part.type) {
    case 'input_text':
    case 'output_text':
    case 'text':
      return { type: 'text', text: part.text ?? '', ...cacheOf(part) }
    case 'refusal':
      return { type: 'refusal', text: part.refusal ?? '' }
    case 'input_image': {
      const url = part.image_url ?? undefined
      return url === undefined
        ? { type: 'other', name: part.type } // a file that only the vendor has
        : { type: 'image', url, ...detailOf(part), ...cacheOf(part) }
    }
    case 'input_file':
      return readFile(part)
    case 'input_audio':
      return part.input_audio === undefined
        ? { type: 'other', name: part.type }
        : { type: 'audio', data: part.input_audio.data, format: part.input_audio.format }
    default:
      return { type: 'other', name: part.type }
  }
}

function readFile(part: ContentPart): Part {
  const data = part.file_data ?? undefined
  const url = data === undefined ? (part.file_url ?? undefined) : asUrl(data, part.filename ?? '')
  const id = part.file_id ?? undefined
  if (url === undefined && id === undefined) return { type: 'other', name: part.type }
  return {
    type: 'file',
    ...(url === undefined ? {} : { url }),
    ...(id === undefined ? {} : { id }),
    ...(typeof part.filename === 'string' ? { name: part.filename } : {}),
    ...cacheOf(part),
  }
}

const TYPES: ReadonlyMap<string, string> = new Map([
  ['txt', 'text/plain'],
  ['md', 'text/markdown'],
  ['csv', 'text/csv'],
  ['html', 'text/html'],
  ['json', 'application/json'],
])

/** `file_data` is a data URL or bare base64; what bare data is only the file's name says. */
function asUrl(data: string, name: string): string {
  if (data.startsWith('data:')) return data
  const type = TYPES.get(name.slice(name.lastIndexOf('.') + 1).toLowerCase()) ?? 'application/pdf'
  return `data:${type};base64,${data}`
}

function detailOf(part: ContentPart): { detail?: 'low' | 'high' | 'auto' } {
  const { detail } = part
  if (detail === 'low' || detail === 'high' || detail === 'auto') return { detail }
  return detail === 'original' ? { detail: 'high' } : {}
}

/** `12h` is the long life there; every other is the short one. */
function cacheOf(part: ContentPart): { cache?: '5m' | '1h' } {
  const mark = part.prompt_cache_breakpoint ?? undefined
  return mark === undefined ? {} : { cache: mark.ttl === '12h' ? '1h' : '5m' }
}

export interface PartLimits {
  /** The current API has no sound among its inputs; some models behind it do. */
  readonly audio: boolean
}

/**
 * The content of a message or result that somebody other than the model wrote. Its cache marks are left out: vendors of
 * this API cache by themselves.
 */
export function writeParts(
  parts: readonly Part[],
  limits: PartLimits,
  dropped: Set<string>,
): string | Fields[] {
  const [only] = parts
  if (parts.length === 1 && only?.type === 'text') return only.text
  return parts.flatMap((part): Fields[] => {
    switch (part.type) {
      case 'text':
      case 'refusal':
        return part.text === '' ? [] : [{ type: 'input_text', text: part.text }]
      case 'image':
        return [{ type: 'input_image', image_url: part.url, detail: part.detail ?? 'auto' }]
      case 'file':
        return [writeFile(part)]
      case 'audio': {
        if (!limits.audio) {
          dropped.add('audio')
          return []
        }
        return [{ type: 'input_audio', input_audio: { data: part.data, format: part.format } }]
      }
      case 'other':
        dropped.add(part.name)
        return []
      case 'reasoning':
        return []
    }
  })
}

function writeFile(part: Extract<Part, { type: 'file' }>): Fields {
  const { url, id, name } = part
  if (url === undefined) return { type: 'input_file', file_id: id }
  if (!url.startsWith('data:')) return { type: 'input_file', file_url: url }
  return { type: 'input_file', filename: name ?? 'file.pdf', file_data: url }
}

/** The texts of a list of summary or content parts. */
export const textsOf = (parts: unknown): string[] =>
  Array.isArray(parts) ? parts.map((part) => text(fieldsOf(part)['text'])).filter((one) => one !== '') : []
