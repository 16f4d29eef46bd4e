// What `minnow` can do: each command, the tool behind it, its options, and examples. Data alone.

const HOST = { name: 'host', value: 'address', variable: 'HOST', says: 'where to listen (127.0.0.1)' }
const PORT = {
  name: 'port',
  value: 'number',
  variable: 'PORT',
  says: 'where to listen (8787); 0 takes a free one and prints it',
  form: /^\d{1,5}$/,
  wanted: 'a number from 0 to 65535',
}
const CONFIG = {
  name: 'config',
  value: 'file',
  variable: 'MINNOW_CONFIG',
  says: 'the configuration (minnow.jsonc)',
}
const STATE = {
  name: 'state',
  value: 'folder',
  variable: 'MINNOW_STATE',
  says: 'where D1 and the objects keep their data (.wrangler/state)',
}

/** `tool` runs under any Node; with `script`, that runs under the project's own. */
export const COMMANDS = [
  {
    name: 'start',
    says: 'start the gateway on this machine',
    more: 'Installs what is missing, builds, migrates, serves. Needs no account, no key and no network once it is installed.',
    tool: 'tools/start.mjs',
    options: [HOST, PORT, CONFIG, STATE],
    examples: ['minnow start', 'minnow start --port 9000 --state /tmp/second'],
  },
  {
    name: 'dev',
    says: 'the same under wrangler, with hot reload',
    more: 'Has data of its own, in .wrangler/dev.',
    tool: 'tools/run.mjs',
    script: 'tools/dev.ts',
    options: [HOST, PORT, CONFIG, STATE],
    examples: ['minnow dev', 'minnow dev --port 9001'],
  },
  {
    name: 'check',
    says: 'look at the configuration without starting',
    more: 'Says what is configured and which variables are missing; a mistake is named with its place. Exit code 1 where something is wrong.',
    tool: 'tools/run.mjs',
    script: 'tools/check.ts',
    options: [CONFIG],
    examples: ['minnow check', 'minnow check --config other.jsonc'],
  },
  {
    name: 'deploy',
    says: 'put it on a Cloudflare account',
    more: 'Creates D1 where it is missing, applies migrations, builds, deploys. Variables that the configuration names and that are exported become secrets.',
    tool: 'tools/run.mjs',
    script: 'tools/deploy.ts',
    options: [
      { name: 'dry-run', says: 'only say what would happen; needs no account', isPassed: true },
      {
        name: 'new-data-key',
        says: 'put a new key in front of those that text at rest is sealed with (docs/sealed.md)',
        isPassed: true,
      },
    ],
    examples: ['minnow deploy --dry-run', 'minnow deploy'],
  },
]
