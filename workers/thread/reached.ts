// A call to a thread's object, and what its client is told where that does not answer.
import { Failed } from '../../shared/failure.ts'
import { sealTrouble } from '../../shared/seal.ts'

export const reached = <T>(call: Promise<T>): Promise<T> =>
  call.catch((error: unknown) => {
    throw (
      sealTrouble(error) ??
      new Failed({ kind: 'unavailable', what: 'What is kept of this conversation', retryAfterMs: 1_000 })
    )
  })
