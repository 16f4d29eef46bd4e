// Models that go on with an answer which was begun: what of their own words a request shows to be said already. Pure.

type Fields = Readonly<Record<string, unknown>>

const isFields = (value: unknown): value is Fields =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** What is left to say of `text` for a model that is shown the beginning of it as its own. */
export function restOf(text: string, prompt: unknown): string {
  const said = ownWords(prompt).trimEnd()
  for (let length = text.length; length > 0; length -= 1) {
    const begun = text.slice(0, length).trimEnd()
    if (begun !== '' && said.endsWith(begun)) return text.slice(begun.length)
  }
  return text
}

/** The text of the last message that is the model's own, on any wire; empty where it has said nothing yet. */
export function ownWords(prompt: unknown): string {
  const messages = Array.isArray(prompt) ? prompt.flat().filter(isFields) : []
  const own = messages.findLast(({ role }) => role === 'assistant' || role === 'model')
  return own === undefined ? '' : wordsIn(own['content'] ?? own['parts'])
}

function wordsIn(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .filter(isFields)
    .map(({ text }) => (typeof text === 'string' ? text : ''))
    .join('')
}
