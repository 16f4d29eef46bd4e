// Pictures, documents and sounds as content blocks. Their bytes travel inside the request, in base64. Pure.
// Source: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html
import type { Parameter } from '../../dialect.ts'
import type { Part } from '../../request.ts'

export type Block = Readonly<Record<string, unknown>>
export type Drop = (name: Parameter | (string & {})) => void

const IMAGES: ReadonlyMap<string, string> = new Map([
  ['image/png', 'png'],
  ['image/jpeg', 'jpeg'],
  ['image/jpg', 'jpeg'],
  ['image/gif', 'gif'],
  ['image/webp', 'webp'],
])

const DOCUMENTS: ReadonlyMap<string, string> = new Map([
  ['application/pdf', 'pdf'],
  ['text/csv', 'csv'],
  ['application/msword', 'doc'],
  ['application/vnd.openxmlformats-officedocument.wordprocessingml.document', 'docx'],
  ['application/vnd.ms-excel', 'xls'],
  ['application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', 'xlsx'],
  ['text/html', 'html'],
  ['text/markdown', 'md'],
  ['text/plain', 'txt'],
])

const SOUNDS = new Set('aac flac m4a mka mkv mp3 mp4 mpeg mpga ogg opus pcm wav webm x-aac'.split(' '))

interface Bytes {
  readonly type: string
  readonly base64: string
}

function bytesOf(url: string): Bytes | undefined {
  const [head, type] = /^data:([^;,]+)[^,]*;base64,/i.exec(url) ?? []
  return head === undefined || type === undefined
    ? undefined
    : { type: type.toLowerCase(), base64: url.slice(head.length) }
}

/** `undefined` where the part cannot be said; then its name has been dropped. */
export function writeImage(part: Extract<Part, { type: 'image' }>, drop: Drop): Block | undefined {
  const bytes = bytesOf(part.url)
  const format = IMAGES.get(bytes?.type ?? typeByName(part.url))
  if (format === undefined) return nothing(drop, 'images')
  // A bucket's object is fetched by Bedrock itself.
  if (part.url.startsWith('s3://')) return { image: { format, source: { s3Location: { uri: part.url } } } }
  return bytes === undefined
    ? nothing(drop, 'images')
    : { image: { format, source: { bytes: bytes.base64 } } }
}

/** Names documents as Bedrock wants it: few kinds of characters, and no name twice in a request. */
export function openDocuments(drop: Drop): (part: Extract<Part, { type: 'file' }>) => Block | undefined {
  const taken = new Set<string>()
  const nameFor = (wanted: string | undefined): string => {
    const clean = (wanted ?? '')
      .replace(/\.\w{1,5}$/, '')
      .replace(/[^a-zA-Z0-9\s\-()[\]]/g, ' ')
      .replace(/\s+/g, ' ')
      .trim()
      .slice(0, 180)
    const name = clean === '' ? 'document' : clean
    let free = name
    for (let count = 2; taken.has(free); count += 1) free = `${name} ${count}`
    taken.add(free)
    return free
  }
  return (part) => {
    const url = part.url ?? ''
    const bytes = bytesOf(url)
    const type = bytes?.type ?? typeByName(url)
    if (IMAGES.has(type)) return writeImage({ type: 'image', url }, drop)
    const format = DOCUMENTS.get(type) ?? (type.startsWith('text/') ? 'txt' : undefined)
    if (format === undefined) return nothing(drop, 'files')
    if (url.startsWith('s3://')) {
      return { document: { format, name: nameFor(part.name), source: { s3Location: { uri: url } } } }
    }
    if (bytes === undefined) return nothing(drop, 'files')
    return { document: { format, name: nameFor(part.name), source: { bytes: bytes.base64 } } }
  }
}

export function writeAudio(part: Extract<Part, { type: 'audio' }>, drop: Drop): Block | undefined {
  const format = part.format.toLowerCase()
  if (!SOUNDS.has(format)) return nothing(drop, 'audio')
  return { audio: { format, source: { bytes: part.data } } }
}

function nothing(drop: Drop, name: Parameter): undefined {
  drop(name)
}

/** What an object in a bucket must be, going by its name. */
function typeByName(url: string): string {
  if (!url.startsWith('s3://')) return ''
  const extension = /\.(\w+)$/.exec(url)?.[1]?.toLowerCase() ?? ''
  const known = [...IMAGES, ...DOCUMENTS].find(
    ([, format]) => format === (extension === 'jpg' ? 'jpeg' : extension),
  )
  return known?.[0] ?? ''
}
