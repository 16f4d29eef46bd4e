// Cross-origin access for browsers: open to the origins of publishable keys, closed to all others.

const EXPOSED =
  'x-request-id, request-id, x-minnow-model, x-minnow-route, x-minnow-attempts, x-minnow-cost, x-minnow-clamped, x-minnow-dropped, x-minnow-replay, x-minnow-stream, x-minnow-turn, x-ratelimit-limit-requests, x-ratelimit-remaining-requests, x-ratelimit-reset-requests, x-ratelimit-limit-tokens, x-ratelimit-remaining-tokens, x-ratelimit-reset-tokens, retry-after, age, server-timing'
const ALLOWED =
  'authorization, content-type, x-api-key, api-key, x-goog-api-key, anthropic-version, anthropic-beta, anthropic-dangerous-direct-browser-access, x-goog-api-client, x-request-id, x-minnow-conversation, x-minnow-conversation-budget, x-minnow-max-cost, x-minnow-resumable, x-minnow-cache, idempotency-key, last-event-id'

/**
 * A preflight carries no key, so it cannot be judged by one: it is answered for any origin, and the
 * request after it is refused unless its key names that origin. OpenAI's client sends `x-stainless-*`.
 */
export function preflight(request: Request): Response {
  const asked = (request.headers.get('access-control-request-headers') ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
  const stainless = asked.filter((name) => /^x-stainless-[a-z-]+$/.test(name))
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': request.headers.get('origin') ?? '*',
      'access-control-allow-methods': 'GET, POST, DELETE',
      'access-control-allow-headers': [ALLOWED, ...stainless].join(', '),
      'access-control-max-age': '600',
      vary: 'origin',
    },
  })
}

/** Lets the page that sent a request with its publishable key read the reply. */
export function allowOrigin(headers: Headers, origin: string): void {
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', EXPOSED)
  headers.append('vary', 'origin')
}
