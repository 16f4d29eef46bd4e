// The lexer of marked names its rules in an object, by long names that no bundler may shorten, and carries those of its other
// parts along. Here those that nothing asks for go, and the others get short names. Pure.

/** The text of the lexer alone, minified, with the rules that it uses; undefined where it is built in another way. */
export function asUsed(text: string): string | undefined {
  const start = text.indexOf('{codeRemoveIndent:')
  const end = text.indexOf('nestedContainerMarkers:', start)
  if (start < 0 || end < 0) return undefined
  const entries = [...text.slice(start, end + 'nestedContainerMarkers:'.length).matchAll(ENTRY)].map(
    ({ index, 1: name = '' }) => ({ name, at: start + index + 1 }),
  )
  const uses = (name: string): number => text.match(new RegExp(`\\.${name}\\b`, 'g'))?.length ?? 0
  const without = entries.reduceRight((rest, { name, at }, place) => {
    const next = entries[place + 1]
    return uses(name) > 0 || next === undefined ? rest : rest.slice(0, at) + rest.slice(next.at)
  }, text)
  return [...entries.filter(({ name }) => uses(name) > 0).map(({ name }) => name), ...INNER].reduce(
    (rest, name, place) =>
      rest.replaceAll(new RegExp(`(?<![\\w$"'])${name}(?![\\w$"'])`, 'g'), () => `$${place.toString(36)}`),
    without,
  )
}

/** A rule and its name: an expression, or what makes one. */
const ENTRY = /[{,](\w{4,}):(?=\/|\w+=>|\w+\(|$)/g

/** What the lexer and the tokenizer have for themselves, and no token shows. */
const INNER: readonly string[] = [
  'anyPunctuationOutsideCode',
  'lastPossibleEmStrongCloserIndex',
  'lastPossibleDelCloserIndex',
  'emStrongRDelimAst',
  'emStrongRDelimUnd',
  'emStrongLDelim',
  'linkParenPossible',
  'infiniteLoopError',
  'anyPunctuation',
  'reflinkSearch',
  'inlineTokens',
  'blockTokens',
  'inlineQueue',
  'linkEmitted',
  'punctuation',
  'inRawBlock',
  'linkInText',
  'delLDelim',
  'delRDelim',
  'maskedSrc',
  'lastToken',
  'blockSkip',
  'tokenizer',
  '_backpedal',
]
