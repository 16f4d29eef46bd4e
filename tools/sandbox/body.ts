// The body of a WebAssembly function, with a charge at its beginning and at every turn of a loop: whatever it computes, it
// cannot go on for ever. Copying and filling of memory is charged by its length. Pure.
import { numberBytes, type Reader, Writer } from './bytes.ts'

const LOOP = 0x03
const I32 = 0x7f
/** A copy or a filling of so many bytes counts as one turn, as a power of two. */
const BYTES_A_TURN = 6

export interface Charging {
  /** The function that takes a number of turns, and traps where too few are left. */
  readonly charge: number
  /** The global with what is left. */
  readonly fuel: number
}

/** `body` without its size: locals, then instructions. */
export function meterBody(body: Reader, { charge, fuel }: Charging, parameters: number): Uint8Array {
  const out = new Writer()
  const groups = body.number()
  const from = body.at
  let locals = parameters
  for (let group = 0; group < groups; group += 1) {
    locals += body.number()
    body.byte()
  }
  out.push(numberBytes(groups + 1))
  out.push(body.bytes.subarray(from, body.at))
  out.push([1, I32]) // where the length of a copy is kept for a moment
  const one = turn(fuel)
  out.push(one)
  while (!body.isDone) {
    const at = body.at
    const code = body.byte()
    const isBulk = passImmediates(body, code)
    if (isBulk)
      out.push([
        0x22,
        ...numberBytes(locals),
        0x20,
        ...numberBytes(locals),
        0x41,
        BYTES_A_TURN,
        0x76,
        0x10,
        ...numberBytes(charge),
      ])
    out.push(body.bytes.subarray(at, body.at))
    if (code === LOOP) out.push(one)
  }
  return out.bytes()
}

/** One less; a trap below nothing. Written out, because a call at every turn would cost more than most turns. */
const turn = (fuel: number): number[] => spend(fuel, [0x41, 1])

/** The same by a number. */
export const chargeBody = (fuel: number): number[] => [0, ...spend(fuel, [0x20, 0]), 0x0b]

function spend(fuel: number, amount: readonly number[]): number[] {
  const global = numberBytes(fuel)
  const [read, write] = [
    [0x23, ...global],
    [0x24, ...global],
  ] as const
  return [...read, ...amount, 0x6b, ...write, ...read, 0x41, 0, 0x48, 0x04, 0x40, 0x00, 0x0b]
}

/** Goes to the next instruction; true where this one copies or fills memory. An unknown one is an error. */
function passImmediates(body: Reader, code: number): boolean {
  if (code >= 0x45 && code <= 0xc4) return false
  if (code >= 0x28 && code <= 0x3e) return pass(body, 2)
  switch (code) {
    case 0x00:
    case 0x01:
    case 0x05:
    case 0x0b:
    case 0x0f:
    case 0x1a:
    case 0x1b:
    case 0xd1:
      return false
    case 0x02:
    case LOOP:
    case 0x04:
    case 0x0c:
    case 0x0d:
    case 0x10:
    case 0x12:
    case 0x20:
    case 0x21:
    case 0x22:
    case 0x23:
    case 0x24:
    case 0x25:
    case 0x26:
    case 0x3f:
    case 0x40:
    case 0x41:
    case 0x42:
    case 0xd0:
    case 0xd2:
      return pass(body, 1)
    case 0x11:
    case 0x13:
      return pass(body, 2)
    case 0x0e:
      return pass(body, body.number() + 1)
    case 0x1c:
      return pass(body, body.number())
    case 0x43:
      body.at += 4
      return false
    case 0x44:
      body.at += 8
      return false
    case 0xfc:
      return passBulk(body)
    default: // a number of the format, not a union
      throw new Error(`instruction 0x${code.toString(16)} is not known here`)
  }
}

function passBulk(body: Reader): boolean {
  const code = body.number()
  if (code <= 7) return false // a number made whole
  if (code === 10) pass(body, 2)
  else if (code === 11) pass(body, 1)
  else throw new Error(`instruction 0xfc ${code} is not known here`)
  return true
}

function pass(body: Reader, numbers: number): false {
  for (let left = numbers; left > 0; left -= 1) body.passNumber()
  return false
}
