// What tells two requests apart: SHA-256 over what was asked, whatever the order of its fields.
import { canonical } from '../../shared/canonical.ts'
import { digestOf } from '../digest.ts'

export const fingerprintOf = (address: string, body: unknown): Promise<string> =>
  digestOf(`${address}\n${canonical(body)}`)
