// Words that nobody else says, and a search for them in every byte that a gateway has written down.
import { randomUUID } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A word that only this call has made. */
export const canary = (name: string): string => `${name}${randomUUID().replaceAll('-', '')}`

/** The files under a state folder in which any of the words stands, as text, or as base64 has it. */
export function traces(state: string, words: readonly string[]): string[] {
  const forms = words.flatMap((word) => [word, ...inBase64(word)])
  return filesIn(state).filter((file) => {
    const bytes = bytesOf(file)
    return forms.some((form) => bytes.includes(form))
  })
}

export const filesIn = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))

function bytesOf(file: string): Buffer {
  try {
    return readFileSync(file)
  } catch {
    return Buffer.alloc(0) // SQLite takes its own files away when it is done with them
  }
}

/** How a word looks in base64, wherever in a text it stands: without the letters that its neighbours have a part in. */
const inBase64 = (word: string): string[] =>
  [0, 1, 2].map((before) =>
    Buffer.from('x'.repeat(before) + word)
      .toString('base64')
      .slice(before === 0 ? 0 : 4, -4),
  )
