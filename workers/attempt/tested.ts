// Runs the code of a small model's answer against the tests in its question, where there are any: what it does says more than
// how it looks.
import { programIn, type Ran } from '../../shared/check/program.ts'
import { asksCode, type Doubt, type Heard } from '../../shared/check/verdict.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { RunTests } from '../service.ts'

export interface Tested {
  readonly doubt: Doubt | undefined
  /** Absent where nothing was run. */
  readonly ran?: Ran
}

/** `doubt` is what was found without running it, which stands where that could not be done. */
export async function tested(
  request: ModelRequest,
  { text, calls, finish }: Heard,
  doubt: Doubt | undefined,
  runTests: RunTests | undefined,
): Promise<Tested> {
  const isOpen = doubt === undefined || doubt === 'code'
  if (!isOpen || runTests === undefined || finish === undefined || calls.length > 0 || !asksCode(request))
    return { doubt }
  const program = programIn(request, text)
  if (program === undefined) return { doubt }
  const ran = await runTests(program)
  if (ran.verdict === 'unable') return { doubt, ran }
  return { doubt: ran.verdict === 'passed' ? undefined : 'tests', ran }
}
