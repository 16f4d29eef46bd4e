// Asks a vendor how many tokens a prompt has, where it answers that.
import type { Target } from '../../shared/plan.ts'
import type { ModelRequest } from '../../shared/request.ts'
import type { Cx, Provider } from '../service.ts'

/** A vendor that has not said by then is not worth the wait: our own count is at hand. */
const PATIENCE_MS = 5_000

export type CountAtVendor = (request: ModelRequest, target: Target, cx: Cx) => Promise<number | undefined>

/** Resolves with undefined where the vendor does not count, or cannot just now. */
export const countAtVendor =
  (find: (id: string) => Provider | undefined): CountAtVendor =>
  async (request, target, cx) => {
    const provider = find(target.provider)
    const dialect = provider?.dialectFor?.(target.model, request.native.dialect) ?? provider?.dialect
    const counting = dialect?.counting
    if (provider === undefined || counting === undefined) return undefined
    try {
      const response = await provider.send(counting.writeRequest(request, target), {
        requestId: cx.id,
        signal: AbortSignal.any([cx.signal, AbortSignal.timeout(PATIENCE_MS)]),
        stream: false,
        escalate: false,
      })
      const text = await response.text()
      return response.ok ? counting.read(text) : undefined
    } catch {
      return undefined // no count is not an error: the caller has another
    }
  }
