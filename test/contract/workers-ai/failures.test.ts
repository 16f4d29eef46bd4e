// Every documented error of Workers AI, in every form in which it arrives, and what is done about it.
import { describe, expect, it } from 'vitest'
import * as fc from 'fast-check'
import { workersAi } from '../../../shared/dialects/workers-ai/index.ts'
import { type Failure, judge } from '../../../shared/failure.ts'

const read = (status: number, body: unknown, retryAfterMs?: number): Failure =>
  workersAi().readFailure({
    status,
    body: typeof body === 'string' ? body : JSON.stringify(body),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  })

const UUID = '8c1f0a3e-5b7d-4e2a-9f61-2d0c7b4e9a15'

const forms: Readonly<Record<string, (code: number, message: string) => unknown>> = {
  'the API': (code, message) => ({
    result: null,
    success: false,
    errors: [{ code, message: `AiError: AiError: ${message} (${UUID})` }],
    messages: [],
  }),
  'the API without a list': (code, message) => ({ errors: { code, message }, success: false }),
  'the binding': (internalCode, description) => ({
    name: 'AiError',
    internalCode,
    message: `AiError: ${description}`,
    description,
  }),
  'the words of an exception': (code, message) => `InferenceUpstreamError: ${code}: ${message}`,
}

const codes: readonly [
  code: number,
  status: number,
  message: string,
  kind: Failure['kind'],
  retry: ReturnType<typeof judge>['retry'],
][] = [
  [3036, 429, 'You have used up your daily free allocation of 10,000 neurons.', 'rate-limited', 'elsewhere'],
  [4006, 429, 'you have used up your daily free allocation of 10,000 neurons', 'rate-limited', 'elsewhere'],
  [3040, 429, 'Capacity temporarily exceeded, please try again.', 'overloaded', 'anywhere'],
  [3007, 408, 'Request timeout', 'overloaded', 'anywhere'],
  [3046, 408, 'Request timeout', 'overloaded', 'anywhere'],
  [3008, 408, 'Request was aborted', 'overloaded', 'anywhere'],
  [4007, 500, 'An internal server error occured.', 'overloaded', 'anywhere'],
  [3006, 413, 'Request is too large', 'context-length', 'elsewhere'],
  [
    5021,
    413,
    'The estimated number of input and maximum output tokens (42481) exceeded this model context window limit (32000).',
    'context-length',
    'elsewhere',
  ],
  [3030, 400, 'Sequence too long: 9003 > 8192', 'context-length', 'elsewhere'],
  [5007, 400, 'No such model @cf/x/y or task', 'rejected', 'never'],
  [3042, 404, 'The model name is invalid', 'rejected', 'never'],
  [5004, 400, 'Invalid data type for base64 input: number', 'rejected', 'never'],
  [3003, 400, 'Request is missing headers or body: messages', 'rejected', 'never'],
  [5006, 400, "Bad input: Error: oneOf at '/' not met, 0 matches", 'rejected', 'never'],
  [5005, 405, 'The model does not support LoRA inference', 'rejected', 'never'],
  [5019, 405, 'Request trying to use deprecated SDK version', 'rejected', 'never'],
  [3039, 400, 'Finetune is missing required files', 'rejected', 'never'],
  [3041, 403, 'The account is not allowed to access this model', 'credentials', 'elsewhere'],
  [5018, 403, 'The account is not allowed to access this model', 'credentials', 'elsewhere'],
  [3023, 403, 'Service unavailable for account', 'credentials', 'elsewhere'],
  [5016, 403, 'User has not agreed to Llama3.2 model terms', 'credentials', 'elsewhere'],
  [10000, 400, 'Authentication error', 'credentials', 'elsewhere'],
  [7003, 404, 'Could not route, perhaps your object identifier is invalid?', 'credentials', 'elsewhere'],
  [2016, 400, 'Prompt blocked due to security configurations', 'refused', 'never'],
  [2017, 400, 'Response blocked due to security configurations', 'refused', 'never'],
  [2003, 429, 'Rate limited', 'rate-limited', 'elsewhere'],
]

for (const [code, status, message, kind, retry] of codes) {
  describe(`error ${code}`, () => {
    for (const [form, write] of Object.entries(forms)) {
      it(`is ${kind}, from ${form}`, () => {
        const failure = read(status, write(code, message))
        expect(failure).toMatchObject({
          kind,
          status,
          ...('message' in failure ? { message, code: String(code) } : {}),
        })
        expect(judge(failure).retry).toBe(retry)
      })
    }

    it('is the same inside a 200', () => {
      const inline = forms['the API']?.(code, message)
      const [whole] = workersAi().readReply(JSON.stringify(inline))
      expect(whole?.events).toMatchObject([{ type: 'error', failure: { kind, status: expect.any(Number) } }])
      const { events } = workersAi()
        .readEvents()
        .read({ event: '', data: JSON.stringify(inline) })
      expect(events).toEqual(whole?.events)
    })
  })
}

describe('an error without a code that is known', () => {
  const cases: readonly [status: number, body: unknown, kind: Failure['kind']][] = [
    [
      400,
      { errors: [{ code: 8007, message: 'AiError: System message must be at the beginning.' }] },
      'rejected',
    ],
    [400, { error: { message: "This model's maximum context length is 131072 tokens." } }, 'context-length'],
    [400, { errors: [{ message: 'blocked by the content policy' }] }, 'refused'],
    [400, { errors: [{ message: "JSON Mode couldn't be met" }] }, 'malformed'],
    [401, '', 'credentials'],
    [403, '<!doctype html>', 'credentials'],
    [404, 'not here', 'rejected'],
    [413, '', 'context-length'],
    [422, '{}', 'rejected'],
    [429, '', 'rate-limited'],
    [429, { name: 'AiError', httpCode: 429, message: 'Capacity temporarily exceeded' }, 'overloaded'],
    [500, 'null', 'overloaded'],
    [529, '', 'overloaded'],
    [302, '', 'malformed'],
  ]
  for (const [status, body, kind] of cases) {
    it(`is ${kind}: ${status} ${JSON.stringify(body).slice(0, 60)}`, () =>
      expect(read(status, body)).toMatchObject({ kind }))
  }
})

describe('errors', () => {
  it('row 25: keep how long to wait', () => {
    expect(read(429, '', 2_000)).toEqual({ kind: 'rate-limited', status: 429, retryAfterMs: 2_000 })
    expect(read(429, forms['the API']?.(3040, 'busy'), 5)).toMatchObject({
      kind: 'overloaded',
      retryAfterMs: 5,
    })
  })

  it('row 29: never repeat a token', () => {
    for (const secret of ['Bearer abc.def-ghi', 'sk-proj-abc123456']) {
      for (const write of Object.values(forms)) {
        const failure = read(400, write(5006, `bad token ${secret}`))
        expect(JSON.stringify(failure)).not.toContain(secret.split(' ').at(-1))
      }
    }
  })

  it('are read from anything a server may send', () => {
    fc.assert(
      fc.property(fc.integer({ min: 300, max: 599 }), fc.oneof(fc.string(), fc.json()), (status, body) => {
        expect(judge(workersAi().readFailure({ status, body })).retry).toBeTypeOf('string')
      }),
    )
  })
})
