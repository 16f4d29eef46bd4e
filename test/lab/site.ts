// Somebody's web site with the widget on it: an origin of its own, with the pages, policies and styles that a test gives it.
import { createServer } from 'node:http'

export interface Site {
  readonly origin: string
  /** Puts a page at a path. */
  page(path: string, html: string, headers?: Readonly<Record<string, string>>): void
  /** The paths that were asked for. */
  readonly asked: readonly string[]
  stop(): Promise<void>
}

export async function startSite(): Promise<Site> {
  const pages = new Map<string, { html: string; headers: Readonly<Record<string, string>> }>()
  const asked: string[] = []
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? ''
    asked.push(path)
    const page = pages.get(path)
    response.writeHead(page === undefined ? 404 : 200, {
      'content-type': 'text/html; charset=utf-8',
      ...page?.headers,
    })
    response.end(page?.html ?? 'nothing here')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  return {
    origin: `http://127.0.0.1:${port}`,
    asked,
    page: (path, html, headers = {}) => void pages.set(path, { html, headers }),
    async stop() {
      server.closeAllConnections()
      await new Promise<void>((done) => server.close(() => done()))
    },
  }
}
