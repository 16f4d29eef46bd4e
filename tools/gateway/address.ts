// Where the gateway listens, from HOST and PORT. Pure.
import { isIP } from 'node:net'
import { Refusal } from './refusal.ts'

export interface Address {
  /** As the operating system wants it: no brackets. */
  readonly host: string
  /** 0 lets the operating system choose. */
  readonly port: number
  /** Only this machine can reach it, so the local keys may exist. */
  readonly loopback: boolean
}

const DEFAULT_HOST = '127.0.0.1'
const DEFAULT_PORT = '8787'

export function readAddress(environment: Readonly<Record<string, string | undefined>>): Address {
  const host = (environment['HOST']?.trim() || DEFAULT_HOST).replace(/^\[(.*)\]$/, '$1')
  const text = environment['PORT']?.trim() || DEFAULT_PORT
  const port = Number(text)
  if (!/^\d+$/.test(text) || port > 65535) {
    throw new Refusal(
      `PORT is "${text}"; it must be a whole number from 0 to 65535 (0 lets the system choose).`,
    )
  }
  if (isIP(host) === 0 && !/^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$/.test(host)) {
    throw new Refusal(
      `HOST is "${host}"; it must be an IP address or a host name, for example 127.0.0.1 or ::1.`,
    )
  }
  return { host, port, loopback: isLoopback(host) }
}

/** True for 127.0.0.0/8, ::1 and localhost; a name that merely resolves there does not count. */
export function isLoopback(host: string): boolean {
  const plain = host.toLowerCase()
  if (plain === 'localhost') return true
  if (isIP(plain) === 4) return plain.startsWith('127.')
  if (isIP(plain) !== 6) return false
  const canonical = new URL(`http://[${plain.replace(/%.*$/, '')}]`).hostname
  return canonical === '[::1]' || canonical.startsWith('[::ffff:7f')
}

export function urlOf(host: string, port: number): string {
  return `http://${bracketed(host)}:${port}`
}

/** The address as a capnp socket wants it. */
export function socketOf(address: Address): string {
  return `${bracketed(address.host)}:${address.port}`
}

/** Where this machine itself reaches a listener: a wildcard address is no place to call. */
export function callableHost(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1'
  if (isIP(host) === 6 && new URL(`http://[${host.replace(/%.*$/, '')}]`).hostname === '[::]') return '::1'
  return host
}

function bracketed(host: string): string {
  return isIP(host) === 6 ? `[${host}]` : host
}
