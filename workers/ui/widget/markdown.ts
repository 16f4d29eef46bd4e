// Markdown into shapes: what may stand in an answer, and nothing else. Whatever is not on the list is shown as the text that
// it is; no text becomes HTML, and no picture is fetched. Pure.
import { Lexer, type MarkedToken, type Token } from 'marked'

/** An element to be, or a text. */
export type Shape = string | Element

export interface Element {
  readonly tag: Tag
  readonly attributes?: Readonly<Record<string, string>>
  readonly children: readonly Shape[]
}

type Tag =
  | 'a'
  | 'blockquote'
  | 'br'
  | 'button'
  | 'code'
  | 'del'
  | 'div'
  | 'em'
  | 'h3'
  | 'h4'
  | 'h5'
  | 'hr'
  | 'li'
  | 'ol'
  | 'p'
  | 'pre'
  | 'span'
  | 'strong'
  | 'table'
  | 'tbody'
  | 'td'
  | 'th'
  | 'thead'
  | 'tr'
  | 'ul'

/** Deeper than people write; a text that goes on is shown as it is. */
const DEEPEST = 24

const LINK = /^(?:https?:\/\/|mailto:)/i

/** The blocks of a text, each with as much of the text as it was made of. `copy` is what the button beside code is called. */
export function blocksOf(
  text: string,
  copy: string,
): { readonly raw: string; readonly shapes: readonly Shape[] }[] {
  try {
    return new Lexer({ gfm: true, breaks: true })
      .lex(text)
      .map((token) => ({ raw: token.raw, shapes: shape(token, 0, copy).map(directed) }))
  } catch {
    return [{ raw: text, shapes: [directed(element('p', [text]))] }] // too deep to be read
  }
}

const element = (tag: Tag, children: readonly Shape[], attributes?: Record<string, string>): Element =>
  attributes === undefined ? { tag, children } : { tag, children, attributes }

const inside = (tokens: readonly Token[] | undefined, depth: number, copy: string): Shape[] =>
  (tokens ?? []).flatMap((token) => shape(token, depth + 1, copy))

function shape(token: Token, depth: number, copy: string): Shape[] {
  if (depth > DEEPEST) return [token.raw]
  const known = token as MarkedToken // without extensions there are no others
  switch (known.type) {
    case 'paragraph':
      return [element('p', inside(known.tokens, depth, copy))]
    case 'heading':
      return [element(HEADINGS[known.depth - 1] ?? 'h5', inside(known.tokens, depth, copy))]
    case 'blockquote':
      return [element('blockquote', inside(known.tokens, depth, copy))]
    case 'list':
      return [
        element(
          known.ordered ? 'ol' : 'ul',
          known.items.map((item) => element('li', [...check(item), ...inside(item.tokens, depth, copy)])),
          known.ordered && typeof known.start === 'number' && known.start !== 1
            ? { start: String(known.start) }
            : undefined,
        ),
      ]
    case 'code':
      return [code(known.text, known.lang, copy)]
    case 'table':
      return [table(known, depth, copy)]
    case 'hr':
      return [element('hr', [])]
    case 'strong':
      return [element('strong', inside(known.tokens, depth, copy))]
    case 'em':
      return [element('em', inside(known.tokens, depth, copy))]
    case 'del':
      return [element('del', inside(known.tokens, depth, copy))]
    case 'codespan':
      return [element('code', [known.text], { dir: 'ltr' })]
    case 'br':
      return [element('br', [])]
    case 'link':
      return link(known.href, inside(known.tokens, depth, copy))
    case 'image':
      return link(known.href, [known.text === '' ? known.href : known.text])
    case 'text':
      return known.tokens === undefined ? [plain(known.text)] : inside(known.tokens, depth, copy)
    case 'escape':
      return [known.text]
    case 'space':
    case 'def':
    case 'checkbox':
      return []
    case 'html':
    case 'list_item':
      return [known.raw]
  }
}

/**
 * A whole block runs the way its words do, with its bullets, columns and edges; were its parts to say so themselves, none of
 * them would be looked at for the whole.
 */
const directed = (shape: Shape): Shape =>
  typeof shape === 'string' ? shape : { ...shape, attributes: { dir: 'auto', ...shape.attributes } }

const HEADINGS: readonly Tag[] = ['h3', 'h3', 'h4', 'h5']

const check = ({ task, checked }: { task: boolean; checked?: boolean | undefined }): Shape[] =>
  task ? [checked === true ? '☑ ' : '☐ '] : []

/** Its language is only a name: it is shown, and never looked up. */
function code(text: string, info: string | undefined, copy: string): Element {
  const name = /^[\w#+.-]{1,20}/.exec(info ?? '')?.[0] ?? ''
  return element(
    'div',
    [
      element(
        'div',
        [element('span', [name]), element('button', [copy], { type: 'button', class: 'copy-code' })],
        {
          class: 'bar',
        },
      ),
      element('pre', [element('code', [text])], { tabindex: '0' }),
    ],
    { class: 'code', dir: 'ltr' },
  )
}

/** A link leads to the web or to a mailbox, in a window of its own that knows nothing of the page. */
function link(href: string, children: readonly Shape[]): Shape[] {
  if (!LINK.test(href) || !URL.canParse(href)) return [...children]
  return [
    element('a', children, { href, target: '_blank', rel: 'noopener noreferrer nofollow', title: href }),
  ]
}

function table(token: Extract<MarkedToken, { type: 'table' }>, depth: number, copy: string): Element {
  const row = (cells: readonly { tokens: Token[] }[], tag: 'td' | 'th'): Element =>
    element(
      'tr',
      cells.map((cell, at) => {
        const align = token.align[at]
        return element(
          tag,
          inside(cell.tokens, depth, copy),
          align === null || align === undefined ? undefined : { 'data-align': align },
        )
      }),
    )
  return element(
    'div',
    [
      element('table', [
        element('thead', [row(token.header, 'th')]),
        element(
          'tbody',
          token.rows.map((cells) => row(cells, 'td')),
        ),
      ]),
    ],
    { class: 'table', tabindex: '0', role: 'group' },
  )
}

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  nbsp: '\u00a0',
}

/** Markdown lets a text name characters; the few that people use are shown as such. */
const plain = (text: string): string =>
  text.replace(/&(\w{2,4});/g, (whole, name: string) =>
    Object.hasOwn(ENTITIES, name) ? (ENTITIES[name] ?? whole) : whole,
  )
