// Writes the workerd configuration of a local gateway: the Worker with its objects, D1, cron and static files. Pure.
// Paths are absolute; workerd is started with `-I/`, which lets `embed` find them.
import { D1_KEY, D1_NAME } from './migrate.ts'

export type ModuleKind = 'esModule' | 'text' | 'data' | 'wasm'

export interface Module {
  /** As the bundle imports it. */
  readonly name: string
  readonly kind: ModuleKind
  readonly file: string
}

export interface Layout {
  readonly compatibilityDate: string
  readonly compatibilityFlags: readonly string[]
  readonly crons: readonly string[]
  /** Binding name -> Durable Object class. */
  readonly objects: Readonly<Record<string, string>>
}

export interface CapnpInput {
  readonly layout: Layout
  readonly modules: readonly Module[]
  /** Where the static files lie, and the Worker that gives them their types. */
  readonly assets: { readonly folder: string; readonly worker: string }
  /** The folder with `d1`, `objects` and `cron`. */
  readonly state: string
  /** host:port, IPv6 in brackets. */
  readonly socket: string
  readonly configFile: string
  readonly configName: string
  readonly loopback: boolean
  /** Names of secrets; their values travel in workerd's environment and never touch the disk. */
  readonly secrets: readonly string[]
  /** The folder of the model file that the configuration names, where it names one. */
  readonly models?: string
  /** host:port of a server that speaks the internal wire of the `AI` binding; without one there is no such binding. */
  readonly ai?: string
}

/**
 * V8's halves of the young generation, in MB. Left alone they grow under load and stay: 427 MB resident at the peak,
 * against 264 MB with this, at the same throughput.
 */
const YOUNG_MB = 8

export function writeCapnp(input: CapnpInput): string {
  const { layout, state } = input
  const disk = (name: string): string =>
    `(name = ${quoted(`${name}-disk`)}, disk = (path = ${quoted(`${state}/${name}`)}, writable = true))`
  const classes = Object.values(layout.objects)
  const bindings = [
    ...Object.entries(layout.objects).map(
      ([binding, name]) => `(name = ${quoted(binding)}, durableObjectNamespace = ${quoted(name)})`,
    ),
    `(name = "DB", wrapped = (moduleName = "cloudflare-internal:d1-api", innerBindings = [(name = "fetcher", service = (name = "d1", props = (json = ${quoted(JSON.stringify({ database: D1_NAME }))})))]))`,
    `(name = "ASSETS", service = "assets")`,
    `(name = "PUBLIC", service = "public")`,
    `(name = "CONFIG", text = embed ${quoted(input.configFile)})`,
    `(name = "CONFIG_NAME", text = ${quoted(input.configName)})`,
    ...(input.models === undefined ? [] : [`(name = "MODEL_FILES", service = "models")`]),
    ...(input.ai === undefined ? [] : [AI_BINDING]),
    ...(input.loopback ? [`(name = "LOOPBACK", text = "1")`] : []),
    ...input.secrets.map((name) => `(name = ${quoted(name)}, fromEnvironment = ${quoted(name)})`),
  ]
  return `# Written by the launcher at every start; edits are lost.
using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = ${list([
    `(name = "main", worker = .main)`,
    `(name = "d1", worker = .d1)`,
    `(name = "cron", worker = .cron)`,
    `(name = "assets", worker = .assets)`,
    ...(input.ai === undefined
      ? []
      : [`(name = "ai", external = (address = ${quoted(input.ai)}, http = ()))`]),
    ...(input.models === undefined ? [] : [`(name = "models", disk = (path = ${quoted(input.models)}))`]),
    disk('d1'),
    disk('objects'),
    disk('cron'),
    `(name = "assets-disk", disk = (path = ${quoted(input.assets.folder)}))`,
    `(name = "public", network = (allow = ["public"], tlsOptions = (trustBrowserCas = true)))`,
    `(name = "internet", network = (allow = ["public", "private", "local"], tlsOptions = (trustBrowserCas = true)))`,
  ])},
  v8Flags = ["--max-semi-space-size=${YOUNG_MB}"],
  sockets = [(name = "http", address = ${quoted(input.socket)}, http = (), service = "main")]
);

const main :Workerd.Worker = (
  compatibilityDate = ${quoted(layout.compatibilityDate)},
  compatibilityFlags = ${list(layout.compatibilityFlags.map(quoted))},
  modules = ${list(input.modules.map((module) => `(name = ${quoted(module.name)}, ${module.kind} = embed ${quoted(module.file)})`))},
  durableObjectNamespaces = ${list(classes.map((name) => `(className = ${quoted(name)}, uniqueKey = ${quoted(`minnow-${name}`)}, enableSql = true)`))},
  durableObjectStorage = (localDisk = "objects-disk"),
  bindings = ${list(bindings)}
);

const d1 :Workerd.Worker = (
  compatibilityDate = ${quoted(layout.compatibilityDate)},
  modules = [(name = "d1.js", bundled = "/workerd/d1.js")],
  durableObjectNamespaces = [(className = "D1Database", uniqueKey = ${quoted(D1_KEY)}, enableSql = true)],
  durableObjectStorage = (localDisk = "d1-disk"),
  bindings = [(name = "DATABASE", durableObjectNamespace = "D1Database")]
);

const cron :Workerd.Worker = (
  compatibilityDate = ${quoted(layout.compatibilityDate)},
  compatibilityFlags = ["service_binding_extra_handlers"],
  modules = [(name = "cron.js", bundled = "/workerd/cron.js")],
  durableObjectNamespaces = [(className = "Schedule", uniqueKey = "cron", enableSql = true)],
  durableObjectStorage = (localDisk = "cron-disk"),
  bindings = ${list([
    `(name = "SCHEDULE", durableObjectNamespace = "Schedule")`,
    `(name = "CRONS", json = ${quoted(JSON.stringify({ MAIN: layout.crons }))})`,
    `(name = "MAIN", service = "main")`,
  ])}
);

const assets :Workerd.Worker = (
  compatibilityDate = ${quoted(layout.compatibilityDate)},
  modules = [(name = "assets.js", esModule = embed ${quoted(input.assets.worker)})],
  bindings = [(name = "FILES", service = "assets-disk")]
);
`
}

/** workerd's own binding, whose requests go to a service that we choose. */
const AI_BINDING = `(name = "AI", wrapped = (moduleName = "cloudflare-internal:ai-api", innerBindings = [(name = "fetcher", service = "ai")]))`

/** A capnp text literal: C escapes, everything beyond ASCII as it is. */
export function quoted(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n')
  // oxlint-disable-next-line no-control-regex -- control characters are what must be escaped here
  return `"${escaped.replace(/[\u0000-\u001f\u007f]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`)}"`
}

function list(items: readonly string[]): string {
  return items.length === 0 ? '[]' : `[\n    ${items.join(',\n    ')}\n  ]`
}
