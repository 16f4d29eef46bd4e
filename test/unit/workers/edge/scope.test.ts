// Which addresses belong to which kind of endpoint, for keys that may use some only.
import { describe, expect, it } from 'vitest'
import { checkEndpoint, ENDPOINT_KINDS, type EndpointKind } from '../../../../workers/edge/scope.ts'
import { callerWith } from '../../samples.ts'

const CASES: readonly (readonly [string, string, EndpointKind])[] = [
  ['POST', '/v1/chat/completions', 'chat'],
  ['POST', '/v1/route', 'chat'],
  ['POST', '/v1/responses', 'responses'],
  ['GET', '/v1/responses/resp_1', 'responses'],
  ['POST', '/v1/conversations', 'responses'],
  ['DELETE', `/v1/conversations/conv_${'0a'.repeat(20)}`, 'responses'],
  ['POST', '/v1/messages', 'messages'],
  ['POST', '/v1/messages/count_tokens', 'messages'],
  ['POST', '/v1beta/models/big:generateContent', 'gemini'],
  ['POST', '/v1/models/lab/big:streamGenerateContent', 'gemini'],
  ['POST', '/v1/embeddings', 'embeddings'],
  ['POST', '/v1/images/generations', 'images'],
  ['POST', '/v1/audio/speech', 'audio'],
  ['POST', '/v1/moderations', 'moderations'],
]

describe('a key', () => {
  for (const [method, path, kind] of CASES) {
    it(`for ${kind} may use ${method} ${path}, and one for all others may not`, () => {
      const ask = (endpoints: readonly EndpointKind[]) => () =>
        checkEndpoint(callerWith({ endpoints }), method, path)
      expect(ask([kind])).not.toThrow()
      expect(ask(ENDPOINT_KINDS.filter((other) => other !== kind))).toThrow(`(${kind})`)
    })
  }

  it('of any kind may list models and read receipts', () => {
    for (const path of ['/v1/models', '/v1/models/big', '/v1/receipts/req_1', '/v1beta/models'])
      expect(() => checkEndpoint(callerWith({ endpoints: ['audio'] }), 'GET', path)).not.toThrow()
  })

  it('of any kind may read the conversations that it has named', () => {
    for (const path of [
      '/v1/conversations',
      '/v1/conversations/conv_1',
      '/v1/conversations/support-1/messages',
    ])
      expect(() => checkEndpoint(callerWith({ endpoints: ['messages'] }), 'GET', path)).not.toThrow()
  })

  it('without kinds may use everything', () =>
    expect(() => checkEndpoint(callerWith(), 'POST', '/v1/chat/completions')).not.toThrow())
})
