// Which addresses a client may make the gateway fetch: everybody's, in whatever notation, and nobody's own.
import { describe, expect, it } from 'vitest'
import { objectionTo } from '../../../../workers/providers/reachable.ts'

const objection = (address: string, ...allowed: string[]): string | undefined =>
  objectionTo(new URL(address), new Set(allowed))

describe('a public address', () => {
  for (const address of [
    'https://example.com/a.png',
    'http://example.com:8080/a',
    'https://1.1.1.1/',
    'https://100.63.255.255/',
    'https://100.128.0.0/',
    'https://172.15.0.1/',
    'https://172.32.0.1/',
    'https://192.167.1.1/',
    'https://198.17.0.1/',
    'https://198.20.0.1/',
    'https://223.255.255.254/',
    'https://[2606:4700:4700::1111]/',
    'https://[2a00:1450:4001:82a::200e]/',
    'https://[::ffff:1.1.1.1]/',
    'https://[64:ff9b::1.1.1.1]/',
    'https://internal.example.com/',
    'https://localhost.example.com/',
    'https://xn--bcher-kva.example.org./a',
  ]) {
    it(`${address} may be fetched`, () => expect(objection(address)).toBeUndefined())
  }
})

describe('a private address', () => {
  for (const address of [
    'http://127.0.0.1/',
    'http://127.1/',
    'http://127.255.255.255/',
    'http://2130706433/', // decimal
    'http://0x7f000001/', // hexadecimal
    'http://0177.0.0.1/', // octal
    'http://0/',
    'http://0.0.0.0/',
    'http://10.0.0.1/',
    'http://172.16.0.1/',
    'http://172.31.255.255/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://100.127.255.255/',
    'http://169.254.169.254/latest/meta-data/',
    'http://169.254.170.2/',
    'http://192.0.0.192/',
    'http://192.0.2.1/',
    'http://198.18.0.1/',
    'http://198.19.255.255/',
    'http://198.51.100.7/',
    'http://203.0.113.7/',
    'http://224.0.0.1/',
    'http://240.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[0:0:0:0:0:0:0:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:a9fe:a9fe]/',
    'http://[::7f00:1]/',
    'http://[64:ff9b::10.0.0.1]/',
    'http://[64:ff9b:1::1]/',
    'http://[100::1]/',
    'http://[fc00::1]/',
    'http://[fd00:ec2::254]/',
    'http://[fe80::1]/',
    'http://[fec0::1]/',
    'http://[ff02::1]/',
    'http://[2001:db8::1]/',
    'http://[2001::1]/',
    'http://[2002:7f00:1::]/',
    'http://[3fff::1]/',
    'http://localhost/',
    'http://localhost./',
    'http://LOCALHOST:8080/',
    'http://app.localhost/',
    'http://printer/',
    'http://printer.local/',
    'http://metadata.google.internal/',
    'http://router.home.arpa/',
    'http://ⓛocalhost/', // becomes small letters
    'http://127。0。0。1/', // ideographic full stops become full stops
  ]) {
    it(`${address} may not be fetched`, () =>
      expect(objection(address)).toBe('does not lie on the public internet'))
  }

  it('may be fetched where the operator lists it, with its port', () => {
    expect(objection('http://127.0.0.1:8401/a', '127.0.0.1:8401')).toBeUndefined()
    expect(objection('http://127.0.0.1:8402/a', '127.0.0.1:8401')).toBeDefined()
    expect(objection('http://printer/a', 'printer:80')).toBeUndefined()
    expect(objection('https://printer/a', 'printer:80')).toBeDefined()
    expect(objection('https://printer/a', 'printer:443')).toBeUndefined()
    expect(objection('http://[::1]:9/a', '[::1]:9')).toBeUndefined()
  })
})

describe('an address that is none to fetch', () => {
  for (const address of [
    'ftp://example.com/a',
    'file:///etc/passwd',
    'data:text/plain,a',
    'blob:https://example.com/a',
    'gopher://example.com/',
  ]) {
    it(`${address} is of another kind`, () => expect(objection(address)).toBe('is neither http nor https'))
  }

  for (const address of [
    'https://user@example.com/',
    'https://:secret@example.com/',
    'https://example.com@1.1.1.1/',
  ]) {
    it(`${address} holds a name or a password`, () =>
      expect(objection(address)).toBe('holds a user name or a password'))
  }
})
