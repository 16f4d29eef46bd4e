import { describe, expect, it } from 'vitest'
import { callableHost, isLoopback, readAddress, socketOf, urlOf } from '../../../../tools/gateway/address.ts'
import { sentence } from '../../../../tools/gateway/port.ts'

describe('the address', () => {
  it('is 127.0.0.1:8787 unless told otherwise', () => {
    expect(readAddress({})).toEqual({ host: '127.0.0.1', port: 8787, loopback: true })
    expect(readAddress({ HOST: '', PORT: ' ' })).toEqual({ host: '127.0.0.1', port: 8787, loopback: true })
  })

  it.each(['abc', '-1', '65536', '80.5', '0x50', '8787;'])('refuses PORT=%s', (PORT) => {
    expect(() => readAddress({ PORT })).toThrow(
      `PORT is "${PORT}"; it must be a whole number from 0 to 65535`,
    )
  })

  it.each(['a b', 'http://x', '[::1', 'x/y', 'a_b'])('refuses HOST=%s', (HOST) => {
    expect(() => readAddress({ HOST })).toThrow(`HOST is "${HOST}"`)
  })

  it('takes IPv6 with and without brackets, and writes it with them', () => {
    const address = readAddress({ HOST: '[::1]', PORT: '0' })
    expect(address).toEqual({ host: '::1', port: 0, loopback: true })
    expect(socketOf(address)).toBe('[::1]:0')
    expect(urlOf('::1', 8787)).toBe('http://[::1]:8787')
  })

  it.each([
    ['127.0.0.1', true],
    ['127.8.9.1', true],
    ['localhost', true],
    ['::1', true],
    ['0:0:0:0:0:0:0:1', true],
    ['::ffff:127.0.0.1', true],
    ['0.0.0.0', false],
    ['::', false],
    ['192.168.0.7', false],
    ['127.0.0.1.example', false],
    ['gateway.local', false],
  ])('%s is loopback: %s', (host, expected) => {
    expect(isLoopback(host)).toBe(expected)
  })

  it('calls a wildcard address through loopback', () => {
    expect(callableHost('0.0.0.0')).toBe('127.0.0.1')
    expect(callableHost('::')).toBe('::1')
    expect(callableHost('192.168.0.7')).toBe('192.168.0.7')
  })

  it('says in one sentence why it cannot listen', () => {
    const address = { host: '127.0.0.1', port: 8787, loopback: true }
    expect(sentence(address, 'EADDRINUSE')).toMatch(/^http:\/\/127\.0\.0\.1:8787 is taken .* PORT=8788\.$/)
    expect(sentence({ ...address, port: 80 }, 'EACCES')).toContain('may not listen on port 80')
    expect(sentence({ ...address, host: '10.9.8.7' }, 'EADDRNOTAVAIL')).toContain(
      'no address of this machine',
    )
    expect(sentence(address, 'EWEIRD')).toContain('EWEIRD')
  })
})
