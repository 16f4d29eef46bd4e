// A server that some keys are dead for, and keys in every form that vendors give: for the vendors' suite.
import { generateKeyPairSync } from 'node:crypto'
import { createServer, type IncomingHttpHeaders } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fieldsOf, parse, text } from '../../shared/fields.ts'

export interface Seen {
  readonly url: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

export interface Doorkeeper {
  readonly origin: string
  /** The calls that came, but for those that fetch a token. */
  readonly seen: Seen[]
  /** What a call may not bear in its headers, and the status that it gets for it, and the body where that matters. */
  dead: { readonly mark: string; readonly status: number; readonly body?: string } | undefined
  close(): Promise<void>
}

/** Where Google exchanges a signed statement for a token. */
const TOKENS = '/token'

/** Answers every call with an empty JSON object, unless it bears what is dead. */
export async function openDoor(): Promise<Doorkeeper> {
  const seen: Seen[] = []
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const body = Buffer.concat(chunks).toString()
      const { url = '', headers } = request
      response.setHeader('content-type', 'application/json')
      if (url === TOKENS) {
        response.end(JSON.stringify({ access_token: `ya29.${issuerOf(body)}`, expires_in: 3600 }))
        return
      }
      seen.push({ url, headers, body })
      const isDead = door.dead !== undefined && JSON.stringify(headers).includes(door.dead.mark)
      response.writeHead(isDead ? (door.dead?.status ?? 401) : 200)
      response.end(isDead ? (door.dead?.body ?? '{}') : '{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo // listening on TCP
  const door: Doorkeeper = {
    origin: `http://127.0.0.1:${port}`,
    seen,
    dead: undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
  return door
}

/** Who made the statement: a token of this door bears his name. */
function issuerOf(body: string): string {
  const [, claims = ''] = (new URLSearchParams(body).get('assertion') ?? '').split('.')
  const { iss } = fieldsOf(parse(Buffer.from(claims, 'base64url').toString()))
  return text(iss).replace(/@.*/, '')
}

/** A key, what of it may never be seen, and what a call is known by that was made with it. */
export interface Sample {
  readonly key: string
  readonly secret: string
  readonly mark: string
}

export interface Form {
  readonly name: string
  readonly samples: readonly [Sample, Sample]
}

const whole = (key: string): Sample => ({ key, secret: key, mark: key })

const PLAIN: Form = {
  name: 'a key',
  samples: [whole('sk-first-0123456789abcdef'), whole('sk-second-0123456789abcdef')],
}

const pair = (id: string, secret: string): Sample => ({ key: `${id}:${secret}`, secret, mark: id })

function account(name: string): Sample {
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  })
  const email = `${name}@a-project.iam.gserviceaccount.com`
  const key = JSON.stringify({ type: 'service_account', client_email: email, private_key: privateKey })
  return { key, secret: privateKey.split('\n')[5] ?? '', mark: `ya29.${name}` }
}

/** The forms that a vendor takes keys in; most take one, which is the key itself. */
export function formsOf(id: string): readonly Form[] {
  if (id === 'bedrock') {
    const secrets: Form = {
      name: 'a pair of keys',
      samples: [
        pair('AKIAFIRSTFIRSTFIRST1', 'first/0123456789abcdef0123456789abcdef01'),
        pair('AKIASECONDSECONDSEC2', 'second+0123456789abcdef0123456789abcdef0'),
      ],
    }
    return [PLAIN, secrets]
  }
  if (id === 'vertex')
    return [PLAIN, { name: 'a service account', samples: [account('first'), account('second')] }]
  return [PLAIN]
}
