// Whether the dollars that replies said are those that receipts say and that usage adds up to.
import { type Client, pick } from '../../../test/lab/client.ts'
import { until } from '../../../test/lab/until.ts'
import type { Key, Sent } from './stage.ts'

export interface Books {
  readonly requests: number
  readonly micros: number
  /** Receipts that were read, and add up to what the reply said. */
  readonly receipts: number
}

/** One in so many receipts is read. */
const EVERY = 20

/** Throws where they differ. */
export async function checkBooks(
  admin: Client,
  client: Client,
  key: Key,
  sent: readonly Sent[],
): Promise<Books> {
  const micros = sent.reduce((sum, one) => sum + one.micros, 0)
  const row = await until(`usage of ${sent.length} requests`, async () => {
    const { json } = await admin.send('/admin/usage?group=key&limit=1000')
    const rows = pick(json, 'data')
    const own: unknown = Array.isArray(rows) ? rows.find((one) => pick(one, 'key') === key.id) : undefined
    return pick(own, 'requests') === sent.length && own
  })
  if (pick(row, 'cost_micros') !== micros)
    throw new Error(`usage has ${JSON.stringify(row)}, the replies said ${micros} micro-dollars`)
  const some = sent.filter((_, at) => at % EVERY === 0)
  for (const { id, micros: said } of some) {
    const receipt = await until(`the receipt of ${id}`, async () => {
      const { status, json } = await client.send(`/v1/receipts/${id}`)
      return status === 200 && json
    })
    const attempts = pick(receipt, 'attempts')
    const calls = Array.isArray(attempts) ? attempts : []
    const sum = calls.reduce((total: number, call) => total + Number(pick(call, 'cost_micros') ?? 0), 0)
    if (pick(receipt, 'cost_micros') !== said || sum !== said)
      throw new Error(`the receipt of ${id} has ${JSON.stringify(receipt)}, its reply said ${said}`)
  }
  return { requests: sent.length, micros, receipts: some.length }
}
