// Pages of the dashboard as fragments of its address: `#/requests/row_1?key=key_2`. They never hold a secret. Pure.

export const PAGES = ['overview', 'requests', 'keys', 'models', 'routes', 'playground'] as const

export type Page = (typeof PAGES)[number]

export interface Place {
  readonly page: Page
  /** The one thing that the page is about, where it is about one. */
  readonly id?: string
  readonly query: Readonly<Record<string, string>>
}

/** What is not understood is the overview. */
export function placeOf(fragment: string): Place {
  const [path = '', query = ''] = fragment.replace(/^#?\/?/, '').split('?', 2)
  const [name = '', id = ''] = path.split('/', 2)
  const page = PAGES.find((known) => known === name) ?? 'overview'
  return {
    page,
    ...(id === '' ? {} : { id: decoded(id) }),
    query: Object.fromEntries(new URLSearchParams(query)),
  }
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text // a stray percent sign, as a person may type
  }
}

/** Parameters without a value are left out. */
export function linkTo(
  page: Page,
  id?: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const given = Object.entries(query).filter((pair): pair is [string, string] => (pair[1] ?? '') !== '')
  const search = given.length === 0 ? '' : `?${new URLSearchParams(given).toString()}`
  return `#/${page}${id === undefined ? '' : `/${encodeURIComponent(id)}`}${search}`
}
