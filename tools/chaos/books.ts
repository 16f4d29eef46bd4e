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

/** Micro-dollars. */
export interface Balance {
  readonly spent: number
  readonly reserved: number
}

export interface Books {
  makeKey(name: string): Promise<Key>
  /** Every row, newest first. */
  rows(): Promise<readonly Row[]>
  balance(key: Key): Promise<Balance>
}

const PAGE = 1_000

export function openBooks(url: string): Books {
  const ask = async (path: string, body?: object): Promise<unknown> => {
    const response = await fetch(`${url}${path}`, {
      headers: { authorization: 'Bearer mk-admin-local', 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path} answers ${response.status}: ${await response.text()}`)
    return response.json()
  }
  return {
    makeKey: async (name) =>
      (await ask('/admin/keys', { name, budgets: [{ usd: 1_000, window: 'total' }] })) as Key,
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
  }
}

export const costOf = (rows: readonly Row[], key: Key): number =>
  rows.reduce((sum, row) => sum + (row.key === key.id ? row.cost_micros : 0), 0)
