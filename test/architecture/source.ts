// Source files as the architecture test sees them: text, code without comments, code without texts, imports.
import { readdirSync, readFileSync } from 'node:fs'
import { posix, relative, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')

export interface Source {
  /** From the root of the project, with forward slashes. */
  readonly path: string
  readonly text: string
  /** As long as the text, with comments blanked. */
  readonly code: string
  /** Without the contents of strings and regular expressions as well. */
  readonly bare: string
}

export interface Import {
  readonly line: number
  /** A path from the root for a relative import, else the package's name as written. */
  readonly to: string
}

export interface Offence {
  readonly path: string
  readonly line: number
  readonly what: string
}

export const sourceOf = (path: string, text: string): Source => ({ path, text, ...blank(text) })

export function readSources(folder: string, ends: RegExp): Source[] {
  return readdirSync(resolve(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ends.test(entry.name))
    .map((entry) => resolve(entry.parentPath, entry.name))
    .filter((file) => !/[/\\](?:node_modules|dist|fixtures)[/\\]/.test(file))
    .sort()
    .map((file) => sourceOf(relative(ROOT, file).replaceAll('\\', '/'), readFileSync(file, 'utf8')))
}

export const lineAt = (text: string, offset: number): number => text.slice(0, offset).split('\n').length

// `import x from 'y'`, `export x from 'y'`, `import 'y'`, `import('y')`: the path is the first text after the word.
const IMPORT =
  /(?<![\w$.])(?:import|export)(?:\s*\(\s*|\s+(?:[\w$*{},\s]+?\sfrom\s*)?|\s*[{*][\w$*{},\s]*?\}?\s*from\s*)(['"`])([^'"`]+)\1/g

export function importsOf({ path, code, bare }: Source): Import[] {
  const real = [...code.matchAll(IMPORT)].filter(({ index }) => bare.charAt(index) !== ' ') // else it stands in a text
  return real.map((match) => {
    const to = match[2] ?? ''
    return {
      line: lineAt(code, match.index + match[0].length),
      to: to.startsWith('.') ? posix.join(posix.dirname(path), to) : to,
    }
  })
}

/** Every place where a pattern occurs in one view of the file. */
export function find({ path }: Source, view: string, pattern: RegExp, what: string): Offence[] {
  return [...view.matchAll(pattern)].map((match) => ({
    path,
    line: lineAt(view, match.index),
    what: `${what}: ${match[0].trim()}`,
  }))
}

/** Blanks what is not code, keeping every offset. A slash begins a regular expression where no value can end. */
function blank(text: string): { code: string; bare: string } {
  const TOKEN =
    /\/\/[^\n]*|\/\*[^]*?\*\/|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"|`(?:\\.|[^`\\])*`|\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/g
  let code = ''
  let bare = ''
  let from = 0
  const spaces = (part: string): string => part.replaceAll(/[^\n]/g, ' ')
  for (;;) {
    TOKEN.lastIndex = from
    const match = TOKEN.exec(text)
    if (match === null) break
    const [token] = match
    const before = text.slice(from, match.index)
    code += before
    bare += before
    if (token.startsWith('//') || token.startsWith('/*')) {
      code += spaces(token)
      bare += spaces(token)
    } else if (
      token.startsWith('/') &&
      /[\w)\]}]\s*$/.test(bare) &&
      !/\b(?:return|typeof|case|in|of)\s*$/.test(bare)
    ) {
      code += '/' // a division
      bare += '/'
      from = match.index + 1
      continue
    } else {
      code += token
      bare += token.charAt(0) + spaces(token.slice(1, -1)) + token.charAt(0)
    }
    from = match.index + token.length
  }
  return { code: code + text.slice(from), bare: bare + text.slice(from) }
}
