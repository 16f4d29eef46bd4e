// The names of streams, which stand in the ids of their events: `<stream>.<number of the event>`. A name leads to its
// object without a table. Pure.

/** In an object of its own, since its client may come back for the rest. */
export const newStream = (): string => `s${hex(STREAM_CHARS)}`

/** Of a repeated request; one of several, where the first tries came to nothing. `object` is the name of its object. */
export const newTry = (object: string): string => `${object}-${hex(TRY_CHARS)}`

/** The object of a request that may be repeated. `digest`: SHA-256 of its key and its endpoint, in hexadecimal. */
export const repeatObject = (digest: string): string => `i${digest.slice(0, STREAM_CHARS)}`

export const isRepeatable = (object: string): boolean => object.startsWith('i')

/** A stream that nobody keeps. */
export function passingStream(): string {
  const [number = 0] = crypto.getRandomValues(new Uint32Array(1))
  return `p${number.toString(36)}`
}

const STREAM_CHARS = 20
const TRY_CHARS = 4

/** The object in which a stream is kept; undefined where it never was. */
export const objectOf = (stream: string): string | undefined =>
  /^([si][0-9a-f]{20})(?:-[0-9a-f]{4})?$/.exec(stream)?.[1]

/** The end of the id of a response whose events are a stream. */
export const ownPart = (stream: string): string | undefined => /^s([0-9a-f]{20})$/.exec(stream)?.[1]

export const streamOfOwn = (own: string): string => `s${own}`

/** Where a client wants to go on. */
export interface Mark {
  readonly stream: string
  /** The number of the last event that it has. */
  readonly event: number
}

/** Reads the id of an event; undefined where no event ever had such a one. */
export function readMark(id: string): Mark | undefined {
  const [, stream, event] = /^([a-z][0-9a-z_-]{0,63})\.(\d{1,9})$/.exec(id) ?? []
  return stream === undefined ? undefined : { stream, event: Number(event) }
}

function hex(chars: number): string {
  const bytes = crypto.getRandomValues(new Uint8Array(chars / 2))
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
