// Amazon's signature, version 4: proves that a call was made with a secret, without showing it.
// Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
import { AwsV4Signer } from 'aws4fetch'
import { Failed } from '../../../shared/failure.ts'
import { type Authorize, bearer } from '../vendor.ts'

interface Credentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
  readonly sessionToken?: string
}

/**
 * `ACCESS_KEY_ID:SECRET_ACCESS_KEY`, and a session token behind another colon; undefined for anything else.
 * Ids of access keys: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-unique-ids
 */
export function readCredentials(key: string): Credentials | undefined {
  const [, accessKeyId, secretAccessKey, sessionToken] =
    /^([A-Z0-9]{16,128}):([^:\s]+)(?::([^:\s]+))?$/.exec(key.trim()) ?? []
  if (accessKeyId === undefined || secretAccessKey === undefined) return undefined
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}

/** Half of a pair: an id without its secret is no key of any other kind. */
const HALF = /^A[A-Z]IA[A-Z0-9]{12,}:?$/

/** Derived keys by secret, day, region and service, which the signer fills. A cache, bounded by `MOST_KEYS`. */
const signingKeys = new Map<string, ArrayBuffer>()
const MOST_KEYS = 64

/** Signs with a pair of keys, and shows any other key as it is: an API key of the service. */
export const sigv4 =
  (service: string): Authorize =>
  async (key, call) => {
    const credentials = readCredentials(key)
    if (credentials === undefined) {
      if (HALF.test(key.trim())) throw new Failed({ kind: 'credentials', status: 401 })
      return bearer(key, call)
    }
    if (signingKeys.size >= MOST_KEYS) signingKeys.clear()
    const { region } = call.settings
    const signer = new AwsV4Signer({
      ...credentials,
      method: 'POST',
      url: call.url,
      body: call.body,
      // What a proxy may change on the way cannot be signed; what is Amazon's own must be.
      headers: Object.entries(call.headers).filter(([name]) => name.toLowerCase().startsWith('x-amz-')),
      service,
      ...(region === undefined ? {} : { region }),
      datetime: new Date(call.now).toISOString().replace(/[:-]|\.\d{3}/g, ''),
      cache: signingKeys,
    })
    const { headers } = await signer.sign()
    return Object.fromEntries(headers)
  }
