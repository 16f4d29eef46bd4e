// What must hold of one budget that was spent to its end. Pure.
import { costOf } from './books.ts'
import { check, type Check, idOf } from './checks.ts'
import { isRefused, MAX_TOKENS, PRICE, type Spent } from './spend.ts'

const dollars = (micros: number): string => `$${(micros / 1e6).toFixed(6)}`

export const prove = (spent: Spent): readonly Check[] => [
  within(spent),
  usedUp(spent),
  accounts(spent),
  nothingAfter(spent),
  ...check(spent),
]

const balanceOf = ({ books }: Spent): { readonly spent: number; readonly reserved: number } =>
  books[0]?.balance ?? { spent: Number.NaN, reserved: Number.NaN }

function within(spent: Spent): Check {
  const { limit, watched } = spent
  const { reads, failed, mostSpent, mostHeld } = watched
  const end = balanceOf(spent)
  const isWithin = reads > 0 && Math.max(mostSpent, mostHeld, end.spent + end.reserved) <= limit
  return {
    name: 'never beyond the limit',
    ok: isWithin,
    found: `limit ${dollars(limit)}; read ${reads} times${failed > 0 ? ` (${failed} more while it was down)` : ''}: spent ${dollars(mostSpent)} at most, with what was lent ${dollars(mostHeld)}`,
  }
}

/** The most that one request can cost, by the longest prompt of those that came to one bill: others add up several. */
function usedUp(spent: Spent): Check {
  const { limit, receipts, stranded } = spent
  const prompts = receipts.filter(isOneBill).map(({ tokens }) => tokens.input)
  const worst = Math.ceil(Math.max(0, ...prompts) * PRICE.input + MAX_TOKENS * PRICE.output)
  const end = balanceOf(spent)
  const left = limit - end.spent - end.reserved
  const kill =
    spent.kill === undefined ? '' : ` and ${dollars(stranded)} lent by the killed process, which counts`
  return {
    name: 'used to within one request of the limit',
    ok: left >= 0 && left < worst,
    found: `spent ${dollars(end.spent)}${kill}; ${dollars(left)} left, one request can cost ${dollars(worst)}`,
  }
}

function accounts(spent: Spent): Check {
  const { books, rows, receipts, kill } = spent
  const [book] = books
  const [then] = kill?.books ?? []
  const rowsCost = book === undefined ? Number.NaN : costOf(rows, book.key)
  const receiptsCost = receipts.reduce((sum, receipt) => sum + receipt.cost_micros, 0)
  const callsCost = receipts.reduce((sum, receipt) => sum + callsOf(receipt), 0)
  const unreported = then === undefined ? 0 : then.rowsCost - then.balance.spent
  const ledger = balanceOf(spent).spent
  const isEven = rowsCost === receiptsCost && rowsCost === ledger + unreported
  const off = receipts.filter((receipt) => callsOf(receipt) !== receipt.cost_micros).length
  return {
    name: 'ledger = receipts = rows, to the micro-dollar',
    ok: isEven && off === 0 && receipts.length === rows.length,
    found: `${receipts.length} receipts ${dollars(receiptsCost)} (their calls ${dollars(callsCost)}), ${rows.length} rows ${dollars(rowsCost)}, ledger ${dollars(ledger)}${unreported === 0 ? '' : ` and ${dollars(unreported)} of what the killed process had lent, used and not reported`}`,
  }
}

const isOneBill = ({ attempts }: Spent['receipts'][number]): boolean =>
  attempts.filter(({ cost_micros: cost }) => cost !== undefined && cost > 0).length <= 1

const callsOf = ({ cost_micros: cost, attempts }: Spent['receipts'][number]): number =>
  attempts.some((attempt) => attempt.cost_micros !== undefined)
    ? attempts.reduce((sum, attempt) => sum + (attempt.cost_micros ?? 0), 0)
    : cost

function nothingAfter({ told, late, rows }: Spent): Check {
  const asked = new Set(late)
  const after = told.filter(({ request }) => asked.has(request))
  const ids = new Set(late.map(idOf))
  const served = after.filter((each) => !isRefused(each)).length
  const paid = rows.filter((row) => ids.has(row.request_id) && row.cost_micros > 0).length
  return {
    name: 'nothing is served after that',
    ok: after.length > 0 && served === 0 && paid === 0,
    found: `${after.length} more asked at once: ${served} served, ${paid} with a cost`,
  }
}
