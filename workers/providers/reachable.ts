// May an address that a client has written be fetched? Only what the whole internet can reach anyway. Pure.
// Names are not looked up here: this is a check of what is written. What they resolve to is checked by the network:
// Cloudflare's leads nowhere private, and a local gateway fetches through one that does not either.
// Source: https://www.iana.org/assignments/iana-ipv4-special-registry and https://www.iana.org/assignments/iana-ipv6-special-registry

/** What is wrong with an address, in words that fit behind "it"; undefined where nothing is. */
export function objectionTo(url: URL, allowHosts: ReadonlySet<string>): string | undefined {
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return 'is neither http nor https'
  if (url.username !== '' || url.password !== '') return 'holds a user name or a password'
  if (isAllowed(url, allowHosts)) return undefined
  return isPublic(hostOf(url)) ? undefined : 'does not lie on the public internet'
}

const hostOf = (url: URL): string => url.hostname.replace(/\.$/, '')

/** Has the operator named this host and port? */
export function isAllowed(url: URL, allowHosts: ReadonlySet<string>): boolean {
  const port = url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port
  return allowHosts.has(`${hostOf(url)}:${port}`)
}

/** Takes a host as a URL gives it: numbers in any notation are already four decimal ones, letters are small. */
function isPublic(host: string): boolean {
  if (host.startsWith('[')) return isPublicV6(groupsOf(host.slice(1, -1)))
  if (/^\d+\.\d+\.\d+\.\d+$/.test(host)) return isPublicV4(host.split('.').map(Number))
  // One word is a name of somebody's own network, and so are these: https://www.iana.org/assignments/special-use-domain-names
  return (
    host.includes('.') &&
    !/\.(?:localhost|local|internal|intranet|lan|home|corp|private|home\.arpa|test|example|invalid|onion)$/.test(
      `.${host}`,
    )
  )
}

type Bytes = readonly number[]

/** Networks that are not everybody's: the first bytes, and how many bits of them count. */
const V4: readonly (readonly [network: Bytes, bits: number])[] = [
  [[0], 8],
  [[10], 8],
  [[100, 64], 10],
  [[127], 8],
  [[169, 254], 16],
  [[172, 16], 12],
  [[192, 0, 0], 24],
  [[192, 0, 2], 24],
  [[192, 88, 99], 24],
  [[192, 168], 16],
  [[198, 18], 15],
  [[198, 51, 100], 24],
  [[203, 0, 113], 24],
  [[224], 3], // groups, and what is kept for later
]

const isPublicV4 = (address: Bytes): boolean =>
  !V4.some(([network, bits]) => isWithin(address, network, bits, 8))

/** Only 2000::/3 is given out; these parts of it are not everybody's, or stand for addresses of the old kind. */
const V6: readonly (readonly [network: Bytes, bits: number])[] = [
  [[0x2001, 0], 23],
  [[0x2001, 0xdb8], 32],
  [[0x2002], 16],
  [[0x3fff], 20],
]

function isPublicV6(groups: Bytes): boolean {
  const [first = 0] = groups
  // ::ffff:a.b.c.d and 64:ff9b::a.b.c.d are addresses of the old kind, written as new ones.
  const isMapped =
    isWithin(groups, [0, 0, 0, 0, 0, 0xffff], 96, 16) || isWithin(groups, [0x64, 0xff9b, 0, 0, 0, 0], 96, 16)
  if (isMapped) return isPublicV4(groups.slice(6).flatMap((group) => [group >> 8, group & 0xff]))
  return first >> 13 === 1 && !V6.some(([network, bits]) => isWithin(groups, network, bits, 16))
}

function isWithin(address: Bytes, network: Bytes, bits: number, width: number): boolean {
  return Array.from({ length: Math.ceil(bits / width) }, (_, at) => at).every((at) => {
    const kept = Math.min(width, bits - at * width)
    return (address[at] ?? 0) >> (width - kept) === (network[at] ?? 0) >> (width - kept)
  })
}

/** The eight groups of an address, its gap filled. A URL writes all of them in hexadecimal. */
function groupsOf(address: string): Bytes {
  const [head = '', tail] = address.split('::')
  const numbers = (text: string): number[] =>
    text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
  const [before, after] = [numbers(head), numbers(tail ?? '')]
  return [...before, ...Array<number>(8 - before.length - after.length).fill(0), ...after]
}
