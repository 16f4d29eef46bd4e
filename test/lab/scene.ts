// A gateway in front of a lab, with what tests need of both: clients with fresh keys, books and rows read back.
import { randomUUID } from 'node:crypto'
import { type Client, type Fields, openClient, pick, type Reply } from './client.ts'
import { type Gateway, type GatewayOptions, startGateway } from './gateway.ts'
import { until } from './until.ts'
import { startVendor, type Vendor } from './vendor.ts'

export const LAB_KEY = 'sk-lab-0123456789abcdefghij'
export const CLIENT_KEY = 'mk-local'
export const ADMIN_KEY = 'mk-admin-local'

/** Clocks that only a test which sets its own runs into, however busy the machine is. */
const PATIENT = { headMs: 120_000, firstTokenMs: 120_000, idleMs: 120_000 }

/** As GET /admin/requests shows it. */
export interface Row extends Fields {
  readonly id: string
  readonly request_id: string
  readonly end: string
  readonly cost_micros: number
  readonly attempts: readonly { readonly target: string; readonly end: string; readonly status?: number }[]
}

export interface Balance {
  readonly spent: number
  readonly reserved: number
  readonly remaining: number
  readonly resetsAt: string | null
}

export interface Key {
  readonly id: string
  readonly key: string
  readonly client: Client
}

export interface Scene {
  readonly lab: Vendor
  readonly gateway: Gateway
  /** With the local key, which has no budget. */
  readonly client: Client
  readonly admin: Client
  /** Makes a key. */
  makeKey(limits?: Fields): Promise<Key>
  /** The first budget of a key once nothing of it is reserved any more. */
  settled(key: Key): Promise<Balance>
  balances(key: Key): Promise<readonly Balance[]>
  /** The one row of a request, after everything that could have left a second one is done. */
  rowOf(requestId: string): Promise<Row>
  rows(query?: string): Promise<readonly Row[]>
  stop(): Promise<void>
}

/** What a request is called, so that its row can be found. */
export const freshId = (): string => `test-${randomUUID()}`

export const withId = (id: string): { headers: Record<string, string> } => ({
  headers: { 'x-request-id': id },
})

/** The configuration gets the lab as provider `lab`, with its key; the rest is the test's, which may need its address. */
export async function openScene(
  config: Fields | ((labUrl: string, origin: string) => Fields) = {},
  options: Omit<GatewayOptions, 'config'> = {},
): Promise<Scene> {
  const lab = await startVendor()
  const { providers, timeouts, ...rest } = typeof config === 'function' ? config(lab.url, lab.origin) : config
  const gateway = await startGateway({
    ...options,
    config: {
      providers: { lab: { baseUrl: lab.url, apiKey: '$LAB_KEY' }, ...(providers as Fields | undefined) },
      timeouts: { ...PATIENT, ...(timeouts as Fields | undefined) },
      ...rest,
    },
    env: { LAB_KEY, ...options.env },
  })
  const client = openClient(gateway.url, CLIENT_KEY)
  const admin = openClient(gateway.url, ADMIN_KEY)

  const rows = async (query = '', limit = 1_000): Promise<readonly Row[]> =>
    pick(ok(await admin.send(`/admin/requests?limit=${limit}${query}`)), 'data') as readonly Row[]

  const waitForRow = (requestId: string): Promise<Row> => {
    let looks = 0
    return until(`the row of ${requestId}`, async () => {
      looks += 1
      // It is among the newest, or long there.
      const found = await rows('', looks % 4 === 2 ? 1_000 : 30)
      return found.find((row) => row.request_id === requestId)
    })
  }

  const balances = async (key: Key): Promise<readonly Balance[]> =>
    pick(ok(await admin.send(`/admin/keys/${key.id}`)), 'budgets') as readonly Balance[]

  return {
    lab,
    gateway,
    client,
    admin,
    rows,
    balances,
    async makeKey(limits = {}) {
      const body = JSON.stringify({ name: 'test', ...limits })
      const made = await admin.send('/admin/keys', { method: 'POST', body })
      if (made.status !== 201) throw new Error(`no key: ${made.text}`)
      const [id, key] = [String(pick(made.json, 'id')), String(pick(made.json, 'key'))]
      return { id, key, client: openClient(gateway.url, key) }
    },
    settled: (key) =>
      until('nothing reserved', async () => {
        const all = await balances(key)
        return all.every((balance) => balance.reserved === 0) && all[0]
      }),
    async rowOf(requestId) {
      await waitForRow(requestId)
      // Rows are written in order, so once this one is there a second one of the request would be too.
      const barrier = freshId()
      await client.ask({ model: 'lab/barrier' }, withId(barrier))
      await waitForRow(barrier)
      const [row, second] = (await rows()).filter((candidate) => candidate.request_id === requestId)
      if (row === undefined || second !== undefined) throw new Error(`${requestId} has not exactly one row`)
      return row
    },
    async stop() {
      await gateway.stop()
      await lab.stop()
    },
  }
}

function ok(reply: Reply): unknown {
  if (reply.status !== 200) throw new Error(`status ${reply.status}: ${reply.text}`)
  return reply.json
}
