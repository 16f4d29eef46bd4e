// Single parts of any dialect's message as blocks of this one; what has no block is named. Pure.
import type { Fields } from '../../fields.ts'
import type { Part } from '../../request.ts'

export type Drop = (name: string) => void

const CACHE = { '5m': { type: 'ephemeral' }, '1h': { type: 'ephemeral', ttl: '1h' } } as const

export const writeCache = (cache: keyof typeof CACHE | undefined): Fields =>
  cache === undefined ? {} : { cache_control: CACHE[cache] }

/** Where only text may stand. Empty texts are refused: https://platform.claude.com/docs/en/api/errors */
export function writeText(part: Part, drop: Drop): Fields[] {
  switch (part.type) {
    case 'text':
      return part.text === '' ? [] : [{ type: 'text', text: part.text, ...writeCache(part.cache) }]
    case 'image':
      drop('images')
      return []
    case 'file':
      drop('files')
      return []
    case 'audio':
      drop('audio')
      return []
    case 'other':
      drop(part.name)
      return []
    case 'reasoning':
    case 'refusal':
      return []
  }
}

const PICTURES = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp'])

export function writePart(part: Part, drop: Drop): Fields[] {
  if (part.type === 'image') {
    const source = sourceOf(part.url, (type) => PICTURES.has(type))
    if (source === undefined) return writeText(part, drop)
    return [{ type: 'image', source, ...writeCache(part.cache) }]
  }
  if (part.type === 'file') {
    const source =
      part.url === undefined ? undefined : sourceOf(part.url, (type) => type === 'application/pdf')
    if (source === undefined) return writeText(part, drop)
    const title = part.name === undefined ? {} : { title: part.name }
    return [{ type: 'document', source, ...title, ...writeCache(part.cache) }]
  }
  return writeText(part, drop)
}

/** Source: https://platform.claude.com/docs/en/build-with-claude/vision and /pdf-support */
function sourceOf(url: string, takes: (type: string) => boolean): Fields | undefined {
  if (/^https?:/i.test(url)) return { type: 'url', url }
  const comma = url.indexOf(',')
  const type = /^data:([^;,]+);base64$/i.exec(url.slice(0, comma))?.[1]?.toLowerCase()
  if (comma < 0 || type === undefined || !takes(type)) return undefined
  return { type: 'base64', media_type: type, data: url.slice(comma + 1) }
}
