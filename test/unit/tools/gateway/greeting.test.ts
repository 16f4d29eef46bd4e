import { expect, it } from 'vitest'
import { greeting } from '../../../../tools/gateway/greeting.mjs'
import { isNoise } from '../../../../tools/gateway/noise.mjs'

const LOCAL = {
  address: { host: '127.0.0.1', port: 0, loopback: true },
  callHost: '127.0.0.1',
  environment: {},
}

it('a first start says what to try next, later ones do not', () => {
  const first = greeting({ ...LOCAL, isFirst: true }, 9000)
  for (const hint of ['/start', '/docs', '/widget']) expect(first).toContain(`http://127.0.0.1:9000${hint} `)
  for (const hint of ['minnow.jsonc', 'docs/README.md', 'npx minnow --help']) expect(first).toContain(hint)
  expect(first.split('\n')[0]).toBe('Ready on http://127.0.0.1:9000')
  expect(greeting({ ...LOCAL, isFirst: false }, 9000)).not.toContain('Next')
})

it('begins with the ready line, then the local key and a line to try', () => {
  const lines = greeting({ ...LOCAL, isFirst: false }, 8787).split('\n')
  expect(lines[0]).toBe('Ready on http://127.0.0.1:8787')
  expect(lines.join('\n')).toContain('mk-local')
  expect(lines.find((line) => line.startsWith('curl '))).toMatch(
    /^curl -N http:\/\/127\.0\.0\.1:8787\/v1\/chat\/completions .*"model":"auto","stream":true/,
  )
})

it('on an address that others reach there is no local key to print', () => {
  const open = {
    address: { host: '0.0.0.0', port: 0, loopback: false },
    callHost: '127.0.0.1',
    isFirst: true,
  }
  expect(greeting({ ...open, environment: {} }, 1)).toContain('Set ADMIN_KEY')
  const withKey = greeting({ ...open, environment: { ADMIN_KEY: 'very-secret' } }, 1)
  expect(withKey).toContain('/admin/keys')
  for (const text of [greeting({ ...open, environment: {} }, 1), withKey])
    expect(text).not.toMatch(/mk-local|very-secret/)
})

it.each([
  ['', true],
  ['stack: 55d0c8@0 55d0c9@1', true],
  [
    'workerd/server/server.c++:5127: error: Uncaught exception: kj/async-io.c++:1: disconnected: peer went away',
    true,
  ],
  [
    'workerd/server/server/listen/mod.rs:372: error: Uncaught exception: workerd/jsg/value.h:1456: failed: remote.jsg.Error: boom',
    false,
  ],
  ['Cannot reach https://api.openai.com', false],
])('noise: %s', (line, expected) => {
  expect(isNoise(line)).toBe(expected)
})
