// A vendor that the Worker reaches through its `AI` binding: no address, no key, and no way around the platform.
import { runOf } from '../../shared/dialects/workers-ai/address.ts'
import type { Provider } from '../service.ts'
import { sessionOf } from './affinity.ts'
import type { Vendor } from './vendor.ts'

/** What is needed of the binding. Source: github.com/cloudflare/workerd, src/cloudflare/internal/ai-api.ts */
export interface AiBinding {
  run(model: string, inputs: Readonly<Record<string, unknown>>, options: AiOptions): Promise<Response>
}

/** All but `signal` and `extraHeaders` travels in the body, beside the inputs. */
export interface AiOptions {
  /** Errors come as replies, with their status, and streams as they are. */
  readonly returnRawResponse: true
  /** Fail at once where there is no capacity: https://developers.cloudflare.com/workers-ai/features/reject-if-busy/ */
  readonly rejectIfBusy?: true
  readonly gateway?: { readonly id: string }
  readonly extraHeaders?: Readonly<Record<string, string>>
  readonly signal: AbortSignal
}

/** The provider `id`, whose `settings` may name the AI Gateway that calls go through. */
export function bindAi(
  id: string,
  vendor: Pick<Vendor, 'dialect' | 'embeddings' | 'affinity'>,
  ai: AiBinding,
  settings: Readonly<Record<string, string>>,
): Provider {
  const { dialect, embeddings, affinity } = vendor
  const { gateway } = settings
  return {
    id,
    dialect,
    ...(embeddings === undefined ? {} : { embeddings }),
    async send(wire, options) {
      const { model, inputs } = runOf(wire)
      const session = affinity === undefined ? undefined : await sessionOf(options)
      return ai.run(model, inputs, {
        returnRawResponse: true,
        // Where another target can follow, waiting for capacity here would only cost time.
        ...(options.escalate ? { rejectIfBusy: true } : {}),
        ...(gateway === undefined ? {} : { gateway: { id: gateway } }),
        ...(affinity === undefined || session === undefined ? {} : { extraHeaders: { [affinity]: session } }),
        signal: options.signal,
      })
    },
  }
}
