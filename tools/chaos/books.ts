// What the gateway has written down: outcome rows and the budgets of keys, read over the operator's API.

export interface Row {
  readonly id: string
  readonly request_id: string
  readonly key: string
  readonly cost_micros: number
  readonly end: string
  readonly attempts: readonly { readonly end: string }[]
}

export interface Key {
  readonly id: string
  readonly key: string
}

/** A request's receipt, as its caller reads it. */
export interface Receipt {
  readonly id: string
  readonly cost_micros: number
  readonly tokens: { readonly input: number }
  readonly attempts: readonly { readonly cost_micros?: number }[]
}

/** Micro-dollars. */
export interface Balance {
  readonly spent: number
  readonly reserved: number
}

export interface Books {
  /** With so many dollars in total. */
  makeKey(name: string, usd: number): Promise<Key>
  /** Every row, newest first. */
  rows(): Promise<readonly Row[]>
  balance(key: Key): Promise<Balance>
  /** Of every request named, which are the key's own. */
  receipts(key: Key, ids: readonly string[]): Promise<readonly Receipt[]>
}

const PAGE = 1_000
/** Receipts read at a time. */
const READERS = 8

export function openBooks(url: string): Books {
  const ask = async (path: string, body?: object, token = 'mk-admin-local'): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
    return response.json()
  }
  return {
    makeKey: async (name, usd) =>
      (await ask('/admin/keys', { name, budgets: [{ usd, window: 'total' }] })) as Key,
    async rows() {
      const all: Row[] = []
      for (;;) {
        const before = all.at(-1)?.id
        const path = `/admin/requests?limit=${PAGE}${before === undefined ? '' : `&before=${before}`}`
        const { data } = (await ask(path)) as { data: Row[] }
        all.push(...data)
        if (data.length < PAGE) return all
      }
    },
    async balance({ id }) {
      const { budgets } = (await ask(`/admin/keys/${id}`)) as {
        budgets: readonly { readonly spent: number; readonly reserved: number }[]
      }
      const [first] = budgets
      if (first === undefined) throw new Error(`the key ${id} has no budget`)
      return { spent: Math.round(first.spent * 1e6), reserved: Math.round(first.reserved * 1e6) }
    },
    async receipts({ key }, ids) {
      const all: Receipt[] = []
      let next = 0
      const reader = async (): Promise<void> => {
        for (;;) {
          const id = ids[next]
          next += 1
          if (id === undefined) return
          all.push((await ask(`/v1/receipts/${id}`, undefined, key)) as Receipt)
        }
      }
      await Promise.all(Array.from({ length: READERS }, reader))
      return all
    },
  }
}

export const costOf = (rows: readonly Row[], key: Key): number =>
  rows.reduce((sum, row) => sum + (row.key === key.id ? row.cost_micros : 0), 0)
