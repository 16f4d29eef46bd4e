// A failure into the reply that tells the caller what was wrong, in the caller's dialect.
import type { ClientDialect } from '../../shared/dialect.ts'
import { type Failure, judge } from '../../shared/failure.ts'
import { rateHeaders } from '../../shared/rates.ts'

export function refuse(
  failure: Failure,
  dialect: Pick<ClientDialect, 'writeFailure'>,
  requestId: string,
): Response {
  const { status, body } = dialect.writeFailure(failure, requestId)
  const headers = new Headers()
  const retryAfterMs = retryAfterOf(failure)
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.ceil(retryAfterMs / 1000)))
  if (failure.kind === 'over-budget')
    for (const [name, value] of rateHeaders(failure.rates ?? [])) headers.set(name, value)
  // Clients retry on their own; after ours are spent, or where nothing would change, theirs only multiply the load.
  const passes = failure.kind === 'over-budget' && failure.code === 'rate_limit_exceeded'
  if (!passes && (failure.kind === 'exhausted' || judge(failure).blame === 'caller'))
    headers.set('x-should-retry', 'false')
  if (failure.kind === 'exhausted') headers.set('x-minnow-attempts', String(failure.attempts.length))
  return Response.json(body, { status, headers })
}

function retryAfterOf(failure: Failure): number | undefined {
  if (failure.kind === 'exhausted') return retryAfterOf(failure.last)
  return 'retryAfterMs' in failure ? failure.retryAfterMs : undefined
}
