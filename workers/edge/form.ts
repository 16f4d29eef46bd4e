// A multipart form taken apart as far as a gateway must: where its fields stand, so that one can be replaced and the rest
// goes on untouched. What could be read in two ways is refused, since the vendor may read it in the other. Pure.
// Source: https://www.rfc-editor.org/rfc/rfc7578, https://www.rfc-editor.org/rfc/rfc2046#section-5.1.1
import { invalid } from '../../shared/mistake.ts'

export interface FormPart {
  readonly name: string
  readonly isFile: boolean
  /** Where the part begins, its boundary included, and where its content stands. */
  readonly start: number
  readonly from: number
  readonly to: number
}

const BOUNDARY = /;\s*boundary\s*=\s*(?:"([^"]{1,70})"|([^\s";,]{1,70}))(?=\s*(?:;|$))/gi
const DISPOSITION = /^form-data((?:\s*;\s*(?:name|filename)="[^"\r\n]*"|\s*;\s*filename\*=[^\s";]+)+)\s*$/i
const HEADER_BYTES = 4_096

const latin = new TextDecoder('latin1')
const encoder = new TextEncoder()

export const isForm = (contentType: string): boolean => /^\s*multipart\/form-data\b/i.test(contentType)

/** Throws `invalid-request` for what is no form. */
export function readForm(bytes: Uint8Array, contentType: string): readonly FormPart[] {
  const [named, ...others] = contentType.matchAll(BOUNDARY)
  const boundary = named?.[1] ?? named?.[2]
  if (boundary === undefined || others.length > 0)
    throw invalid("The form's content-type has not one boundary.", undefined)
  const mark = encoder.encode(`\r\n--${boundary}`)
  const parts: FormPart[] = []
  // The first boundary has no line before it.
  if (find(bytes, mark.subarray(2), 0, mark.length - 2) !== 0) throw broken()
  let start = 0
  let at = mark.length - 2
  for (;;) {
    if (bytes[at] === DASH && bytes[at + 1] === DASH) return parts
    if (bytes[at] !== CR || bytes[at + 1] !== LF) throw broken()
    const from = find(bytes, BLANK, at, at + HEADER_BYTES)
    if (from < 0) throw broken()
    const to = find(bytes, mark, from + BLANK.length - 2)
    if (to < 0) throw broken()
    parts.push({
      ...readHeader(latin.decode(bytes.subarray(at + 2, from))),
      start,
      from: from + BLANK.length,
      to: Math.max(to, from + BLANK.length),
    })
    start = to + 2
    at = to + mark.length
  }
}

const [CR, LF, DASH] = [13, 10, 45]
const BLANK = new Uint8Array([CR, LF, CR, LF])

const broken = () =>
  invalid('The form cannot be read: a part is not as multipart/form-data has it.', undefined)

function readHeader(text: string): { readonly name: string; readonly isFile: boolean } {
  const about = text.split('\r\n').flatMap((line) => {
    const found = /^content-disposition\s*:\s*(.*)$/i.exec(line)
    return found?.[1] === undefined ? [] : [found[1]]
  })
  const parameters = DISPOSITION.exec(about[0]?.trim() ?? '')?.[1]
  const names = [...(parameters ?? '').matchAll(/;\s*name="([^"]*)"/gi)]
  const name = names[0]?.[1]
  // A line that begins with a space would continue the one before it.
  if (about.length !== 1 || names.length !== 1 || name === undefined || /\r\n[ \t]/.test(text)) throw broken()
  return { name, isFile: /;\s*filename/i.test(parameters ?? '') }
}

/** The place of `wanted` at or after `from`, and before `limit`; below zero where it is not. */
function find(bytes: Uint8Array, wanted: Uint8Array, from: number, limit = bytes.length): number {
  const first = wanted[0] ?? 0
  for (let at = bytes.indexOf(first, from); at >= 0 && at <= limit; at = bytes.indexOf(first, at + 1)) {
    let same = 1
    while (same < wanted.length && bytes[at + same] === wanted[same]) same += 1
    if (same === wanted.length) return at
  }
  return -1
}
