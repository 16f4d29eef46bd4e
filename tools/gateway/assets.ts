// The Worker in front of the static files of a local gateway: what Cloudflare's asset server does in a deployment
// (file types, /name for name.html, folders' index.html, `_headers`), as far as our own files need it.
interface Env {
  readonly FILES: { fetch(request: Request | string, init?: RequestInit): Promise<Response> }
}

const TYPES: Readonly<Record<string, string>> = {
  css: 'text/css; charset=utf-8',
  html: 'text/html; charset=utf-8',
  ico: 'image/x-icon',
  js: 'text/javascript; charset=utf-8',
  json: 'application/json; charset=utf-8',
  map: 'application/json; charset=utf-8',
  png: 'image/png',
  svg: 'image/svg+xml',
  txt: 'text/plain; charset=utf-8',
  wasm: 'application/wasm',
  webp: 'image/webp',
  woff2: 'font/woff2',
}

let rules: Promise<readonly Rule[]> | undefined // read once, like the files of a deployment

interface Rule {
  readonly pattern: RegExp
  readonly headers: readonly (readonly [string, string])[]
}

export default {
  async fetch(request: Request, env: Env): Promise<Response> {
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      return new Response('Method Not Allowed', { status: 405, headers: { allow: 'GET, HEAD' } })
    }
    const { pathname } = new URL(request.url)
    for (const candidate of candidates(pathname)) {
      const found = await env.FILES.fetch(`http://files${candidate}`, { method: request.method })
      if (found.status !== 200) continue
      rules ??= env.FILES.fetch('http://files/_headers').then(async (file) =>
        file.ok ? readRules(await file.text()) : [],
      )
      return await dressed(found, candidate, pathname, request, await rules)
    }
    return new Response('Not Found', { status: 404 })
  },
}

/** The files that may stand behind a path. A folder's own listing is never among them. */
function candidates(pathname: string): string[] {
  if (pathname.startsWith('/_') || pathname.includes('/.')) return []
  if (pathname.endsWith('/')) return [`${pathname}index.html`]
  return /\.[^/]+$/.test(pathname) ? [pathname] : [`${pathname}.html`, `${pathname}/index.html`]
}

async function dressed(
  found: Response,
  file: string,
  pathname: string,
  request: Request,
  rules: readonly Rule[],
): Promise<Response> {
  const headers = new Headers({
    'content-type': TYPES[file.slice(file.lastIndexOf('.') + 1)] ?? 'application/octet-stream',
    'cache-control': 'public, max-age=0, must-revalidate',
  })
  const said = new Set<string>()
  for (const { pattern, headers: extra } of rules) {
    if (pattern.test(pathname)) for (const rule of extra) apply(rule, headers, said)
  }
  if (request.method === 'HEAD') return new Response(null, { headers })
  const body = await found.arrayBuffer()
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-1', body))
  const tag = `"${[...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')}"`
  headers.set('etag', tag)
  if (request.headers.get('if-none-match')?.includes(tag) === true)
    return new Response(null, { status: 304, headers })
  return new Response(body, { headers })
}

/** Later rules add to what earlier ones said, as Cloudflare has it, unless they take that away first. */
function apply([name, value]: readonly [string, string], headers: Headers, said: Set<string>): void {
  if (name.startsWith('!')) {
    headers.delete(name.slice(1))
    said.delete(name.slice(1))
  } else if (said.has(name)) headers.append(name, value)
  else {
    headers.set(name, value)
    said.add(name)
  }
}

/** Cloudflare's `_headers` format: a path (with * for anything), then indented `Name: value` lines, or `! Name` lines. */
function readRules(text: string): Rule[] {
  const found: { pattern: RegExp; headers: (readonly [string, string])[] }[] = []
  for (const line of text.split('\n')) {
    const header = /^\s+([A-Za-z-]+):\s*(.*?)\s*$/.exec(line)
    const removed = /^\s+!\s*([A-Za-z-]+)\s*$/.exec(line)
    if (removed?.[1] !== undefined) found.at(-1)?.headers.push([`!${removed[1].toLowerCase()}`, ''])
    else if (header?.[1] !== undefined && header[2] !== undefined)
      found.at(-1)?.headers.push([header[1].toLowerCase(), header[2]])
    else if (line.startsWith('/')) found.push({ pattern: pattern(line.trim()), headers: [] })
  }
  return found
}

function pattern(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.+?^${}()|[\]\\]/g, '\\$&').replaceAll('*', '.*')}$`)
}
