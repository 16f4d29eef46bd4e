// What the project wrote for micro: requests that its skills cover, and requests that need more. By author.
import { readdirSync, readFileSync } from 'node:fs'

const BEYOND = 'email'

/** Nobody wrote for every skill. */
interface Author {
  facts?: Record<string, string[]>
  smalltalk?: Record<string, string[]>
  other?: string[]
  extract?: Record<string, { ask?: string[]; text: string[] }>
  review?: Record<'ask' | 'positive' | 'negative', string[]>
  arithmetic?: Record<'add' | 'subtract', string[]>
}

export interface Written {
  readonly author: string
  readonly easy: readonly string[]
  readonly hard: readonly string[]
}

const folder = new URL('../train/corpus/', import.meta.url)

/** `random` fills in values; the same sequence gives the same requests. */
export function readCorpus(random: () => number): Written[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T // never empty here
  const samples: Record<string, () => string> = {
    date: () => pick(['March 3, 2027', '2026-04-17', '12/05/2026', '3rd of May', '24 Dec 2025', 'August 9']),
    phone: () => pick(['+1 415 555 0132', '(020) 7946 0958', '555-0199', '+49 30 901820']),
    amount: () => pick(['$45.20', 'EUR 1,250', '120 euros', '19.99 USD', '300 pounds']),
    email: () => pick(['anna.b@mill.org', 'orders@old-mill.co.uk', 'j_ruiz42@gmail.com', 'tk+news@post.io']),
    number: () => String(Math.floor(random() * 9000)),
    name: () => pick(['Anna', 'Mr. Okafor', 'Luis', 'Priya']),
    city: () => pick(['Lisbon', 'Osaka', 'Denver', 'Leeds']),
    time: () => pick(['10:30', '4 pm', 'noon']),
    a: () => String(Math.floor(random() * 1000)),
    b: () => String(Math.floor(random() * 100)),
  }
  const fill = (text: string): string =>
    text.replace(/\{(\w+)\}/g, (all, name: string) => samples[name]?.() ?? all)

  /** What an author wrote that micro can answer, with values in it. */
  function easyOf({ facts = {}, smalltalk = {}, extract = {}, arithmetic }: Author): string[] {
    const easy = [...Object.values(facts).flat(), ...Object.values(smalltalk).flat()]
    for (const [kind, { ask: asks = [], text: texts }] of Object.entries(extract)) {
      if (asks.length === 0 || kind === BEYOND) continue
      for (const text of texts)
        for (let times = 0; times < 3; times += 1) easy.push(fill(pick(asks).replace('{text}', text)))
    }
    for (const text of [...(arithmetic?.add ?? []), ...(arithmetic?.subtract ?? [])])
      easy.push(fill(text), fill(text))
    return easy
  }

  /** What was written for skills that micro did not reach. */
  const beyond = ({ extract = {}, review }: Author): string[] => [
    ...(extract[BEYOND]?.text ?? []).map((text) =>
      fill(pick(extract[BEYOND]?.ask ?? []).replace('{text}', text)),
    ),
    ...[...(review?.positive ?? []), ...(review?.negative ?? [])].map((text) =>
      pick(review?.ask ?? []).replace('{text}', text),
    ),
  ]

  return readdirSync(folder)
    .filter((file) => file.startsWith('author-'))
    .map((author) => {
      const data = JSON.parse(readFileSync(new URL(author, folder), 'utf8')) as Author
      return { author, easy: easyOf(data), hard: [...(data.other ?? []), ...beyond(data)] }
    })
}
