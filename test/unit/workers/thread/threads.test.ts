// What needs a key to be kept is refused before a model is asked; what is not to be kept goes on without one.
import { describe, expect, it } from 'vitest'
import { failureOf } from '../../../../shared/failure.ts'
import type { ModelRequest } from '../../../../shared/request.ts'
import { openSeals, sealed } from '../../../../shared/seal.ts'
import { cipher } from '../../../../workers/cipher.ts'
import { enter, type Threads } from '../../../../workers/thread/threads.ts'
import type { Talking } from '../../../../workers/thread/talking.ts'
import { callerWith, cxAt, requestFor } from '../../samples.ts'

const threads: Threads = sealed(openSeals(undefined, cipher), () => {
  throw new Error('nobody should come so far')
})

const talking: Talking = {
  termsOf: async () => ({ windowTokens: 100_000 }),
  tokenizer: () => Promise.reject(new Error('nothing is counted')),
  summarise: () => Promise.reject(new Error('nothing is summed up')),
}

const askFor = (response: Omit<NonNullable<ModelRequest['response']>, 'background'>): Promise<unknown> =>
  enter(
    { threads, talking },
    { request: requestFor('Hello', { response: { ...response, background: false } }), caller: callerWith() },
    cxAt(),
  ).catch(failureOf)

describe('without a key for what is kept', () => {
  const thread = '0123456789abcdef0123'
  const own = 'abcdefabcdefabcdefab'
  it.each([
    ['is stored', { store: true }],
    ['goes on from a response', { store: false, previousId: `resp_${thread}${own}` }],
    ['belongs to a conversation', { store: false, conversationId: `conv_${thread}${own}` }],
  ])('a response that %s is refused, and it is said what is missing', async (_, response) => {
    expect(await askFor(response)).toMatchObject({
      kind: 'unequipped',
      message: expect.stringMatching(/no secret DATA_KEYS.*npm run deploy/),
    })
  })

  it('a response that is not stored is answered', async () => {
    expect(await askFor({ store: false })).toMatchObject({ id: expect.stringMatching(/^resp_/) })
  })
})
