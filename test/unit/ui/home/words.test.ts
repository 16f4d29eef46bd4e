import { expect, it } from 'vitest'
import { idsOf } from '../../../../workers/ui/home/models.ts'
import { isLoopbackHost, snippet } from '../../../../workers/ui/home/snippets.ts'
import { inWords, messageOf } from '../../../../workers/ui/home/words.ts'

it.each([
  ['{"error":{"message":"No such model.","type":"invalid_request_error"}}', 'No such model.'],
  ['{"error":"plain"}', 'plain'],
  ['<html>Bad gateway</html>', 'The gateway answered with status 502. Trying again in a moment may help.'],
  ['', 'The gateway answered with status 502. Trying again in a moment may help.'],
  ['null', 'The gateway answered with status 502. Trying again in a moment may help.'],
])('the reply %s reads: %s', (body, expected) => {
  expect(inWords(502, body)).toBe(expected)
})

it('an error without words has no message', () => {
  expect(messageOf({ error: { code: 7 } })).toBeUndefined()
})

it('auto is the first model; what is no model is left out', () => {
  expect(idsOf({ data: [{ id: 'big' }, { id: 'auto' }, {}, null, { id: 'micro' }] })).toEqual([
    'auto',
    'big',
    'micro',
  ])
  expect(idsOf('nonsense')).toEqual([])
})

it('only loopback hosts get the local key', () => {
  expect(['localhost', '127.0.0.1', '[::1]'].every(isLoopbackHost)).toBe(true)
  expect(
    ['minnow.example.workers.dev', '127.0.0.1.evil.example', 'localhost.evil.example'].some(isLoopbackHost),
  ).toBe(false)
})

it.each(['curl', 'python', 'javascript'] as const)(
  'the %s example names the address and the key',
  (language) => {
    const text = snippet(language, 'http://x/v1', 'mk-local')
    expect(text).toContain('http://x/v1')
    expect(text).toContain('mk-local')
  },
)
