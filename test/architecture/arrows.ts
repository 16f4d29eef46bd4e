// Which file may import which: the drawing of the house as a function.

/** Each owns one noun; none imports another. */
export const ORGANS = [
  'keys',
  'prices',
  'routing',
  'sandbox',
  'learning',
  'attempt',
  'providers',
  'budget',
  'conversation',
  'thread',
  'micro',
  'telemetry',
  'vocabulary',
  'health',
  'rebench',
  'replay',
  'cache',
  'visitors',
] as const

// Imports run from a smaller number to a larger one, or stay within a folder.
// Admin reads bodies and keys as edge does, and edge delivers what the pipeline served, so these three have an order.
const LEVELS: Readonly<Record<string, number>> = {
  'workers/index.ts': 0,
  'workers/app.ts': 1,
  'workers/bindings.ts': 1,
  'workers/admin': 2,
  'workers/edge': 3,
  'workers/pipeline.ts': 4,
  'workers/count.ts': 4,
  'workers/bench.ts': 4,
  'workers/housekeeping.ts': 4,
  'workers/caching.ts': 4,
  'workers/visiting.ts': 4,
  'workers/conversing.ts': 4,
  'workers/erasing.ts': 4,
  'workers/lessons.ts': 4,
  'workers/watching.ts': 4,
  ...Object.fromEntries(ORGANS.map((organ) => [`workers/${organ}`, 5])),
  'workers/service.ts': 6,
  'workers/floor.ts': 6,
  'workers/insist.ts': 6,
  'workers/traces.ts': 6,
  'workers/digest.ts': 6,
  'workers/cipher.ts': 6,
  'workers/journal': 6,
  'workers/audit.ts': 6,
  shared: 7,
}

/** What pages are drawn with. */
const UI_PACKAGES = /^(?:preact|@preact\/signals|uplot|marked)(?:\/|$)/

/** The room of a file: its folder directly under workers/, or a file that stands there alone. */
export function roomOf(path: string): string {
  const [top = '', second = ''] = path.split('/')
  return top === 'workers' ? `workers/${second}` : top
}

/** What is wrong with an import, or undefined. `to` is a path from the root or a package's name. */
export function objection(from: string, to: string): string | undefined {
  const [here, there] = [roomOf(from), roomOf(to)]
  const isOurs = /^(?:workers|shared|test|tools|models|migrations)\//.test(to) || to === 'minnow.jsonc'
  if (to.startsWith('node:'))
    return to === 'node:crypto' && from === 'workers/cipher.ts' ? undefined : 'a Worker has no Node modules'
  if (!isOurs) {
    if (/^hono(?:\/|$)/.test(to) && !mayUseHono(from))
      return 'hono stops at app.ts, admin/routes.ts and edge/'
    if (here === 'shared' && to === 'cloudflare:workers') return 'shared/ is pure'
    if (UI_PACKAGES.test(to)) return here === 'workers/ui' ? undefined : 'only ui draws'
    return here === 'workers/ui' ? 'ui imports shared/ and itself only' : undefined
  }
  if (here === 'workers/ui')
    return there === here || there === 'shared' ? undefined : 'ui imports shared/ and itself only'
  if (there === 'workers/ui') return 'nothing but ui imports ui'
  if (here === 'shared') return there === 'shared' ? undefined : 'shared/ imports nothing from outside itself'
  if (to === 'minnow.jsonc')
    return from === 'workers/index.ts' ? undefined : 'only index.ts reads the configuration file'
  if (there === 'models') return here === 'workers/micro' ? undefined : 'only micro knows its weights'
  const [level, other] = [LEVELS[here], LEVELS[there]]
  if (level === undefined) return `${here} has no place in the drawing`
  if (other === undefined) return `${there} is not part of the Worker`
  if (here === there && here.startsWith('workers/') && !here.endsWith('.ts')) return undefined
  if (level < other) return undefined
  return level === other ? 'no organ imports another organ' : 'arrows run downwards only'
}

const mayUseHono = (path: string): boolean =>
  path === 'workers/app.ts' || path === 'workers/admin/routes.ts' || path.startsWith('workers/edge/')
