import { describe, expect, it } from 'vitest'
import { type CapnpInput, quoted, writeCapnp } from '../../../../tools/gateway/capnp.ts'

const INPUT: CapnpInput = {
  layout: {
    compatibilityDate: '2026-11-01',
    compatibilityFlags: ['enable_request_signal'],
    crons: ['*/15 * * * *'],
    objects: { BUDGET: 'Budget' },
  },
  modules: [{ name: 'worker.js', kind: 'esModule', file: '/build/worker.js' }],
  assets: { folder: '/build/assets', worker: '/build/assets.js' },
  state: '/state',
  socket: '[::1]:8787',
  configFile: '/state/config.jsonc',
  configName: 'my "own".jsonc',
  loopback: true,
  secrets: ['OPENAI_API_KEY'],
}

describe('the workerd configuration', () => {
  it('escapes quotes, backslashes, line ends and control characters, and leaves other letters alone', () => {
    expect(quoted('a"b\\c\nd\te\u007f ü/日')).toBe('"a\\"b\\\\c\\nd\\x09e\\x7f ü/日"')
  })

  it('takes secrets from the environment, so that none is written to the disk', () => {
    expect(writeCapnp(INPUT)).toContain('(name = "OPENAI_API_KEY", fromEnvironment = "OPENAI_API_KEY")')
  })

  it('tells the Worker that it is on loopback only where it is', () => {
    expect(writeCapnp(INPUT)).toContain('(name = "LOOPBACK", text = "1")')
    expect(writeCapnp({ ...INPUT, loopback: false })).not.toContain('LOOPBACK')
  })

  it('carries the name of the configuration, the socket, the objects and the crons', () => {
    const text = writeCapnp(INPUT)
    expect(text).toContain('(name = "CONFIG_NAME", text = "my \\"own\\".jsonc")')
    expect(text).toContain('address = "[::1]:8787"')
    expect(text).toContain('(className = "Budget", uniqueKey = "minnow-Budget", enableSql = true)')
    expect(text).toContain('\\"*/15 * * * *\\"')
  })

  it('binds AI only to an address that was given', () => {
    expect(writeCapnp(INPUT)).not.toMatch(/name = "(?:AI|ai)"/)
    const text = writeCapnp({ ...INPUT, ai: '127.0.0.1:8788' })
    expect(text).toContain('(name = "ai", external = (address = "127.0.0.1:8788", http = ()))')
    expect(text).toContain(
      '(name = "AI", wrapped = (moduleName = "cloudflare-internal:ai-api", innerBindings = [(name = "fetcher", service = "ai")]))',
    )
  })
})
