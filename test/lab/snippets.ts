// The commands and snippets of README and docs, as a reader would copy them. Pure.
//
// A fence's first line may say, after the language, what a piece belongs to: `in=models.big` puts a part of the
// configuration into its place, `body=` and `reply=` name a component of the API's document, `part=` one whose fields it has some of, `as=catalogue` is a line of the
// catalogue, `store=second` gives a shell's commands another database. A comment `<!-- not run: why -->` right before a fence
// excuses it; the test counts those.

export interface Snippet {
  readonly page: string
  /** Of the opening fence, from 1. */
  readonly line: number
  readonly language: string
  readonly options: Readonly<Record<string, string>>
  readonly text: string
  readonly excuse?: string
}

const FENCE = /^( *)```(\S*) *(.*)$/
const EXCUSE = /^<!-- not run: (.+) -->$/

/** Fences without a language show output, and are none. */
export function snippetsIn(page: string, markdown: string): Snippet[] {
  const found: Snippet[] = []
  const lines = markdown.split('\n')
  for (let at = 0; at < lines.length; at += 1) {
    const [, indent = '', language = '', rest = ''] = FENCE.exec(lines[at] ?? '') ?? []
    if (!FENCE.test(lines[at] ?? '')) continue
    const end = lines.findIndex((line, position) => position > at && line.trim() === '```')
    if (end < 0) throw new Error(`${page}:${at + 1}: the fence has no end`)
    const excuse = EXCUSE.exec(lines[at - 1]?.trim() ?? '')?.[1]
    const text = lines.slice(at + 1, end).map((line) => line.slice(indent.length))
    if (language !== '') {
      found.push({
        page,
        line: at + 1,
        language,
        options: optionsIn(rest),
        text: `${text.join('\n')}\n`,
        ...(excuse === undefined ? {} : { excuse }),
      })
    }
    at = end
  }
  return found
}

const optionsIn = (text: string): Record<string, string> =>
  Object.fromEntries([...text.matchAll(/(\w+)=(\S+)/g)].map(([, name = '', value = '']) => [name, value]))

export interface Command {
  readonly line: number
  readonly text: string
}

/** A shell's commands, one each: lines that go on are joined, comments left out. */
export function commandsIn({ line, text }: Pick<Snippet, 'line' | 'text'>): Command[] {
  const commands: Command[] = []
  let begun: Command | undefined
  for (const [position, raw] of text.split('\n').entries()) {
    const joined: Command =
      begun === undefined
        ? { line: line + 1 + position, text: raw }
        : { line: begun.line, text: `${begun.text}\n${raw}` }
    begun = undefined
    if (raw.endsWith('\\') || isOpen(joined.text)) begun = joined
    else if (joined.text.trim() !== '' && !joined.text.startsWith('#')) commands.push(joined)
  }
  if (begun !== undefined) throw new Error(`line ${begun.line}: the command has no end`)
  return commands
}

/** Within single quotes a line goes on as well. */
const isOpen = (text: string): boolean => (text.match(/'/g) ?? []).length % 2 === 1

export interface Link {
  readonly line: number
  readonly to: string
}

/** Where its links lead: files, and places within them; not to other hosts. */
export const linksIn = (markdown: string): Link[] =>
  markdown
    .split('\n')
    .flatMap((text, position) =>
      [...text.matchAll(/\]\(([^)\s]+)\)/g)]
        .map(([, to = '']) => ({ line: position + 1, to }))
        .filter(({ to }) => !/^[a-z]+:/.test(to)),
    )

/** The names under which a page's headings can be linked to, as GitHub makes them. */
export const anchorsIn = (markdown: string): Set<string> =>
  new Set(
    [...markdown.matchAll(/^#{1,6} (.+)$/gm)].map(([, title = '']) =>
      title
        .toLowerCase()
        .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  )
