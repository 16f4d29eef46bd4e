// Pictures, documents and sound as parts of a content, both ways. Pure.
// Source: https://ai.google.dev/api/caching#Part (Blob, FileData), https://ai.google.dev/gemini-api/docs/audio
import type { Part } from '../../request.ts'
import { bytesOfPercent, encodeBytes } from './base64.ts'
import type { GeminiPart } from './schema.ts'

type Blob = NonNullable<GeminiPart['inlineData']>
type FileData = NonNullable<GeminiPart['fileData']>

const SOUNDS: ReadonlyMap<string, string> = new Map([
  ['mpeg', 'mp3'],
  ['x-wav', 'wav'],
  ['wave', 'wav'],
  ['l16', 'pcm16'],
  ['pcm', 'pcm16'],
])

export function readBlob({ mimeType, data: came, displayName }: Blob): Part {
  const data = came.replaceAll('-', '+').replaceAll('_', '/') // either alphabet is good for Google
  const [kind, format = ''] = mimeType.toLowerCase().split(/[/;]/)
  if (kind === 'audio') return { type: 'audio', data, format: SOUNDS.get(format) ?? format }
  const url = `data:${mimeType};base64,${data}`
  if (kind === 'image') return { type: 'image', url }
  return { type: 'file', url, ...named(displayName) }
}

/** Google's own files, storage and videos have names that mean nothing elsewhere; other addresses anybody can read. */
const GOOGLE =
  /^(?!https?:)|^https?:\/\/(?:generativelanguage\.googleapis\.com|(?:www\.|m\.)?youtube\.com|youtu\.be)\//i

export function readFile({ fileUri, mimeType, displayName }: FileData): Part {
  if (GOOGLE.test(fileUri)) return { type: 'file', id: fileUri, ...named(displayName) }
  if (mimeType?.toLowerCase().startsWith('image/') === true) return { type: 'image', url: fileUri }
  return { type: 'file', url: fileUri, ...named(displayName) }
}

const named = (name: string | null | undefined): { name?: string } =>
  name === undefined || name === null ? {} : { name }

/** A part for Google; undefined where it cannot be told, because only another vendor keeps the file. */
export function writeMedia(
  part: Extract<Part, { type: 'image' | 'file' | 'audio' }>,
): Record<string, unknown> | undefined {
  if (part.type === 'audio') return { inlineData: { mimeType: soundType(part.format), data: part.data } }
  if (part.url !== undefined) return writeUrl(part.url)
  const id = part.type === 'file' ? part.id : undefined
  return id !== undefined && /^(?:https?|gs):\/\//.test(id) ? { fileData: { fileUri: id } } : undefined
}

const soundType = (format: string): string => (format === 'pcm16' ? 'audio/pcm' : `audio/${format}`)

function writeUrl(url: string): Record<string, unknown> {
  const found = /^data:([^,]*),/i.exec(url)
  if (found === null) return { fileData: { fileUri: url } }
  const [mimeType, ...parameters] = (found[1] ?? '').split(';')
  const data = url.slice(found[0].length)
  const isBase64 = parameters.some((parameter) => parameter.toLowerCase() === 'base64')
  return {
    inlineData: {
      mimeType: mimeType?.toLowerCase() || 'text/plain',
      data: isBase64 ? data : encodeBytes(bytesOfPercent(data)),
    },
  }
}
