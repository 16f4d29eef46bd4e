// Amazon Bedrock: many makers' models behind Converse, in a region of Amazon's.
import { bedrock as converse } from '../../../shared/dialects/bedrock/index.ts'
import { sigv4 } from '../sign/sigv4.ts'
import { claudeCounting } from '../families.ts'
import type { Vendor } from '../vendor.ts'

export const bedrock: Vendor = {
  id: 'bedrock',
  name: 'Amazon Bedrock',
  dialect: converse(),
  // https://docs.aws.amazon.com/general/latest/gr/bedrock.html
  baseUrl: 'https://bedrock-runtime.{region}.amazonaws.com',
  settings: { region: { about: 'the region whose models are asked', default: 'us-east-1' } },
  // ACCESS_KEY_ID:SECRET_ACCESS_KEY[:SESSION_TOKEN], or an API key: https://docs.aws.amazon.com/bedrock/latest/userguide/api-keys-use.html
  authorize: sigv4('bedrock'),
  // https://openrouter.ai/docs/api/reference/streaming#stream-cancellation
  billsCancelled: true,
  counting: [claudeCounting],
  example: 'anthropic.claude-opus-4-6-v1',
  docs: 'https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html',
}
