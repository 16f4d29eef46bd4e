// Checks Amazon's signature, version 4, as Amazon does: makes it anew from what came and from the secret.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { createHash, createHmac } from 'node:crypto'
import { type LabRequest, Refused } from './wire.ts'

/** The one pair of keys that the lab's Amazon knows: what a provider's key must be. */
export const AMAZON_KEY = 'AKIALAB0123456789012:lab+secret/of+forty+characters0123456789ab'

const [KEY_ID = '', SECRET = ''] = AMAZON_KEY.split(':')

const FORM =
  /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/

const hash = (text: string): string => createHash('sha256').update(text).digest('hex')
const sign = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/** How far a clock may be off. */
const MOST_SKEW_MS = 15 * 60 * 1000

export const keyIdOf = ({ headers }: LabRequest): string | undefined =>
  FORM.exec(headers.authorization ?? '')?.[1]

export function checkSignature(request: LabRequest): void {
  const refuse = (message: string, code: string): never => {
    throw new Refused(403, message, code)
  }
  const [, id, day = '', region = '', service = '', names = '', given] =
    FORM.exec(request.headers.authorization ?? '') ?? []
  if (given === undefined)
    return refuse('Missing Authentication Token', 'MissingAuthenticationTokenException')
  if (id !== KEY_ID)
    return refuse('The security token included in the request is invalid.', 'UnrecognizedClientException')
  const time = String(request.headers['x-amz-date'])
  const at = Date.parse(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'))
  if (!(Math.abs(request.at - at) < MOST_SKEW_MS))
    refuse(`Signature expired: ${time}`, 'InvalidSignatureException')
  const [path = '', query = ''] = request.path.split('?')
  const headers = names.split(';').map((name) => `${name}:${String(request.headers[name]).trim()}\n`)
  // The path stands in its encoded form, and is encoded once more.
  const canonicalPath = path.split('/').map(encodeURIComponent).join('/')
  const canonical = ['POST', canonicalPath, query, headers.join(''), names, hash(request.text)].join('\n')
  const scope = `${day}/${region}/${service}/aws4_request`
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(sign, `AWS4${SECRET}`)
  const right = sign(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(canonical)}`).toString('hex')
  if (given !== right || service !== 'bedrock' || !names.split(';').includes('host'))
    refuse(
      'The request signature we calculated does not match the signature you provided.',
      'InvalidSignatureException',
    )
}
