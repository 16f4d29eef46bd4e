// Why a request was not answered, as the page of one request says it.
import { expect, it } from 'vitest'
import { failedIn } from '../../../../workers/ui/dashboard/failed.ts'

it('says what to do about a budget that is spent', () =>
  expect(failedIn('over-budget')).toMatch(/budget.*Raise the limit/))

it.each([null, 'constructor', 'something new'])('says nothing of %s', (failure) =>
  expect(failedIn(failure)).toBeUndefined(),
)
