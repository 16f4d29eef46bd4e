// What was filled in about a key, as the operator's API takes it. Pure.
import type { Key } from './answers.ts'

const DAY_MS = 86_400_000

type Fields = Record<string, unknown>

/** Of a key that is changed, emptied fields take limits away; of a new one they are not there. */
export function fieldsIn(form: FormData, now: number, known?: Key): Fields {
  const text = (name: string): string => {
    const value = form.get(name)
    return typeof value === 'string' ? value.trim() : ''
  }
  const number = (name: string): number | null => (text(name) === '' ? null : Number(text(name)))
  const list = (name: string): string[] | null => {
    const parts = text(name)
      .split(/[\s,]+/)
      .filter((part) => part !== '')
    return parts.length === 0 ? null : parts
  }
  const usd = number('usd')
  const others = known?.budgets.filter((budget) => budget.usd === undefined || !isShown(budget, known)) ?? []
  const budgets = [
    ...(usd === null ? [] : [{ usd, window: text('window') }]),
    ...others.map(({ usd: dollars, tokens, window }) =>
      dollars === undefined ? { tokens, window } : { usd: dollars, window },
    ),
  ]
  const days = number('days')
  const fields: Fields = {
    name: text('name'),
    budgets,
    rpm: number('rpm'),
    tpm: number('tpm'),
    models: list('models'),
    storeText: form.get('storeText') !== null,
    ...(known === undefined
      ? { origins: list('origins'), expiresAt: days === null ? null : now + days * DAY_MS }
      : {}),
  }
  if (known !== undefined) return fields
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null))
}

/** The form has room for one budget in dollars: the first. */
const isShown = (budget: Key['budgets'][number], { budgets }: Key): boolean =>
  budgets.find(({ usd }) => usd !== undefined) === budget
