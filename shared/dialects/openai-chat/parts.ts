// What a message holds, written as the parts of chat completions. Pure.
// Source: https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages
import type { Parameter } from '../../dialect.ts'
import { type Fields, fieldsOf, isFields, text } from '../../fields.ts'
import type { Message, Part, Role } from '../../request.ts'
import type { ChatOptions } from './options.ts'
import { writeCache } from './tools.ts'

/** What a writer of messages must know: the vendor's ways, what it refuses, and where to say what was left out. */
export interface Manner {
  readonly options: ChatOptions
  readonly refused: ReadonlySet<string>
  /** Ids of kept files mean something there: the client speaks another dialect of the same maker. */
  readonly keepsFiles: boolean
  readonly dropped: Set<string>
}

/** The word under which the loss of a part is reported, by the type of the part. */
export const mediaName = (type: string): Parameter | undefined =>
  type === 'image_url' || type === 'image'
    ? 'images'
    : type === 'file'
      ? 'files'
      : type === 'input_audio' || type === 'audio'
        ? 'audio'
        : undefined

/** Texts alone are one text, as every vendor reads it, but for a user's parts, which stay apart. Undefined for nothing. */
export function writeContent(role: Role, parts: readonly Part[], manner: Manner): unknown {
  const marked = manner.options.cacheControl === true && parts.some((part) => 'cache' in part)
  if (parts.length === 0) return undefined
  if (role === 'tool') return asText(parts, manner)
  if (manner.options.content === 'text') return asText(parts, manner, true)
  const isText = parts.every(({ type }) => type === 'text' || type === 'refusal')
  // What an assistant wrote in pieces is one text; instructions are separate ones.
  if (isText && !marked && (role !== 'user' || parts.length === 1)) {
    return asText(parts, manner, false, role === 'assistant' ? '' : '\n')
  }
  const written = parts.flatMap((part) => writePart(part, manner))
  return written.length === 0 ? undefined : written
}

/** Texts as one text. `last`: nothing comes after, so what is no text is lost and said to be. */
export function asText(parts: readonly Part[], { dropped }: Manner, last = false, between = '\n'): string {
  const texts: string[] = []
  for (const part of parts) {
    if (part.type === 'text' || part.type === 'refusal') texts.push(part.text)
    else if (part.type === 'reasoning') continue
    else if (last || part.type === 'audio' || part.type === 'other') dropped.add(nameOf(part))
  }
  return texts.join(between)
}

const nameOf = (part: Part): string =>
  part.type === 'other' ? part.name : (mediaName(part.type) ?? part.type)

/** Pictures of tools' answers, said to be that; undefined where there are none to show. */
export function writePictures(parts: readonly Part[], manner: Manner): unknown {
  const shown = parts.flatMap((part) => writePart(part, manner))
  return shown.length === 0 ? undefined : [{ type: 'text', text: 'Shown by the tools:' }, ...shown]
}

function writePart(part: Part, manner: Manner): Fields[] {
  const { options, refused, dropped } = manner
  const media = mediaName(part.type)
  const lose = (name: string): Fields[] => {
    dropped.add(name)
    return []
  }
  if (media !== undefined && refused.has(media)) return lose(media)
  const cache =
    'cache' in part && part.cache !== undefined && options.cacheControl === true ? writeCache(part.cache) : {}
  switch (part.type) {
    case 'text':
      return [{ type: 'text', text: part.text, ...cache }]
    case 'refusal':
      return [{ type: 'text', text: part.text }] // a part of that type is OpenAI's alone
    case 'image': {
      const detail = part.detail === undefined ? {} : { detail: part.detail }
      return [{ type: 'image_url', image_url: { url: part.url, ...detail }, ...cache }]
    }
    case 'file': {
      const file = writeFile(part, manner)
      return file === undefined ? lose('files') : [{ type: 'file', file, ...cache }]
    }
    case 'audio':
      return [{ type: 'input_audio', input_audio: { data: part.data, format: part.format } }]
    case 'reasoning':
      return []
    case 'other':
      return lose(part.name)
  }
}

/** Bytes go with a name, which OpenAI wants; an address only where it is understood; another vendor's id nowhere. */
function writeFile(
  part: Extract<Part, { type: 'file' }>,
  { options, keepsFiles }: Manner,
): Fields | undefined {
  const { url, id, name } = part
  if (url?.startsWith('data:') === true) {
    const type = /^data:[^;,/]*\/([\w.+-]+)/.exec(url)?.[1] ?? 'bin'
    return { filename: name ?? `document.${type === 'plain' ? 'txt' : type}`, file_data: url }
  }
  if (url !== undefined && options.fileUrls === true) return { filename: name ?? 'document', file_data: url }
  return id !== undefined && keepsFiles ? { file_id: id } : undefined
}

/** The content of a message of this dialect, without what the vendor refuses; the same value where that is nothing. */
export function adaptContent(content: unknown, message: Message, manner: Manner): unknown {
  if (!Array.isArray(content)) return content
  const { options, refused, dropped } = manner
  if (options.content === 'text') {
    return asText(
      message.parts.filter(({ type }) => type !== 'refusal'),
      manner,
      true,
    )
  }
  if (!meddles(manner)) return content
  const images = message.parts.filter((part) => part.type === 'image')
  let image = 0
  const kept = content.flatMap((part: unknown): unknown[] => {
    const kind = text(fieldsOf(part)['type'])
    const shown = kind === 'image_url' ? images[image++] : undefined
    const media = mediaName(kind)
    if (media !== undefined && refused.has(media)) {
      dropped.add(media)
      return []
    }
    if (kind === 'thinking' && options.thoughts !== undefined && options.thoughts !== 'content') return []
    const whole = shown !== undefined && options.inlineMedia === true ? withUrl(part, shown.url) : part
    return [refused.has('cache_control') ? unmark(whole, dropped) : whole]
  })
  return kept.length === content.length && kept.every((part, at) => part === content[at]) ? content : kept
}

/** Can anything change among the parts? Most records leave them alone, and long histories then pass unlooked at. */
const meddles = ({ options, refused }: Manner): boolean =>
  options.inlineMedia === true ||
  (options.thoughts !== undefined && options.thoughts !== 'content') ||
  ['images', 'files', 'audio', 'cache_control'].some((name) => refused.has(name))

/** The picture's bytes in the place of its address, once they were fetched. */
function withUrl(part: unknown, url: string): unknown {
  const fields = fieldsOf(part)
  const image = fields['image_url']
  if (image === url || fieldsOf(image)['url'] === url) return part
  return { ...fields, image_url: { ...fieldsOf(image), url } }
}

/** Without its cache mark, for vendors that refuse one. */
export function unmark(value: unknown, dropped: Set<string>): unknown {
  if (!isFields(value) || value['cache_control'] === undefined) return value
  const { cache_control: _, ...rest } = value
  dropped.add('cache_control')
  return rest
}
